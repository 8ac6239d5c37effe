"""Piles of paper forms put through a scanner: the file, its pages, and the forms they make up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.drives.models.drives import Drive

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class FormState(models.TextChoices):
    """Where a form of a pile stands."""

    WAITING = "WAITING", _("Waiting")
    FILED = "FILED", _("Filed")
    LOOK = "LOOK", _("To look at")
    DISCARDED = "DISCARDED", _("Discarded")


class FormProblem(models.TextChoices):
    """Why a form could not be filed by itself. The sentences stand in ``piles.problems``."""

    NO_BARCODE = "NO_BARCODE", _("No barcode")
    SEVERAL = "SEVERAL", _("Several barcodes")
    TWICE = "TWICE", _("Twice in this pile")
    UNKNOWN = "UNKNOWN", _("Unknown tube")
    THERE = "THERE", _("There already")
    WITHDRAWN = "WITHDRAWN", _("Not needed any more")
    NO_PAPER = "NO_PAPER", _("No paper expected")
    OTHER_TEXT = "OTHER_TEXT", _("Another form")
    NO_PICTURE = "NO_PICTURE", _("Page not readable")
    TOO_LONG = "TOO_LONG", _("Too many pages")


class DiscardReason(models.TextChoices):
    """Why a form is not filed at all. Codes, so that no words about a person stand here."""

    NO_FORM = "NO_FORM", _("It is no consent form")
    SCANNED_AGAIN = "SCANNED_AGAIN", _("It is scanned again, or better, elsewhere")
    THERE = "THERE", _("It is there already")
    NOT_NEEDED = "NOT_NEEDED", _("The person withdrew, or no paper is needed")
    OTHER_BRANCH = "OTHER_BRANCH", _("It belongs to another branch and goes there on paper")


class PileQuerySet(models.QuerySet["Pile"]):
    """Piles a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the piles of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class Pile(SealedModel, ActedBy):
    """
    A pile handed in as one file, sealed under a key of its own until each form is dealt with.

    ``content`` is let go when its pages are there. ``by_…`` handed it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, null=True, blank=True, related_name="piles")
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    content = SealedField(binary=True, null=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)  # every page was read, and the forms told apart
    ended_at = models.DateTimeField(null=True, blank=True)  # every form was dealt with, or thrown away

    objects = PileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pile_without_key_keeps_nothing",
                condition=Q(key__isnull=False) | Q(content__isnull=True, name__isnull=True),
            ),
            models.CheckConstraint(
                name="pile_read_says_how_many_pages",
                condition=Q(read_at__isnull=True) | Q(pages__isnull=False),
            ),
        ]
        indexes = [models.Index(name="pile_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch whose staff may work with it."""
        return (self.branch_path,)


class PileForm(ActedBy):
    """
    One form of a pile: the pages from ``first_page`` up to the next form's.

    ``by_…`` dealt with it last: filed it, discarded it, or handed the pile in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pile = models.ForeignKey(Pile, on_delete=models.CASCADE, related_name="forms")
    first_page = models.PositiveSmallIntegerField()
    barcode = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=FormState, default=FormState.WAITING)
    problem = models.CharField(max_length=12, choices=FormProblem, blank=True)
    reason = models.CharField(max_length=16, choices=DiscardReason, blank=True)
    evidence = models.ForeignKey(
        "consent.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dealt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pile_form_begins_once_on_a_page", fields=["pile", "first_page"]),
            models.CheckConstraint(
                name="pile_form_filed_names_its_evidence",
                condition=Q(state=FormState.FILED, evidence__isnull=False)
                | (~Q(state=FormState.FILED) & Q(evidence__isnull=True)),
            ),
            models.CheckConstraint(
                name="pile_form_to_look_at_says_why", condition=~Q(state=FormState.LOOK) | ~Q(problem="")
            ),
            models.CheckConstraint(
                name="pile_form_discarded_says_why",
                condition=(Q(state=FormState.DISCARDED) & ~Q(reason=""))
                | (~Q(state=FormState.DISCARDED) & Q(reason="")),
            ),
            models.CheckConstraint(
                name="pile_form_dealt_with_says_when",
                condition=Q(state__in=[FormState.WAITING, FormState.LOOK], dealt_at__isnull=True)
                | Q(state__in=[FormState.FILED, FormState.DISCARDED], dealt_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="pile_form_by_state", fields=["pile", "state", "first_page"])]

    def __str__(self) -> str:
        return f"{self.first_page}"


class PilePage(SealedModel):
    """
    One page of a pile as a picture, sealed under the pile's key until its form is dealt with.

    ``sketch`` is the page as 24 x 34 shades of grey: pages of one printed form look alike in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pile = models.ForeignKey(Pile, on_delete=models.CASCADE, related_name="scanned")
    number = models.PositiveSmallIntegerField()
    form = models.ForeignKey(
        PileForm, on_delete=models.CASCADE, null=True, blank=True, related_name="scanned"
    )
    picture = SealedField(binary=True, null=True)
    sketch = SealedField(binary=True, null=True)
    codes = models.JSONField(default=list)  # the barcodes read, as a tube's are written
    mark = models.CharField(max_length=64, blank=True)  # of our own printed form: text, version, language
    blank = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pile_page_once", fields=["pile", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
