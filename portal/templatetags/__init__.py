"""Tags and filters of the site."""
