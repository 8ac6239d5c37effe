"""The donors and everything that is known of them."""
