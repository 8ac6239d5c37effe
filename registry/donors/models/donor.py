"""The donor: what is known of a volunteer, and where they stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.vault import SealedField, SealedModel
from registry.donors import grid, reasons
from registry.donors.models.workflow import Workflow
from registry.donors.querysets import DonorQuerySet
from registry.donors.states import GONE, HAS_BEEN_LISTED, DonorState


class Sex(models.TextChoices):
    """Sex as the document says it; the weight rule asks for it."""

    FEMALE = "F", _("Female")
    MALE = "M", _("Male")


class BloodGroup(models.TextChoices):
    """ABO group as the volunteer or the blood station says it."""

    A = "A", "A"
    B = "B", "B"
    O = "O", "O"  # noqa: E741
    AB = "AB", "AB"


class ContactChoice(models.TextChoices):
    """When this person wants to hear from us."""

    NORMAL = "NORMAL", _("May be contacted")
    ONLY_IF_MATCHED = "ONLY_IF_MATCHED", _("Only if they match a patient")


class NationalState(models.TextChoices):
    """Whether the national register knows this donor."""

    NONE = "NONE", _("Not yet sent")
    SENT = "SENT", _("Sent")
    ACCEPTED = "ACCEPTED", _("Accepted")
    LEFT = "LEFT", _("Taken out there")


STANDS_THERE = (NationalState.SENT, NationalState.ACCEPTED)
# Who has left and stands there still; written so that SQLite too sees that the index of it answers.
TO_TAKE_OUT = (
    Q(left_at__isnull=False) & ~Q(national_state=NationalState.NONE) & ~Q(national_state=NationalState.LEFT)
)


class Donor(Workflow, SealedModel):
    """A volunteer in the capacity of a stem-cell donor. Personal values are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField("foundation.Subject", models.PROTECT, related_name="donor")
    grid = models.CharField(max_length=19, unique=True, default=grid.new, editable=False)
    return_to = models.CharField(max_length=12, choices=DonorState, blank=True)
    owner_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    owner_path = models.CharField(max_length=32)  # counts in figures
    service_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    service_path = models.CharField(max_length=32)  # stands in lists
    drive = models.ForeignKey("registry.Drive", models.PROTECT, null=True, blank=True, related_name="donors")

    sex = models.CharField(max_length=1, choices=Sex)
    born_on = models.DateField(null=True)  # cut to the year by erasure
    blood_group = models.CharField(max_length=2, choices=BloodGroup, blank=True)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    document_kind = models.CharField(max_length=24)
    name = SealedField(null=True)
    document = SealedField(null=True)
    phone = SealedField(null=True)
    email = SealedField(null=True)
    address = SealedField(null=True)
    workplace = SealedField(null=True)
    ethnic_group = SealedField(null=True)
    education = SealedField(null=True)
    note = SealedField(null=True)
    name_index = models.IntegerField(null=True)
    phone_index = models.CharField(max_length=64, null=True)  # noqa: DJ001  erased is not empty
    initials_index = models.IntegerField(null=True)
    name_index_next = models.IntegerField(null=True)  # these three only while the index key changes
    phone_index_next = models.CharField(max_length=64, null=True)  # noqa: DJ001
    initials_index_next = models.IntegerField(null=True)

    registered_at = models.DateTimeField()
    listed_on = models.DateField(null=True)  # the first listing
    hold_until = models.DateField(null=True)
    hold_reason = models.CharField(max_length=24, choices=reasons.Reason, blank=True)
    left_at = models.DateTimeField(null=True)
    left_reason = models.CharField(max_length=24, choices=reasons.Reason, blank=True)
    objected_at = models.DateTimeField(null=True)  # somebody else's word, not the donor's
    death_reported_at = models.DateTimeField(null=True)
    contact_choice = models.CharField(max_length=16, choices=ContactChoice, default=ContactChoice.NORMAL)
    contact_chosen_at = models.DateTimeField(null=True)  # when that was said last, by the donor
    contact_verified_on = models.DateField(null=True)
    phone_since = models.DateTimeField(null=True)  # calls before it went to another number
    phone_wrong_on = models.DateField(null=True)  # it is somebody else's, or there is none such
    found_at = models.DateTimeField(null=True)  # reached while out of contact; to be confirmed
    records_verified_on = models.DateField(null=True)  # as the records before say: never proof that we can
    graduates_on = models.DateField(null=True)
    not_twice_at = models.DateTimeField(null=True)  # a look-alike was checked: two people
    donated_at = models.DateTimeField(null=True)
    collections = models.PositiveSmallIntegerField(default=0)
    limit_notice_on = models.DateField(null=True)  # past the age to donate
    age_notice_on = models.DateField(null=True)  # told that the register ends
    national_state = models.CharField(max_length=8, choices=NationalState, default=NationalState.NONE)
    national_no = models.CharField(max_length=24, blank=True)
    national_on = models.DateField(null=True)
    before = models.JSONField(default=dict, blank=True)  # what the last move cleared, to undo it
    legacy = models.BooleanField(default=False)  # taken over from the records before
    # Set where another record of the same person was kept. This one then stands nowhere in the tree.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = DonorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donors_hold_says_until_when",
                condition=Q(state=DonorState.ON_HOLD, hold_until__isnull=False) & ~Q(hold_reason="")
                | ~Q(state=DonorState.ON_HOLD) & Q(hold_until__isnull=True, hold_reason=""),
            ),
            models.CheckConstraint(
                name="donors_return_knows_where",
                condition=Q(state__in=[DonorState.ON_HOLD, DonorState.LOST]) & ~Q(return_to="")
                | ~Q(state__in=[DonorState.ON_HOLD, DonorState.LOST]) & Q(return_to=""),
            ),
            models.CheckConstraint(
                name="donors_listed_says_since_when",
                condition=Q(listed_on__isnull=False) | ~Q(state__in=sorted(HAS_BEEN_LISTED)),
            ),
            models.CheckConstraint(
                name="donors_gone_says_when_and_why",
                condition=Q(state__in=sorted(GONE), left_at__isnull=False) & ~Q(left_reason="")
                | ~Q(state__in=sorted(GONE)) & Q(left_at__isnull=True, left_reason=""),
            ),
            models.CheckConstraint(
                name="donors_merged_stands_nowhere",
                condition=Q(merged_into__isnull=True) & ~Q(service_path="") & ~Q(owner_path="")
                | Q(
                    merged_into__isnull=False,
                    service_path="",
                    owner_path="",
                    state=DonorState.TRANSFERRED,
                    left_reason=reasons.Reason.MERGED,
                ),
            ),
            models.CheckConstraint(name="donors_state_is_known", condition=Q(state__in=DonorState.values)),
            models.CheckConstraint(name="donors_sex_is_known", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(
                name="donors_weight_is_a_weight",
                condition=Q(weight_kg__isnull=True) | Q(weight_kg__gt=0, weight_kg__lt=400),
            ),
            models.CheckConstraint(
                name="donors_national_number_where_accepted",
                condition=~Q(national_state=NationalState.ACCEPTED) | ~Q(national_no=""),
            ),
            models.UniqueConstraint(  # a record that was joined with another keeps the number it had
                name="donors_one_of_a_national_number",
                fields=["national_no"],
                condition=~Q(national_no="") & Q(merged_into__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="donors_of_service", fields=["service_path", "id"]),
            models.Index(name="donors_of_service_in_state", fields=["state", "service_path", "id"]),
            models.Index(name="donors_of_owner", fields=["owner_path", "id"]),
            models.Index(name="donors_by_phone", fields=["phone_index"]),
            models.Index(name="donors_by_name", fields=["name_index"]),
            models.Index(name="donors_by_initials", fields=["initials_index", "service_path"]),
            models.Index(
                name="donors_by_next_phone",
                fields=["phone_index_next"],
                condition=Q(phone_index_next__isnull=False),
            ),
            models.Index(
                name="donors_holds_ending",
                fields=["hold_until", "service_path"],
                condition=Q(hold_until__isnull=False),
            ),
            models.Index(name="donors_by_birth", fields=["born_on"]),
            models.Index(
                name="donors_for_national",
                fields=["national_state", "owner_path", "id"],
                condition=Q(listed_on__isnull=False),
            ),
            models.Index(name="donors_by_national_no", fields=["national_no"], condition=~Q(national_no="")),
            models.Index(name="donors_to_take_out", fields=["owner_path", "id"], condition=TO_TAKE_OUT),
            models.Index(
                name="donors_objected_to",
                fields=["service_path", "id"],
                condition=Q(objected_at__isnull=False),
            ),
            models.Index(
                name="donors_searchable",
                fields=["id"],
                condition=Q(
                    state=DonorState.LISTED,
                    objected_at__isnull=True,
                    death_reported_at__isnull=True,
                    limit_notice_on__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.grid

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where this donor stands in the tree: who serves, who owns."""
        return (self.service_path, self.owner_path)

    @property
    def is_gone(self) -> bool:
        """Whether the donor has left this registry."""
        return self.state in GONE
