"""The desk of family care: the calendar, and what to approve, print, ring and decide."""
