"""Measurements with a bound each; `manage.py bench` runs them."""
