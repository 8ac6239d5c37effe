"""The ledger of exits, what was tried to help, extensions of clocks, and lines of a case's history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.cases import outcomes
from registry.cases.outcomes import Regret, Side
from registry.cases.states import CaseState


class Exit(ActedBy):
    """How one case ended without a donation: stage, side, code. Undone with the mistake that it was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="exits")
    at = models.DateTimeField()
    stage = models.CharField(max_length=12, choices=CaseState)  # where it stood
    side = models.CharField(max_length=8, choices=Side)
    code = models.CharField(max_length=24, choices=outcomes.CHOICES)
    parent = models.CharField(max_length=2, blank=True)  # the WMDA reason of a donor-side exit
    regret = models.CharField(max_length=2, choices=Regret, blank=True)
    service_path = models.CharField(max_length=32)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="cases_one_exit_of_a_case", fields=["case"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                name="cases_regret_is_the_donors_own", condition=Q(regret="") | Q(side="DONOR", parent="PR")
            ),
        ]
        indexes = [models.Index(name="cases_exits", fields=["service_path", "-at"])]

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"


class InterventionKind(models.TextChoices):
    """What was tried when a donor wavered."""

    TALK = "TALK", _("A talk with the donor")
    FAMILY = "FAMILY", _("A talk with the family")
    PEER = "PEER", _("A talk with somebody who has donated")
    DOCTOR = "DOCTOR", _("A talk with a doctor")
    PAPERS = "PAPERS", _("Papers for employer or school")
    MORE_TIME = "MORE_TIME", _("More time to think")


class InterventionResult(models.TextChoices):
    """What came of it."""

    OPEN = "OPEN", _("Not yet known")
    STAYED = "STAYED", _("Goes on")
    LEFT = "LEFT", pgettext_lazy("case", "Left")


class Intervention(SealedModel, ActedBy):
    """A donor wavered: why, what was offered, what came of it. One who stayed is a near miss of a regret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="interventions")
    at = models.DateTimeField()
    stage = models.CharField(max_length=12, choices=CaseState)
    reason = models.CharField(max_length=24)  # a personal reason of the donors' codes
    kind = models.CharField(max_length=10, choices=InterventionKind)
    result = models.CharField(max_length=8, choices=InterventionResult, default=InterventionResult.OPEN)
    regret = models.CharField(max_length=2, choices=Regret, blank=True)  # that it would have been
    settled_at = models.DateTimeField(null=True, blank=True)
    service_path = models.CharField(max_length=32)
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_intervention_settled_says_when",
                condition=Q(result="OPEN", settled_at__isnull=True)
                | ~Q(result="OPEN") & Q(settled_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="cases_interventions", fields=["service_path", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class About(models.TextChoices):
    """What a line of a case's history is about."""

    NOTE = "NOTE", _("A note")
    EXTENDED = "EXTENDED", _("The reservation was extended")
    CLOSED = "CLOSED", _("The case was closed")
    OFFICERS = "OFFICERS", _("Officers were named")
    HOSPITALS = "HOSPITALS", _("Hospitals were named")
    BACKUP = "BACKUP", _("Back-up donor")
    MESSAGE = "MESSAGE", _("The hospital's message")
    CONSENT_GONE = "CONSENT_GONE", _("A consent for this match was withdrawn")
    EVENT_REPORTED = "EVENT_REPORTED", _("A serious event was reported upward")
    DATES = "DATES", _("Dates were set")
    NO_HARM = "NO_HARM", _("No adverse event")
    RECOUNTED = "RECOUNTED", _("The calendar was published, and the clock counted anew")
    NAMES_ENDED = "NAMES_ENDED", _("Companion and hospitals do not see this match any more")


class CaseNote(SealedModel, ActedBy):
    """One line of a case's history; its words under the donor's key. An extension says from and to when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="history")
    about = models.CharField(max_length=16, choices=About)
    at = models.DateTimeField()
    before_on = models.DateField(null=True, blank=True)
    after_on = models.DateField(null=True, blank=True)
    code = models.CharField(max_length=24, blank=True)
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="cases_history", fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"{self.about} {self.pk}"
