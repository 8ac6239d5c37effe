"""Lay letters and envelopes out on paper. An envelope says where it comes back to, not from whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, branches
from foundation.papers import pdf
from notifications.wordings import Rendered

ENVELOPES: Final = {  # form: its name; the sizes stand in the style sheet
    "dl": _("DL, 220 × 110 mm"),
    "c5": _("C5, 229 × 162 mm"),
    "window": _("With a window: nothing is printed on the envelope"),
}


class Written(Protocol):
    """What stands on paper: a letter of a touchpoint, an invitation."""

    @property
    def branch(self) -> Branch:
        """Whose letter it is."""

    @property
    def language(self) -> str:
        """In which language it is written."""

    @property
    def name(self) -> str:
        """To whom."""

    @property
    def address(self) -> tuple[str, ...]:
        """Where to, line by line."""

    @property
    def rendered(self) -> Rendered | None:
        """The words; None where there is nothing to print."""


def letters_pdf(letters: Sequence[Written], *, envelope: str = "window") -> bytes:
    """
    Return letters as one PDF: each begins on a page of its own, folds into the window, and has its envelope.

    :param envelope: a form of ``ENVELOPES``; without a window an envelope page follows each letter.
    :raises pdf.NoPdf: where no PDF can be made.
    """
    return pdf.render("notifications/post/letters_paper.html", pages(letters, envelope=envelope))


def pages(letters: Sequence[Written], *, envelope: str = "window") -> dict[str, Any]:
    """Return what the template of the paper needs; a letter that cannot be written is left out."""
    printed = [letter for letter in letters if letter.rendered is not None]
    return {"letters": _with_senders(printed), "envelope": envelope if envelope in ENVELOPES else "dl"}


def _with_senders(letters: Sequence[Written]) -> list[tuple[Written, str]]:
    """Return each letter with where it comes back to: a street and a number, asked once a branch."""
    known = {letter.branch.pk: letter.branch for letter in letters}
    lines = {pk: branches.inherited(branch, "address") or "" for pk, branch in known.items()}
    return [(letter, lines[letter.branch.pk]) for letter in letters]
