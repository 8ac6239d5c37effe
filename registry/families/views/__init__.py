"""Pages of the families' room."""
