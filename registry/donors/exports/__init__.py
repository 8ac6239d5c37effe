"""What goes out of the registry as a sheet: who may have it, with what opened, and how it is read."""

from registry.donors.exports.reading import full_lines

__all__ = ["full_lines"]
