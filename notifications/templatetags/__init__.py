"""Filters of the templates of this floor."""
