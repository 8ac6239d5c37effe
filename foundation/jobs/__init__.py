"""Long work with progress, stop and resume."""
