"""Why a scan cannot be taken, and why a form of it was not filed: sentences that say how to mend it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from registry.drives.models import FormProblem

SENTENCES: Final = {
    "empty": _("The file is empty."),
    "not_a_scan": _("This is no scan: a PDF, TIFF, JPEG or PNG file is needed. Scan the pile as one PDF."),
    "too_big": _("The file is larger than can be taken at once. Scan the pile in two parts, or in grey."),
    "protected": _("The PDF is protected by a password. Scan the pile again without one."),
    "broken": _("The file is damaged and cannot be read. Scan the pile again."),
    "acts": _("The PDF holds more than pages: a script or another file. Scan the pile as a plain PDF."),
    "too_many_pages": _("The file has more pages than are taken at once. Scan the pile in parts."),
    "too_large": _("A page of the file is larger than can be read here. Scan the pile again at 200 dpi."),
    "too_slow": _("The file took too long to read. Scan the pile again at 200 dpi."),
    "unreadable": _("Several pages one after another cannot be read. Scan the pile again at 200 dpi."),
    "gone": _("The file is no longer kept. Hand it in again."),
    "rearranged": _("Somebody changed the pages of this form meanwhile. Look at it once more."),
    "not_here": _("This machine cannot read scanned piles: the program must run on Linux."),
}

OF_FORMS: Final = {
    FormProblem.NO_BARCODE: _("No barcode could be read on this form."),
    FormProblem.SEVERAL: _("More than one tube's barcode stands on this form. Say which is the person's."),
    FormProblem.TWICE: _("Another form of this pile has the same barcode. Look whose each of them is."),
    FormProblem.UNKNOWN: _("No tube of your branches has this barcode."),
    FormProblem.THERE: _("The scan of this person's paper is there already."),
    FormProblem.WITHDRAWN: _("Nothing on this paper waits any more: the consent was withdrawn meanwhile."),
    FormProblem.NO_PAPER: _("No paper is expected of this person: they signed on the screen, or not here."),
    FormProblem.OTHER_TEXT: _("This form carries another text than the one that was recorded as signed."),
    FormProblem.NO_PICTURE: _("A page of this form could not be drawn. Scan that paper again."),
    FormProblem.TOO_LONG: _("The form has very many pages. A barcode among them may have been missed."),
}


class PileProblem(ValueError):
    """A scan cannot be taken. ``code`` is one of ``SENTENCES``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        return [str(SENTENCES[self.code])]


class NotFiled(ValueError):
    """A form cannot be filed as asked. ``problem`` is one of ``FormProblem``."""

    def __init__(self, problem: FormProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem

    @property
    def sentences(self) -> list[str]:
        """Say why."""
        return [str(OF_FORMS[self.problem])]
