"""Wordings: versioned, checked, previewed, approved; rendered in a sandbox that reaches nothing else."""
