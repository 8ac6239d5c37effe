"""Let each room register what it shows in, or asks of, a lower one, once Django has started."""

from collections.abc import Iterable
from importlib import import_module


def register(rooms: Iterable[str]) -> None:
    """Import `<room>.registration` of each room and call its `register()`."""
    for room in rooms:
        import_module(f"{room}.registration").register()
