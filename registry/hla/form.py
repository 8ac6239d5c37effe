"""Check the form of a typing text; say nothing of what its alleles mean.

A typing is written as a laboratory writes it: two alleles a locus joined by ``+``, loci
joined by ``^``, alternatives by ``/`` or ``|``. The nomenclature is not known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOCI: Final = (
    "A", "B", "C", "DRB1", "DRB3", "DRB4", "DRB5", "DQA1", "DQB1", "DPA1", "DPB1",
)  # fmt: skip
MAY_STAND_ALONE: Final = frozenset({"DRB3", "DRB4", "DRB5"})  # not everybody carries these genes

# Two to four fields with an expression letter or a group, or a two-field code (MAC, XX).
_FIELDS: Final = r"\d{2,4}(?::\d{2,5}){1,3}[NLSCAQ]?[PG]?|\d{2,4}:[A-Z]{2,6}"
_ALLELE: Final = re.compile(rf"(?:HLA-)?(?P<locus>[A-Z]+\d?)\*(?P<fields>{_FIELDS})")

_SENTENCES: Final[Mapping[str, str | Promise]] = {
    "empty": _("There is no typing in this line."),
    "too_long": _("The typing text is too long."),
    "unreadable": _("“%(part)s” is not written like an allele, for example A*02:01."),
    "locus_unknown": _("%(part)s is not a locus the registry keeps."),
    "loci_mixed": _("“%(part)s” joins alleles of different loci."),
    "locus_twice": _("%(part)s is given twice."),
    "not_two_alleles": _("%(part)s needs two alleles. Write the allele twice where both are the same."),
    "locus_missing": _("The typing lacks %(part)s."),
}


class FormProblem(ValueError):
    """A typing text is not written as one. ``code`` names why, ``sentences`` tells a reader."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.part = part[:40]

    @property
    def sentences(self) -> list[str]:
        """Return the reason in the reader's words."""
        return [str(_SENTENCES[self.code]) % {"part": self.part}]


def check(text: str) -> str:
    """
    Return the one way to write this typing text.

    Loci come in their usual order, without ``HLA-`` and without spaces.

    :raises FormProblem: if it is not in form, or lacks one of ``settings.TYPING_LOCI_NEEDED``.

    Source: GL String 1.0, Milius et al. 2013, doi:10.1111/tan.12150
    """
    squeezed = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if not squeezed:
        raise FormProblem("empty")
    if len(squeezed) > settings.TYPING_TEXT_LONGEST:
        raise FormProblem("too_long")
    blocks: dict[str, str] = {}
    for part in re.split(r"[\^;,]", squeezed.strip("^;,")):
        locus, block = _block(part)
        if locus in blocks:
            raise FormProblem("locus_twice", locus)
        blocks[locus] = block
    if lacking := [locus for locus in settings.TYPING_LOCI_NEEDED if locus not in blocks]:
        raise FormProblem("locus_missing", ", ".join(lacking))
    return "^".join(blocks[locus] for locus in LOCI if locus in blocks)


def loci(normal_form: str) -> list[str]:
    """Return the loci a checked typing speaks of, in their usual order."""
    return [block.split("*", 1)[0] for block in normal_form.split("^")]


def from_table(cells: Mapping[str, Sequence[str]]) -> str:
    """
    Return the text of a typing entered locus by locus, to be checked.

    A cell holds the fields alone (``02:01``) or the whole allele (``A*02:01``).
    """
    blocks = []
    for locus, alleles in cells.items():
        written = ["/".join(_whole(locus, a) for a in cell.split("/")) for cell in alleles if cell.strip()]
        if written:
            blocks.append("+".join(written))
    return "^".join(blocks)


def _whole(locus: str, allele: str) -> str:
    allele = allele.strip()
    return allele if "*" in allele else f"{locus}*{allele}"


def _block(part: str) -> tuple[str, str]:
    """Return a locus and its genotypes, each of two alleles that may be ambiguous."""
    genotypes = [_genotype(genotype) for genotype in part.split("|")]
    names = {locus for locus, _text in genotypes}
    if len(names) > 1:
        raise FormProblem("loci_mixed", part)
    return names.pop(), "|".join(text for _locus, text in genotypes)


def _genotype(text: str) -> tuple[str, str]:
    slots = [[_allele(allele) for allele in slot.split("/")] for slot in text.split("+")]
    names = {locus for slot in slots for locus, _fields in slot}
    if len(names) > 1:
        raise FormProblem("loci_mixed", text)
    locus = names.pop()
    if len(slots) > 2 or (len(slots) == 1 and locus not in MAY_STAND_ALONE):  # noqa: PLR2004
        raise FormProblem("not_two_alleles", locus)
    return locus, "+".join("/".join(f"{locus}*{fields}" for _l, fields in slot) for slot in slots)


def _allele(text: str) -> tuple[str, str]:
    match = _ALLELE.fullmatch(text)
    if match is None:
        raise FormProblem("unreadable", text)
    if match["locus"] not in LOCI:
        raise FormProblem("locus_unknown", match["locus"])
    return match["locus"], match["fields"]
