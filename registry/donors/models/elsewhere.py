"""What two branches ask of each other about one donor: to take in, to help, to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors.querysets import AssistQuerySet, BranchMoveQuerySet, BranchQuestionQuerySet

if TYPE_CHECKING:
    from datetime import date


class What(models.TextChoices):
    """What moves to the other branch."""

    SERVICE = "SERVICE", _("Who looks after them")
    OWNER = "OWNER", _("Who counts them")
    BOTH = "BOTH", _("Both")


class WhyMoved(models.TextChoices):
    """Why another branch looks after a donor from now on."""

    MOVED_HOUSE = "MOVED_HOUSE", _("They live there now")
    STUDIES = "STUDIES", _("They study there")
    WORK = "WORK", _("They work there")
    WISH = "WISH", _("They wish it")
    BRANCHES = "BRANCHES", _("The branches divided their work anew")


class BranchMove(ActedBy):
    """
    A donor goes from one branch to another. ``by_…`` asked.

    Taken in, the branch that holds the donor answers; offered, the one that is to take them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="branch_moves")
    what = models.CharField(max_length=8, choices=What)
    offered = models.BooleanField()  # by the branch that holds them; else the other asks to take in
    from_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    from_path = models.CharField(max_length=32)
    to_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    to_path = models.CharField(max_length=32)
    reason = models.CharField(max_length=12, choices=WhyMoved)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.CharField(max_length=64, blank=True)

    objects = BranchMoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donors_move_done_says_by_whom",
                condition=Q(done_at__isnull=True, done_by_id="")
                | Q(done_at__isnull=False) & ~Q(done_by_id=""),
            ),
            models.CheckConstraint(
                name="donors_move_goes_elsewhere", condition=~Q(from_branch=F("to_branch"))
            ),
        ]
        indexes = [
            models.Index(name="donors_moves", fields=["donor", "-id"]),
            models.Index(name="donors_moves_from", fields=["from_path", "-id"]),
            models.Index(name="donors_moves_to", fields=["to_path", "-id"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where it is answered."""
        return (self.to_path,) if self.offered else (self.from_path,)


class AssistKind(models.TextChoices):
    """What another branch is asked to do for one donor."""

    FIND = "FIND", _("Find out where they are")
    VISIT = "VISIT", _("Visit them")
    SAMPLE = "SAMPLE", _("Take a new sample with them")
    ACCOMPANY = "ACCOMPANY", _("Go with them to a hospital")
    OTHER = "OTHER", _("Something else")


class AssistResult(models.TextChoices):
    """How an assist ended."""

    DONE = "DONE", _("Done")
    NOT_FOUND = "NOT_FOUND", _("They could not be found")
    CANNOT = "CANNOT", _("We cannot do it")
    TAKEN_BACK = "TAKEN_BACK", _("Not needed any more")
    TIME_OVER = "TIME_OVER", _("The time is over")


class Assist(SealedModel, ActedBy):
    """
    Help of another branch with one donor, until a day (协查). ``by_…`` asked.

    Whoever of that branch takes it is named on it, and sees this one donor until it ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="assists")
    kind = models.CharField(max_length=12, choices=AssistKind)
    words = SealedField(null=True)  # what is to be done, under the donor's key
    from_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)  # of the branch that helps
    asked_at = models.DateTimeField()
    until = models.DateField()  # the last day
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, choices=AssistResult, blank=True)

    objects = AssistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donors_assist_ended_says_how",
                condition=Q(ended_at__isnull=True, result="") | Q(ended_at__isnull=False) & ~Q(result=""),
            ),
            models.CheckConstraint(
                name="donors_assist_taken_says_by_whom",
                condition=Q(staff__isnull=True, taken_at__isnull=True)
                | Q(staff__isnull=False, taken_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="donors_one_assist_of_a_branch",
                fields=["donor", "branch"],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="donors_assists_open", fields=["branch_path", "-id"], condition=Q(ended_at__isnull=True)
            ),
        ]
        permissions = [("work_on_assist", "Helps with this donor until it is done")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """The branch that is asked to help."""
        return (self.branch_path,)

    def is_over(self, today: date) -> bool:
        """Return whether nobody helps with it any more."""
        return self.ended_at is not None or self.until < today


class AssistUserObjectPermission(UserObjectPermissionBase):
    """Names somebody on one assist, until it ends."""

    content_object = models.ForeignKey(Assist, on_delete=models.CASCADE)


class QuestionKind(models.TextChoices):
    """What a branch that met somebody of another one wants to know of it."""

    STILL_RIGHT = "STILL_RIGHT", _("They ask whether everything is still right")
    NEW_NUMBER = "NEW_NUMBER", _("They have a new number")
    WANTS_TO_JOIN = "WANTS_TO_JOIN", _("They came to register")
    DOES_NOT_KNOW = "DOES_NOT_KNOW", _("They say that they never registered")


class QuestionAnswer(models.TextChoices):
    """What the branch that keeps the record lets the other one know; nothing of the record."""

    SPOKEN = "SPOKEN", _("We have spoken with them")
    WILL_RING = "WILL_RING", _("We will ring them")
    SEND_TO_US = "SEND_TO_US", _("Please let them ring us")
    COME_WITH_DOCUMENT = "COME_WITH_DOCUMENT", _("They may come to any office with their document")


class BranchQuestion(ActedBy):
    """
    A question to the branch that keeps somebody's record, routed unseen. ``by_…`` asked.

    Who asked never learns which branch it is; the answer is one sentence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=16, choices=QuestionKind)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)  # of who asked
    place = models.CharField(max_length=80, blank=True)  # the drive at which they met
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=QuestionAnswer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.CharField(max_length=64, blank=True)

    objects = BranchQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donors_question_answered_says_by_whom",
                condition=Q(answer="", answered_at__isnull=True, answered_by_id="")
                | ~Q(answer="") & Q(answered_at__isnull=False) & ~Q(answered_by_id=""),
            ),
        ]
        indexes = [
            models.Index(name="donors_questions", fields=["donor", "-id"], condition=Q(answer="")),
            models.Index(name="donors_questions_of_asker", fields=["by_id", "-id"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the donor stands; ask for the donor with the question."""
        return self.donor.branch_paths
