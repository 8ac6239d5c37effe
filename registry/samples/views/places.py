"""Which places of this room a reader has, for the links above each page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation.access import Permission

if TYPE_CHECKING:
    from foundation.access import StaffRequest


def places(request: StaffRequest) -> dict[str, bool]:
    """Return what the links above a page depend on."""
    return {
        "may_send": request.holds(Permission.SAMPLE_DISPATCH),
        "may_collect": request.holds(Permission.SAMPLE_COLLECT),
    }
