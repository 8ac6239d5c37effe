"""Let each room register what it shows in, or asks of, a lower one, once Django has started."""

from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec


def register(rooms: Iterable[str]) -> None:
    """Import `<room>.registration` of each room and call its `register()`."""
    for room in rooms:
        if find_spec(f"{room}.registration"):
            with suppress(ImportError):  # while rooms are being built
                import_module(f"{room}.registration").register()
