"""One record per permission a person gave or declined, and what they answered when asked back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from consent import guards
from consent.models.texts import LANGUAGES
from consent.purposes import Purpose
from consent.states import IN_FORCE, STANDING, State
from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.trail import ActedBy, ActorKind

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope

TAKE = (Permission.CONSENT_RECORD, Permission.DONOR_ENROL, Permission.PLEDGE_RECORD)
STOP = (Permission.PERSON_STOP, Permission.CONSENT_RECORD)
PERSON = frozenset({ActorKind.SUBJECT, ActorKind.COMMAND})  # by their own link; at the command line
ANYONE = PERSON | {ActorKind.TASK, ActorKind.INTEGRATION}
TIMED = frozenset({ActorKind.TASK, ActorKind.COMMAND})


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents as a reader may see them, and by what they still allow."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the consents of people whose branch lies in the scope."""
        return self.filter(scope.q("subject__branch_path"))

    def in_force(self) -> Self:
        """Return those that open the gate."""
        return self.filter(state__in=IN_FORCE)

    def standing(self) -> Self:
        """Return those that a person can withdraw: in force, or signed and not yet verified."""
        return self.filter(state__in=STANDING)


class Consent(ActedBy):
    """A person's answer to one purpose. ``by_…`` took it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=32, choices=Purpose)
    matter = models.CharField(max_length=64, blank=True, default="")  # the case, for stages 2 and 3
    text = models.ForeignKey("consent.Text", on_delete=models.PROTECT, related_name="consents")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    text_sha256 = models.CharField(max_length=64)
    line = models.CharField(max_length=32)
    slot = models.CharField(max_length=32)
    state = FSMField(default=State.DRAFT, choices=State, protected=True)
    evidence = models.ForeignKey(
        "consent.Evidence", on_delete=models.PROTECT, null=True, related_name="consents"
    )
    answered_at = models.DateTimeField(null=True)  # signed or declined
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by_id = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_from = models.CharField(max_length=16, choices=State, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    beginnings = {
        "present": (State.PRESENTED, moves.rule(TAKE, also=PERSON)),
        "sign": (State.SIGNED, moves.rule(TAKE, also=PERSON)),
        "sign_on_screen": (State.ACTIVE, moves.rule(TAKE, also=PERSON)),
        "decline": (State.DECLINED, moves.rule(TAKE, also=PERSON)),
        "take_over": (State.ACTIVE, moves.rule(Permission.DONOR_IMPORT, also=frozenset({ActorKind.COMMAND}))),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_one_in_force_per_purpose_and_matter",
                fields=["subject", "purpose", "matter"],
                condition=Q(state__in=[State.ACTIVE, State.RECONSENT_DUE]),  # matter is "" where none
            ),
            models.UniqueConstraint(
                name="consent_one_to_verify_per_purpose_and_matter",
                fields=["subject", "purpose", "matter"],
                condition=Q(state=State.SIGNED),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_says_when",
                condition=(Q(state=State.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_from=""))
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at__isnull=True, withdrawn_from="")),
            ),
            models.CheckConstraint(
                name="consent_verified_says_by_whom",
                condition=Q(verified_at__isnull=True, verified_by_id="")
                | (Q(verified_at__isnull=False) & ~Q(verified_by_id="")),
            ),
            models.CheckConstraint(
                name="consent_verifier_is_not_the_taker",
                condition=Q(verified_by_id="") | ~Q(verified_by_id=F("by_id")),
            ),
            models.CheckConstraint(
                name="consent_given_has_evidence",
                condition=~Q(state__in=[State.SIGNED, State.ACTIVE, State.RECONSENT_DUE])
                | Q(evidence__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(name="consent_purpose_is_known", condition=Q(purpose__in=Purpose.values)),
        ]
        indexes = [
            models.Index(name="consent_by_text_and_purpose", fields=["text", "purpose", "state"]),
            models.Index(
                name="consent_by_end",
                fields=["ends_on"],
                condition=Q(state__in=[State.ACTIVE, State.RECONSENT_DUE]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"

    def get_absolute_url(self) -> str:
        """Return the page on which it is withdrawn."""
        return reverse("consent:withdraw", args=[self.pk])

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the person stands; ask for the subject with the consent."""
        return (self.subject.branch_path,)

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is something to withdraw."""
        return self.state in STANDING

    @transition(state, source=State.PRESENTED, target=State.SIGNED, custom=moves.rule(TAKE, also=PERSON))
    def sign(self) -> None:
        """Keep what was signed on paper or said; a second person verifies it."""

    @transition(state, source=State.PRESENTED, target=State.ACTIVE, custom=moves.rule(TAKE, also=PERSON))
    def sign_on_screen(self) -> None:
        """Keep what was signed on the screen, the document having been seen."""

    @transition(state, source=State.PRESENTED, target=State.DECLINED, custom=moves.rule(TAKE, also=PERSON))
    def decline(self) -> None:
        """Keep a no."""

    @transition(
        state,
        source=State.SIGNED,
        target=State.ACTIVE,
        custom=moves.rule(
            Permission.CONSENT_VERIFY,
            moves.Guard(guards.evidence_is_there, _("The scan of the signed paper is missing.")),
            moves.Guard(
                guards.verifier_is_not_the_taker,
                _("Whoever took this consent cannot verify it. Please ask a colleague."),
            ),
            moves.Guard(
                guards.verifier_is_not_the_witness,
                _("The witness of this consent cannot verify it. Please ask a colleague."),
            ),
        ),
    )
    def verify(self) -> None:
        """Find the evidence in order."""

    @transition(state, source=list(STANDING), target=State.WITHDRAWN, custom=moves.rule(STOP, also=ANYONE))
    def withdraw(self) -> None:
        """Take it back: never refused, at any time."""

    @transition(
        state,
        source=[*STANDING, State.PRESENTED],
        target=State.SUPERSEDED,
        custom=moves.rule((*TAKE, Permission.CONSENT_VERIFY, Permission.DONOR_IMPORT), also=PERSON),
    )
    def supersede(self) -> None:
        """Give way to a newer answer to the same question."""

    @transition(state, source=list(IN_FORCE), target=State.EXPIRED, custom=moves.rule(TAKE, also=TIMED))
    def expire(self) -> None:
        """Reach the end it was given for."""

    @transition(
        state,
        source=State.ACTIVE,
        target=State.RECONSENT_DUE,
        custom=moves.rule(Permission.CONSENT_PUBLISH, also=TIMED),
    )
    def ask_again(self) -> None:
        """Stay in force for what was signed, and be asked about what a new text adds."""

    @transition(
        state,
        source=[*STANDING, State.PRESENTED, State.DECLINED],
        target=State.ERROR,
        custom=moves.rule(STOP, also=frozenset({ActorKind.COMMAND})),
    )
    def mark_as_error(self) -> None:
        """Say that this was never this person's answer."""


class TeachBack(ActedBy):
    """What a person answered when asked back: keys of answers only, no words of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", on_delete=models.PROTECT, related_name="teach_backs")
    text = models.ForeignKey("consent.Text", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    answers = models.JSONField()
    all_right = models.BooleanField()
    explained = models.BooleanField(default=False)  # what was answered otherwise was talked through again
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="teach_back_wrong_answers_were_explained",
                condition=Q(all_right=True) | Q(explained=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
