"""Master, index and signing keys: from a file, the environment or a command."""
