"""Consent, without a database."""
