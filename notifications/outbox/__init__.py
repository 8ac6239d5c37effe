"""The outbox: one row a message, and the row is the truth. Sends nothing itself."""
