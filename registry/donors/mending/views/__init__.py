"""Pages that mend records, one noun a file."""
