"""Subjects and their keys, sealed fields, indexes, erasure."""
