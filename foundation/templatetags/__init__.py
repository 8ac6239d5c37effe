"""Template filters and tags shared by all pages."""
