"""What people type at the desk of the foundation."""
