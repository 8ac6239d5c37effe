"""The pages of the care desk."""
