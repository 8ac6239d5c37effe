"""Messages and family care."""
