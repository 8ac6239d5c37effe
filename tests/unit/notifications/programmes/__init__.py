"""Programmes and their days."""
