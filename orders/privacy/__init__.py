"""PURE: what may be shown of foreign data. Allow-list by key and type, safe names, pseudonyms, safe cells and links."""
