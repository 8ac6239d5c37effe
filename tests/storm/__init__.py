"""A storm over the outbox: workers killed, broker wiped, connections cut, mails put off; then calm."""
