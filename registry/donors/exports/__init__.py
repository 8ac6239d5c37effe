"""What goes out of the registry as a sheet: who may have it, with what opened, and how it is read."""

from registry.donors.exports.reading import full_lines
from registry.donors.exports.words import FULL, Header

__all__ = ["FULL", "Header", "full_lines"]
