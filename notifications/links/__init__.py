"""Signed links by which a person changes one thing themself. Each shows nothing before a second fact."""
