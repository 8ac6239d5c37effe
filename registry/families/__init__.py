"""The family of one who gave: members, wishes, who is told. Sends nothing and plans nothing."""
