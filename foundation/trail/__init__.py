"""Tamper-evident record of who did and who saw what."""
