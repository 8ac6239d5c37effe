"""A new number, left by a card's code: taken alike from everybody, compared later, and then rung."""
