"""The list that travels with a box: barcodes only, written one way, so that its hash can be checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.samples.states import SampleKind

if TYPE_CHECKING:
    from registry.samples.models import Batch, Sample

VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One tube as the laboratory may see it."""

    barcode: str
    kind: str
    taken_on: str
    volume_ml: str


def canonical(batch: Batch, samples: Iterable[Sample], *, at: datetime) -> bytes:
    """Return the manifest of a box as the bytes that are sealed and hashed."""
    tubes = sorted(
        (
            {
                "barcode": sample.barcode,
                "kind": sample.kind,
                "taken_on": timezone.localdate(sample.taken_at).isoformat(),
                "volume_ml": "" if sample.volume_ml is None else f"{sample.volume_ml:.1f}",
            }
            for sample in samples
        ),
        key=lambda tube: tube["barcode"],
    )
    content = {
        "version": VERSION,
        "box": batch.code,
        "from": batch.from_path,
        "to": batch.laboratory_path,
        "sealed_at": at.isoformat(timespec="seconds"),
        "tubes": tubes,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a manifest, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def lines(content: str) -> list[Line]:
    """Return the tubes of a manifest that was opened."""
    return [Line(**tube) for tube in json.loads(content)["tubes"]]


def table(lines: Iterable[Line]) -> list[tuple[str, ...]]:
    """Return a manifest as rows below their header, with a column to tick what has arrived."""
    header = ("#", _("Barcode"), _("Kind"), "ml", _("Taken"), _("Arrived"))
    rows = [
        (str(number), line.barcode, str(SampleKind(line.kind).label), line.volume_ml, line.taken_on, "")
        for number, line in enumerate(lines, start=1)
    ]
    return [header, *rows]
