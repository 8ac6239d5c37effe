"""Acts that need a second person: asked by, decided by, what, until."""
