"""Schema history of consent."""
