"""Labels for tubes: barcodes that no tube has yet, laid out on sheets of labels."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from foundation.papers import codes
from registry.samples.models import Sample

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another
_LENGTH = 8  # 32^8: a clash within a drive's labels is one in a billion, and is looked for all the same


@dataclass(frozen=True, slots=True)
class Label:
    """One label: where it stands on an A4 page, in millimetres, and what is on it."""

    code: str
    bars: SafeString
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its text is centred."""
        return round(self.left + self.width / 2, 2)

    @property
    def foot(self) -> float:
        """Where its text stands."""
        return round(self.top + self.height * 0.86, 2)


def new_codes(how_many: int) -> list[str]:
    """Return barcodes that no tube of the registry has."""
    found: set[str] = set()
    while len(found) < how_many:
        wanted = {_new_code() for _missing in range(how_many - len(found))}
        taken = Sample.objects.filter(barcode__in=wanted).values_list("barcode", flat=True)
        found |= wanted - set(taken)
    return sorted(found)


def pages(barcodes: Sequence[str], *, sheet: str, copies: int = 1) -> list[list[Label]]:
    """Return labels page by page, in the places of a sheet of ``settings.LABEL_SHEETS``."""
    columns, rows, width, height, left, top = settings.LABEL_SHEETS[sheet]
    places = [(left + column * width, top + row * height) for row in range(rows) for column in range(columns)]
    wanted = [code for code in barcodes for _copy in range(copies)]
    return [
        [
            _label(code, place, width, height)
            for code, place in zip(wanted[start : start + len(places)], places, strict=False)
        ]
        for start in range(0, len(wanted), len(places))
    ]


def not_ours(code: str) -> str:
    """Return the sentence for a barcode of no tube of one's branches."""
    return _("No tube of this branch has the barcode %(code)s.") % {"code": code}


def _label(code: str, place: tuple[float, float], width: float, height: float) -> Label:
    return Label(code, _placed(code, place, width, height), *place, width, height)


def _placed(code: str, place: tuple[float, float], width: float, height: float) -> SafeString:
    """Return the bars as an SVG inside the page's, with room for the text below and quiet edges."""
    x, y = place[0] + width * 0.05, place[1] + height * 0.12
    box = f'x="{x:.2f}" y="{y:.2f}" width="{width * 0.9:.2f}" height="{height * 0.55:.2f}" '
    return SafeString(codes.code128_svg(code).replace("<svg ", f"<svg {box}", 1))


def _new_code() -> str:
    return "LR-" + "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
