"""The pages of answers, and the doors by which the gateway speaks to us."""
