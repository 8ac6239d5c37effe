"""Hand the trail to an outsider: rows, batches, anchors and public keys, to verify without this program."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from foundation.trail import anchor, signing
from foundation.trail.models import TrailBatch, TrailLeaf

BATCH_FIELDS = (
    "number", "first_position", "last_position", "sealed_at", "previous_root", "root", "key_id", "signature",
)  # fmt: skip


def export(folder: Path) -> int:
    """
    Write ``rows.jsonl``, ``batches.jsonl``, ``anchors.jsonl`` and ``public-N.pem``, and return how many rows.

    ``docs/security.md`` shows how to check them with Python's ``cryptography`` alone.

    :raises OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for key_id, key in signing.public_keys().items():
        (folder / f"public-{key_id}.pem").write_bytes(signing.public_pem(key))
    _write(folder / "batches.jsonl", TrailBatch.objects.order_by("number").values(*BATCH_FIELDS))
    _write(folder / "anchors.jsonl", (asdict(one) for one in anchor.anchors()))
    leaves = TrailLeaf.objects.select_related("row").order_by("position")
    return _write(folder / "rows.jsonl", (_row(leaf) for leaf in leaves.iterator(2000)))


def _row(leaf: TrailLeaf) -> dict[str, Any]:
    row = leaf.row
    return {
        "position": leaf.position,
        "id": row.pk.hex,
        "at": row.at,
        "branch": row.branch,
        "object": row.object,
        "verb": row.verb,
        "by_id": row.by_id,
        "body": base64.b64encode(bytes(row.body)).decode(),
    }


def _write(path: Path, things: Iterable[dict[str, Any]]) -> int:
    count = 0
    with path.open("w") as file:
        for thing in things:
            file.write(json.dumps(thing, ensure_ascii=False) + "\n")
            count += 1
    return count
