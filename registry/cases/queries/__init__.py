"""What the pages of matches read."""
