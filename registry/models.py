"""Gather the models of the rooms for Django."""

from importlib import import_module
from importlib.util import find_spec

for _room in ("hla", "donors", "samples", "drives"):
    if find_spec(f"registry.{_room}.models"):
        import_module(f"registry.{_room}.models")
