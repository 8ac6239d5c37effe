"""Typings as the laboratory wrote them."""
