"""Pages of the donors' room."""
