"""The match case: one donor, one patient, how far they have come together, and who looks after it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from registry.cases import outcomes
from registry.cases.models.patient import Source
from registry.cases.models.workflow import Workflow
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import ACTIVE, OPEN, CaseState
from registry.donors import reasons
from registry.donors.states import DonorState


class Request(models.TextChoices):
    """What the other side asks for."""

    TYPING = "TYPING", _("Typing again")
    WORK_UP = "WORK_UP", _("Work-up")
    LYMPHOCYTES = "LYMPHOCYTES", _("Lymphocytes for the same patient")
    SECOND = "SECOND", _("A second donation")


class Product(models.TextChoices):
    """What is collected."""

    PBSC = "PBSC", _("Stem cells from the blood")
    MARROW = "MARROW", _("Bone marrow")
    LYMPHOCYTES = "LYMPHOCYTES", _("Lymphocytes")


class NoBackup(models.TextChoices):
    """Why there is no back-up donor; the words stand beside it."""

    NONE_FOUND = "NONE_FOUND", _("None available: nobody else matches")
    NONE_READY = "NONE_READY", _("None available: nobody else can come in time")
    CORD_OR_FAMILY = "CORD_OR_FAMILY", _("The hospital has cord blood or a relative ready")


class DueWhat(models.TextChoices):
    """What the next date of a case is."""

    CONTACT = "CONTACT", _("First attempt")
    RESERVATION = "RESERVATION", _("Reservation ends")
    POSTPONED = "POSTPONED", _("Postponement ends")
    CONDITIONING = "CONDITIONING", _("Conditioning planned")
    COLLECTION = "COLLECTION", _("Collection planned")
    FOLLOW_UP = "FOLLOW_UP", _("Follow-up")


class MatchCase(Workflow):
    """
    One match. Facts that guards ask for are its columns; their words stand sealed in the rows about it.

    ``owner`` is the officer of the donor's side, ``patient_officer`` that of the patient's: never one
    person. ``due_on`` is the next date of its clocks, kept by every action, so that a board is one range.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="cases")
    patient = models.ForeignKey("registry.Patient", models.PROTECT, related_name="cases")
    service_path = models.CharField(max_length=32)  # the donor's, so that a board is one range
    owner_path = models.CharField(max_length=32)

    source = models.CharField(max_length=16, choices=Source)
    request = models.CharField(max_length=12, choices=Request, default=Request.TYPING)
    notice_code = models.CharField(max_length=40, blank=True)  # of the national registry's notice
    resolution = models.CharField(max_length=40, blank=True)  # of the typing that matched, as the notice says
    requested_on = models.DateField()
    opened_at = models.DateTimeField()
    contact_due_on = models.DateField()
    clock_ends_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    due_what = models.CharField(max_length=12, choices=DueWhat, blank=True)
    reserved_from = models.CharField(max_length=12, choices=DonorState, blank=True)  # "" while it waits

    return_to = models.CharField(max_length=12, choices=CaseState, blank=True)
    postponed_until = models.DateField(null=True, blank=True)
    postponed_reason = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=24, choices=outcomes.CHOICES, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_from = models.CharField(max_length=12, choices=CaseState, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases"
    )
    patient_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="patient_cases"
    )
    companion = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="accompanied_cases"
    )
    transplant_hospital = models.ForeignKey(
        "foundation.Branch", models.PROTECT, null=True, blank=True, related_name="+"
    )
    collection_hospital = models.ForeignKey(
        "foundation.Branch", models.PROTECT, null=True, blank=True, related_name="+"
    )

    first_tried_at = models.DateTimeField(null=True, blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)  # the first time that the donor was spoken with
    last_reached_at = models.DateTimeField(null=True, blank=True)
    stance_at = models.DateTimeField(null=True, blank=True)  # the family's stance was last recorded
    fit_at = models.DateTimeField(null=True, blank=True)  # health-and-availability check passed
    hr_volume_ml = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)  # information talk before the final consent
    final_consent_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by_id = models.CharField(max_length=64, blank=True)
    examined_on = models.DateField(null=True, blank=True)
    examination_fit = models.BooleanField(null=True)  # null: not known yet
    markers_on = models.DateField(null=True, blank=True)  # blood for the infection markers was drawn
    markers_fit = models.BooleanField(null=True)
    pregnancy_on = models.DateField(null=True, blank=True)
    pregnancy_fit = models.BooleanField(null=True)  # null too where it does not apply
    product = models.CharField(max_length=12, choices=Product, blank=True)
    admission_on = models.DateField(null=True, blank=True)
    conditioning_on = models.DateField(null=True, blank=True)
    collection_on = models.DateField(null=True, blank=True)
    backup = models.ForeignKey(
        "registry.Donor", models.PROTECT, null=True, blank=True, related_name="backup_cases"
    )
    backup_code = models.CharField(max_length=40, blank=True)  # of a donor of another registry
    no_backup = models.CharField(max_length=16, choices=NoBackup, blank=True)
    hospital_message_at = models.DateTimeField(null=True, blank=True)  # "conditioning begins on …"
    hospital_message_ref = models.CharField(max_length=60, blank=True)
    conditioning_at = models.DateTimeField(null=True, blank=True)  # the point of no return was passed
    donated_on = models.DateField(null=True, blank=True)  # the last day of collection

    objects = MatchCaseQuerySet.as_manager()

    class Meta:
        permissions = [("work_on_matchcase", "Can work on one match case")]  # guardian's word for being named
        constraints = [
            models.UniqueConstraint(
                name="cases_one_active_of_a_donor", fields=["donor"], condition=Q(state__in=ACTIVE)
            ),
            models.UniqueConstraint(
                name="cases_one_of_a_notice",
                fields=["source", "notice_code"],
                condition=~Q(notice_code=""),
            ),
            models.CheckConstraint(name="cases_state_is_known", condition=Q(state__in=CaseState.values)),
            models.CheckConstraint(
                name="cases_closed_says_why_and_when",
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True, outcome="", closed_from=""),
            ),
            models.CheckConstraint(
                name="cases_postponed_has_an_end",
                condition=Q(state=CaseState.POSTPONED, postponed_until__isnull=False) & ~Q(return_to="")
                | Q(state=CaseState.CLOSED, postponed_until__isnull=False) & ~Q(return_to="")
                | ~Q(state=CaseState.POSTPONED) & Q(postponed_until__isnull=True, return_to=""),
            ),
            models.CheckConstraint(
                name="cases_two_sides_two_people",
                condition=Q(owner__isnull=True)
                | Q(patient_officer__isnull=True)
                | ~Q(owner=F("patient_officer")),
            ),
            models.CheckConstraint(
                name="cases_companion_is_of_the_donors_side",
                condition=Q(companion__isnull=True)
                | Q(patient_officer__isnull=True)
                | ~Q(companion=F("patient_officer")),
            ),
            models.CheckConstraint(
                name="cases_backup_is_somebody_else",
                condition=Q(backup__isnull=True) | ~Q(backup=F("donor")),
            ),
            models.CheckConstraint(
                name="cases_backup_or_none",
                condition=Q(no_backup="") | Q(backup__isnull=True, backup_code=""),
            ),
            models.CheckConstraint(
                name="cases_cleared_by_somebody",
                condition=Q(cleared_at__isnull=True, cleared_by_id="")
                | Q(cleared_at__isnull=False) & ~Q(cleared_by_id=""),
            ),
            models.CheckConstraint(
                name="cases_typing_again_takes_little_blood",
                condition=Q(hr_volume_ml__isnull=True) | Q(hr_volume_ml__gt=0, hr_volume_ml__lte=30),
            ),
            models.CheckConstraint(
                name="cases_waiting_keeps_nobody",
                condition=~Q(state=CaseState.WAITING) | Q(reserved_from=""),
            ),
        ]
        indexes = [
            models.Index(name="cases_of_service", fields=["service_path", "state", "due_on", "id"]),
            models.Index(name="cases_of_owner_branch", fields=["owner_path", "state", "due_on", "id"]),
            models.Index(name="cases_of_officer", fields=["owner", "state", "due_on", "id"]),
            models.Index(name="cases_open_by_due", fields=["due_on", "id"], condition=Q(state__in=OPEN)),
            models.Index(name="cases_of_patient_officer", fields=["patient_officer", "state", "due_on"]),
            models.Index(name="cases_of_donor", fields=["donor", "-id"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the donor of this case stands in the tree: who serves, who owns."""
        return (self.service_path, self.owner_path)

    @property
    def short_number(self) -> str:
        """The end of this case's number, by which colleagues speak of it."""
        return f"…{self.pk.hex[-6:].upper()}"

    @property
    def stands_at(self) -> str:
        """The state on the way: of a postponed case that to which it returns, of a closed one its last."""
        return self.return_to or self.closed_from or str(self.state)


POSTPONE_REASONS = [
    (reason.value, reason.label)
    for reason in (*reasons.TEMPORARY, reasons.Reason.PR_WORK_STUDY, reasons.Reason.OT)
] + [("PATIENT", _("The hospital asks for another date"))]
