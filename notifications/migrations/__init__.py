"""How the tables of the notifications came to be."""
