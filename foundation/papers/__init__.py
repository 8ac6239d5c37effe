"""PDF, sheets and codes: what leaves and enters on paper and in files."""
