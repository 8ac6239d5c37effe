"""An outsider verifies an export of the trail with the script of `docs/security.md`, and nothing of ours."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from foundation import trail
from foundation.trail import Actor, ActorKind, anchor, exporting, sealing
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = Path(__file__).resolve().parents[2] / "docs/security.md"
SCRIPT = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]  # type: ignore[index]
BY = Actor(ActorKind.COMMAND, "tests")
KNOWN = {"base64", "hashlib", "json", "pathlib", "sys", "cryptography"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return an export of forty-one rows in three batches, anchored."""
    for n in (20, 20, 1):
        trail.record_many(
            trail.Entry("thing.done", BY, NOW, ("thing", str(i)), reason="原因", facts={"n": i})
            for i in range(n)
        )
        sealing.seal(at=NOW)
        anchor.anchor()
    exporting.export(tmp_path / "export")
    (tmp_path / "verify.py").write_text(SCRIPT)
    return tmp_path / "export"


def verify(export: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the script as an outsider does: in a folder of its own, isolated, without our settings."""
    command = [sys.executable, "-I", "-W", "error", "verify.py", str(export), *more]
    return subprocess.run(
        command, cwd=export.parent, env={}, capture_output=True, text=True, check=False, timeout=60
    )


def change(file: Path, how: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change the lines of one file."""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines = how(lines) or lines
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def edit(position: int, **values: str) -> Callable[[list[dict[str, Any]]], Any]:
    """Return a change of one row."""
    return lambda rows: rows[position].update(values)


CHANGES: dict[str, tuple[str, Callable[[list[dict[str, Any]]], Any]]] = {
    "an edited body": ("rows.jsonl", edit(7, body="eyJ2ZXJiIjoidGhpbmcudW5kb25lIn0=")),
    "another doer": ("rows.jsonl", edit(7, by_id="somebody")),
    "another verb": ("rows.jsonl", edit(25, verb="thing.undone")),
    "another moment": ("rows.jsonl", edit(40, at="2020-01-01T00:00:00.000000+00:00")),
    "another object": ("rows.jsonl", edit(0, object="thing:99")),
    "a row taken out": ("rows.jsonl", lambda rows: rows[:11] + rows[12:]),
    "two rows exchanged": ("rows.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "a row put in": ("rows.jsonl", lambda rows: [*rows, dict(rows[-1], position=42)]),
    "the last rows cut": ("rows.jsonl", lambda rows: rows[:-1]),
    "the last batch cut": ("batches.jsonl", lambda batches: batches[:-1]),
    "a batch's moment": ("batches.jsonl", lambda batches: batches[1].update(sealed_at="2020-01-01")),
    "a batch's signature": ("batches.jsonl", lambda batches: batches[1].update(signature="00" * 64)),
    "a batch's root": ("batches.jsonl", lambda batches: batches[0].update(root="0" * 64)),
    "an anchor": ("anchors.jsonl", lambda anchors: anchors[0].update(root="0" * 64)),
}


class TestTheScript:
    def test_needs_nothing_but_cryptography(self) -> None:
        imported = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]  # type: ignore[union-attr]
            for node in ast.walk(ast.parse(SCRIPT))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert imported == KNOWN

    def test_says_that_a_true_export_holds(self, export: Path) -> None:
        done = verify(export)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("HOLDS: 41 rows in 3 batches, 1 public keys")

    @pytest.mark.parametrize("what", CHANGES)
    def test_finds(self, export: Path, what: str) -> None:
        file, how = CHANGES[what]
        change(export / file, how)
        done = verify(export)
        assert done.returncode == 1, done.stdout
        assert done.stderr.startswith("DOES NOT HOLD")

    def test_finds_a_tail_cut_with_its_batch_by_the_anchors_kept_elsewhere(self, export: Path) -> None:
        elsewhere = export.parent / "kept.jsonl"
        elsewhere.write_text((export / "anchors.jsonl").read_text())
        for file in ("batches.jsonl", "anchors.jsonl"):
            change(export / file, lambda lines: lines[:-1])
        change(export / "rows.jsonl", lambda rows: rows[:-1])
        assert verify(export).returncode == 0  # nothing inside shows it
        assert "cut or recomputed" in verify(export, str(elsewhere)).stderr

    def test_finds_a_trail_signed_by_somebody_else(self, export: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        from foundation.trail import signing  # noqa: PLC0415

        key = Ed25519PrivateKey.generate().public_key()
        (export / "public-1.pem").write_bytes(signing.public_pem(key))
        assert "the signature is not theirs" in verify(export).stderr


def test_the_anchor_of_the_settings_is_outside_the_database() -> None:
    assert settings.ANCHOR_URL.startswith("file:")
