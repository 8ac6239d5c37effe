"""Pages of the cases' room."""
