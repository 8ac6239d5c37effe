"""Words with a donor and about them: attempts, the health check, what the family thinks, talks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors.models import CallResult, Relation, Stance


class Attempt(SealedModel, ActedBy):
    """One attempt to speak with the donor of a case. ``by_*`` say who tried."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    number = models.CharField(max_length=8, default="donor")  # whose: donor, the place of a contact, or left
    result = models.CharField(max_length=16, choices=CallResult)
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="cases_attempts", fields=["case", "-at"])]

    def __str__(self) -> str:
        return f"{self.result} {self.pk}"


class Verdict(models.TextChoices):
    """What a health-and-availability check says."""

    FIT = "FIT", _("Fit and available")
    TEMPORARY = "TEMPORARY", _("Not at present")
    PERMANENT = "PERMANENT", _("Not any more")
    ASK = "ASK", _("The medical reviewer must look at it")


class HealthCheck(SealedModel, ActedBy):
    """The answers of one health-and-availability check, sealed; the verdict follows from them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="health_checks")
    at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)  # of the questionnaire
    verdict = models.CharField(max_length=12, choices=Verdict)
    reason = models.CharField(max_length=24, blank=True)  # a code of the donors' medical reasons
    available_from = models.DateField(null=True, blank=True)
    answers = SealedField(null=True)  # JSON: key of a question → code
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="cases_health_checks", fields=["case", "-at"])]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class FamilyView(SealedModel, ActedBy):
    """One of the donor's family: whether they were told, when, and what they think. The newest row counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="family_views")
    relation = models.CharField(max_length=12, choices=Relation)
    at = models.DateTimeField()
    told_on = models.DateField(null=True, blank=True)  # null: does not know
    stance = models.CharField(max_length=12, choices=Stance)
    weighs = models.BooleanField(default=False)  # their word decides in this family
    name = SealedField(null=True)
    words = SealedField(null=True)
    replaced_at = models.DateTimeField(null=True, blank=True)  # a newer word of the same person stands

    class Meta:
        indexes = [models.Index(name="cases_family_views", fields=["case", "id"])]

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"


class TalkKind(models.TextChoices):
    """What a talk is."""

    INFORMATION = "INFORMATION", _("Information talk before the final consent")
    FAMILY = "FAMILY", _("Talk with the family")
    PEER = "PEER", _("Talk with somebody who has donated")
    DOCTOR = "DOCTOR", _("Talk with a doctor")


class TalkState(models.TextChoices):
    """What became of an offered talk."""

    OFFERED = "OFFERED", _("Offered")
    DECLINED = "DECLINED", _("Not wanted")
    HELD = "HELD", _("Held")


class Talk(SealedModel, ActedBy):
    """A talk that was offered, declined or held, and what came of it. ``peer`` is the former donor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="talks")
    kind = models.CharField(max_length=12, choices=TalkKind)
    state = models.CharField(max_length=10, choices=TalkState, default=TalkState.OFFERED)
    offered_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    peer = models.ForeignKey("registry.Donor", models.PROTECT, null=True, blank=True, related_name="+")
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_talk_held_says_when",
                condition=models.Q(state="HELD", held_at__isnull=False)
                | ~models.Q(state="HELD") & models.Q(held_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="cases_talks", fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class StageConsent(SealedModel, ActedBy):
    """
    The session in which stage 2 or 3 was agreed to: checklist, read-back, witness.

    The consents themselves stand in the consent room under this case as their matter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="stage_consents")
    stage = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    checklist = models.JSONField(default=list)  # keys of what was explained
    read_back = models.BooleanField(default=False)  # the donor said the sentence back
    witness_id = models.CharField(max_length=64, blank=True)  # a login, where the witness has one
    witness = SealedField(null=True)  # the name of a witness without a login

    class Meta:
        constraints = [
            models.CheckConstraint(name="cases_stage_is_two_or_three", condition=models.Q(stage__in=[2, 3])),
        ]
        indexes = [models.Index(name="cases_stage_consents", fields=["case", "stage", "-id"])]

    def __str__(self) -> str:
        return f"{self.stage} {self.pk}"
