"""Branches, staff, roles at a branch, scopes, two-factor, hand-over."""
