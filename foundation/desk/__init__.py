"""The foundation's own screens; the rooms below have no views."""
