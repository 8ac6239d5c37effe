"""Notifications, without a database."""
