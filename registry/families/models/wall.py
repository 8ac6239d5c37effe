"""A giver's place on the memorial wall, and who of the family does not want it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.trail import ActorKind
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families import guards
from registry.families.querysets import WallObjectionQuerySet, WallPageQuerySet
from registry.families.states import WallState

EVERY_STATE: Final = list(WallState)
MACHINES: Final = frozenset({ActorKind.TASK, ActorKind.COMMAND})
PERSON: Final = frozenset({ActorKind.SUBJECT, ActorKind.COMMAND})  # by their own link; at the command line
ANYONE: Final = PERSON | MACHINES | {ActorKind.INTEGRATION}
MAY_HIDE: Final = (Permission.PERSON_STOP, Permission.CONSENT_RECORD)  # whoever may withdraw a consent


class WallPage(SealedModel, ActedBy):
    """
    What the public would read of one who gave: one a giver. ``by_*`` say who began it.

    Name and words are sealed under the giver's key. Being ``ON_WALL`` is not enough to be seen:
    whoever reads asks consent, objections and the giver's own wish again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    giver = models.OneToOneField("registry.Giver", models.PROTECT, related_name="wall_page")
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="wall_pages")  # who is asked
    state = FSMField(default=WallState.DRAFT, choices=WallState, protected=True, max_length=8)
    name = SealedField(null=True)  # as which they are remembered: whole, a part, or other words
    words = SealedField(null=True)  # some of the family's, if they wish
    years_shown = models.BooleanField(default=False)
    written_at = models.DateTimeField()  # the last change of what would be read
    written_by_id = models.CharField(max_length=64)
    shown_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by_id = models.CharField(max_length=64, blank=True)  # who wrote the yes down, or said it
    agreed = models.ForeignKey(
        "registry.Member", models.PROTECT, null=True, blank=True, related_name="+"
    )  # whose yes it is
    change_asked_at = models.DateTimeField(null=True, blank=True)
    change_asked = SealedField(null=True)  # what the family would have changed
    put_up_at = models.DateTimeField(null=True, blank=True)
    put_up_by_id = models.CharField(max_length=64, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = WallPageQuerySet.as_manager()
    beginnings = {
        "draft": (WallState.DRAFT, moves.rule(Permission.FAMILY_EDIT, guards.KEPT, guards.NO_SECRET)),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="families_wall_agreed_by_somebody",
                condition=Q(agreed_at__isnull=True, agreed_by_id="", agreed__isnull=True)
                | Q(agreed_at__isnull=False, agreed__isnull=False) & ~Q(agreed_by_id=""),
            ),
            models.CheckConstraint(
                name="families_wall_agreed_after_the_last_change",
                condition=~Q(state__in=[WallState.AGREED, WallState.ON_WALL])
                | Q(agreed_at__isnull=False, agreed_at__gte=F("written_at")),
            ),
            models.CheckConstraint(
                name="families_wall_put_up_by_somebody",
                condition=Q(put_up_at__isnull=True, put_up_by_id="")
                | Q(put_up_at__isnull=False) & ~Q(put_up_by_id=""),
            ),
            models.CheckConstraint(
                name="families_wall_put_up_by_a_second_person",
                condition=Q(put_up_by_id="") | ~Q(put_up_by_id=F("written_by_id")),
            ),
            models.CheckConstraint(
                name="families_wall_stands_until_a_day",
                condition=~Q(state=WallState.ON_WALL)
                | Q(name__isnull=False, put_up_at__isnull=False, ends_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="families_on_the_wall",
                fields=["-put_up_at", "-id"],
                condition=Q(state=WallState.ON_WALL),
            ),
            models.Index(name="families_wall_by_state", fields=["state", "-id"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the household stands in the tree; read with the family."""
        return (self.family.branch_path,)

    @transition(
        state,
        source=EVERY_STATE,
        target=WallState.DRAFT,
        custom=moves.rule(Permission.FAMILY_EDIT, guards.KEPT, guards.NO_SECRET, also=PERSON),
    )
    def rewrite(self) -> None:
        """Write it otherwise: whoever agreed is asked anew."""

    @transition(
        state,
        source=[WallState.DRAFT, WallState.SHOWN],
        target=WallState.SHOWN,
        custom=moves.rule(
            Permission.FAMILY_EDIT, guards.KEPT, guards.NO_SECRET, guards.NOBODY_OBJECTS, guards.NAME
        ),
    )
    def show(self) -> None:
        """Show the family the page exactly as it would appear."""

    @transition(
        state,
        source=WallState.SHOWN,
        target=WallState.AGREED,
        custom=moves.rule(Permission.FAMILY_EDIT, guards.NO_SECRET, guards.NOBODY_OBJECTS, also=PERSON),
    )
    def agree(self) -> None:
        """Keep a relative's yes to just this page."""

    @transition(
        state,
        source=[WallState.AGREED, WallState.HIDDEN],
        target=WallState.ON_WALL,
        custom=moves.rule(
            Permission.CARE_APPROVE,
            guards.KEPT,
            guards.NO_SECRET,
            guards.NOBODY_OBJECTS,
            guards.CONSENT,
            guards.AGREED,
            guards.SECOND,
        ),
    )
    def put_up(self) -> None:
        """Let the public read it."""

    @transition(
        state,
        source=WallState.ON_WALL,
        target=WallState.ON_WALL,
        custom=moves.rule(
            Permission.FAMILY_EDIT, guards.KEPT, guards.NO_SECRET, guards.NOBODY_OBJECTS, guards.CONSENT
        ),
    )
    def prolong(self) -> None:
        """Let it stand some years more, by the family's word."""

    @transition(
        state, source=WallState.ON_WALL, target=WallState.HIDDEN, custom=moves.rule(MAY_HIDE, also=ANYONE)
    )
    def hide(self) -> None:
        """Take it down at once; never refused."""

    @transition(
        state,
        source=[state for state in WallState if state != WallState.ENDED],
        target=WallState.ENDED,
        custom=moves.rule((Permission.FAMILY_EDIT, *MAY_HIDE), also=MACHINES),
    )
    def end(self) -> None:
        """Take it down for good; a new one begins with new words."""


class WallObjection(SealedModel, ActedBy):
    """
    One relative does not want the giver on the wall; it holds until their own word lifts it.

    ``by_*`` say who wrote it down. Source: domain.md section 6, "one relative's objection hides the page"
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey("registry.Member", models.PROTECT, related_name="wall_objections")
    at = models.DateTimeField()
    words = SealedField(null=True)  # under the relative's key
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by_id = models.CharField(max_length=64, blank=True)

    objects = WallObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="families_wall_objects_once",
                fields=["member"],
                condition=Q(lifted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="families_wall_objection_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by_id="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_by_id=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
