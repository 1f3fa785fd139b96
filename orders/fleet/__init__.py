"""WHAT OTHER ORDERS DO: the shared snapshot behind a verdict, how it is kept fresh, and what was known last."""
