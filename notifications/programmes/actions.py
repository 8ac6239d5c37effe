"""Programmes: the first ones that come with the program, drafts of new versions, their steps, publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation import access, approvals, moves, trail
from foundation.access import Branch, Permission
from foundation.access.scopes import LEVEL_DIGITS
from foundation.approvals import Approval
from foundation.trail import Actor, ActorKind
from notifications.programmes import checks, first, queries, signals
from notifications.programmes.models import Audience, Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState

PUBLISH: Final = "programmes.publish"
PUBLISH_CARE: Final = "programmes.publish_care"  # of programmes for families
PUBLISH_CALLS: Final = "programmes.publish_calls"  # of those by which staff are called
NEW_FOR: Final = (Audience.FAMILY, Audience.DONOR)  # of a drive there is the one that its appointments begin
STEP_FIELDS: Final = tuple(
    field.name
    for field in ProgrammeStep._meta.concrete_fields
    if field.name not in {"id", "programme", "order"}
)


class NotADraft(moves.Refused):
    """The version is in use, or was; what runs by it never changes under it."""


@transaction.atomic
def install_first_programmes(*, by: Actor, at: datetime, in_use: bool = True) -> list[Programme]:
    """
    Bring in the programmes that come with the program, marked as drafts to be approved by counsel.

    Run twice, it changes nothing. A programme that has a version keeps it.

    :param in_use: False leaves each a draft that a second person agrees to.
    :returns: the versions made now.
    """
    made = []
    for one in first.read():
        if Programme.objects.filter(key=one.key).exists():
            continue
        programme = Programme(key=one.key, version=1, made_at=at, **one.said, **by.columns())
        moves.begin(programme, "draft", by=by, at=at)
        _write_steps(programme, one.steps)
        if in_use:
            _use(programme, by=by, at=at)
        made.append(programme)
    return made


@transaction.atomic
def draft_new(
    key: str,
    *,
    audience: str,
    names: Mapping[str, str],
    like: Programme | None = None,
    by: Actor,
    at: datetime,
) -> Programme:
    """
    Begin a programme that does not exist yet: a draft without steps, or with those of another one.

    One for donors is kept for everybody on the register; one for families is begun on a family's page.

    :param like: whose steps it begins with; it is for the same people.
    :raises moves.Refused: if the code is taken or none, or nobody could begin it for such people.
    :raises moves.NotAllowed: if such programmes are not the actor's to write.
    """
    check_may_write(audience, by=by, at=at)
    sentences = []
    if not checks.KEY.match(key):
        sentences.append(_("A code has small letters, digits and _ only."))
    if Programme.objects.filter(key=key).exists():
        sentences.append(_("Another programme has this code."))
    if audience not in NEW_FOR or (like is not None and like.audience != audience):
        sentences.append(_("A new programme is for families, or for everybody on the register."))
    if sentences:
        raise moves.Refused(sentences, move="draft")
    draft = Programme(
        key=key,
        version=1,
        audience=audience,
        bereaved=audience == Audience.FAMILY,
        for_everybody=audience == Audience.DONOR,
        names=dict(names),
        made_at=at,
        branch_path=_top_path(by),
        **by.columns(),
    )
    moves.begin(draft, "draft", by=by, at=at, on=_own_branch(by))
    _write_steps(draft, [_said(step) for step in like.steps.order_by("order")] if like else [])
    return draft


@transaction.atomic
def draft_from(programme: Programme, *, by: Actor, at: datetime) -> Programme:
    """
    Begin a new version from another one.

    :raises NotADraft: if a draft of this programme is open already.
    :raises moves.NotAllowed: if such programmes are not the actor's to write.
    """
    check_may_write(programme.audience, by=by, at=at)
    versions = Programme.objects.filter(key=programme.key)
    if versions.filter(state=ProgrammeState.DRAFT).exists():
        raise NotADraft([_("A draft of this programme is open already. Go on with that one.")], move="draft")
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    same = ("audience", "bereaved", "service", "for_everybody", "names")
    draft = Programme(
        key=programme.key,
        version=newest + 1,
        made_at=at,
        branch_path=_top_path(by),
        **{name: getattr(programme, name) for name in same},
        **by.columns(),
    )
    moves.begin(draft, "draft", by=by, at=at, on=_own_branch(by))
    _write_steps(draft, [_said(step) for step in programme.steps.order_by("order")])
    return draft


@transaction.atomic
def write_step(
    programme: Programme,
    said: Mapping[str, Any],
    *,
    step: ProgrammeStep | None = None,
    by: Actor,
    at: datetime,
) -> ProgrammeStep:
    """
    Add a step to a draft, or change one.

    :param said: values by the names of ``STEP_FIELDS``.
    :raises NotADraft: if the version is in use, or was.
    :raises moves.Refused: if another step has the same code.
    """
    draft = _draft(programme, by=by, at=at)
    others = draft.steps.exclude(pk=step.pk) if step else draft.steps.all()
    if others.filter(key=said.get("key", "")).exists():
        raise moves.Refused([_("Another step has this code.")], move="edit")
    last = draft.steps.aggregate(last=Max("order"))["last"]
    row = step or ProgrammeStep(programme=draft, order=0 if last is None else last + 1)
    for name, value in said.items():
        if name in STEP_FIELDS:
            setattr(row, name, value)
    row.save()
    trail.record("programme.step_written", by=by, at=at, object=draft, step=row.key)
    return row


@transaction.atomic
def remove_step(step: ProgrammeStep, *, by: Actor, at: datetime) -> None:
    """
    Take a step out of a draft.

    :raises NotADraft: if the version is in use, or was.
    """
    draft = _draft(step.programme, by=by, at=at)
    trail.record("programme.step_removed", by=by, at=at, object=draft, step=step.key)
    step.delete()


@transaction.atomic
def discard(programme: Programme, *, by: Actor, at: datetime) -> None:
    """
    Throw a draft away.

    :raises NotADraft: if the version is in use, or was.
    """
    draft = _draft(programme, by=by, at=at)
    trail.record("programme.discarded", by=by, at=at, object=draft, key=draft.key, version=draft.version)
    draft.delete()


@transaction.atomic
def ask_to_publish(programme: Programme, *, by: Actor, at: datetime) -> Approval:
    """
    Ask a second person to let a draft be used.

    :raises moves.Refused: with everything that is wrong with it.
    """
    draft = _draft(programme, by=by, at=at)
    draft.branch_path = _top_path(by)
    draft.save(update_fields=["branch_path"])
    if wrong := queries.problems(draft):
        raise moves.Refused([_of_the_step(problem) for problem in wrong], move="publish")
    return approvals.ask(kind_for(draft), draft, by=by, at=at)


@transaction.atomic
def take_back(programme: Programme, *, by: Actor, at: datetime) -> None:
    """
    Go on writing what a second person was asked about.

    :raises moves.Refused: if nobody is asked, or somebody else did.
    """
    waiting = asked_about(programme, at=at)
    if waiting is None:
        raise moves.Refused([_("Nobody is asked about it.")], move="take_back")
    approvals.take_back(waiting, by=by, at=at)


def asked_about(programme: Programme, *, at: datetime) -> Approval | None:
    """Return the question about a draft that waits for a second person, or None."""
    return Approval.objects.waiting(at).about(programme).first()


def publish_agreed(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Bring a draft into use, in the transaction of the second person's yes."""
    draft = Programme.objects.select_for_update().get(pk=approval.object_id)
    _use(draft, by=by, at=at, approval=approval)


@transaction.atomic
def approve_by_counsel(programme: Programme, *, by: Actor, at: datetime) -> None:
    """Record that counsel approved a version; the mark "draft" goes from its page."""
    check_may_write(programme.audience, by=by, at=at)
    Programme.objects.filter(pk=programme.pk).update(counsel_approved=True)
    trail.record("programme.approved_by_counsel", by=by, at=at, object=programme)


def kind_for(programme: Programme) -> str:
    """Return which question is asked about a programme: who looks after families agrees to theirs."""
    kinds = {Audience.FAMILY: PUBLISH_CARE, Audience.STAFF: PUBLISH_CALLS}
    return kinds.get(Audience(programme.audience), PUBLISH)


def may_write(audience: str, held: Sequence[Permission] | frozenset[Permission]) -> bool:
    """Return whether these rights let somebody write programmes for these people."""
    return Permission.PROGRAMME_EDIT in held or (audience == Audience.FAMILY and Permission.CARE_PLAN in held)


def check_may_write(audience: str, *, by: Actor, at: datetime) -> None:
    """
    Go on only for who may write programmes for these people.

    :raises moves.NotAllowed: if the actor may not.
    """
    if by.kind != ActorKind.STAFF:
        return
    own = _own_branch(by)
    asked = (Permission.PROGRAMME_EDIT, Permission.CARE_PLAN)
    held = [one for one in asked if own is not None and access.may(by, one, on=own, at=at)]
    if not may_write(audience, held):
        raise moves.NotAllowed(Permission.PROGRAMME_EDIT)


def _use(draft: Programme, *, by: Actor, at: datetime, approval: Approval | None = None) -> None:
    for older in Programme.objects.filter(key=draft.key, state=ProgrammeState.PUBLISHED):
        moves.make(older, "retire", by=by, at=at, on=draft)
    draft.published_at = at
    moves.make(draft, "publish", by=by, at=at, saves=["published_at"], approval=approval)
    if approval is not None:
        approvals.use(approval, by=by, at=at)
    signals.programme_published.send(Programme, programme=draft, by=by, at=at)


def _draft(programme: Programme, *, by: Actor, at: datetime) -> Programme:
    """Lock a draft, and return it as the row is now."""
    check_may_write(programme.audience, by=by, at=at)
    fresh = Programme.objects.select_for_update().get(pk=programme.pk)
    if fresh.state != ProgrammeState.DRAFT:
        sentence = _("This version was published and does not change any more. Begin a new one.")
        raise NotADraft([sentence], move="edit")
    if asked_about(fresh, at=at) is not None:  # they must agree to what they read
        raise NotADraft([_("A second person is asked about it. Take the question back first.")], move="edit")
    return fresh


def _write_steps(programme: Programme, steps: Sequence[Mapping[str, Any]]) -> None:
    rows = [ProgrammeStep(programme=programme, order=order, **said) for order, said in enumerate(steps)]
    ProgrammeStep.objects.bulk_create(rows)


def _said(step: ProgrammeStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in STEP_FIELDS}


def _of_the_step(problem: checks.Problem) -> str:
    return f"{problem.step}: {problem.words}" if problem.step else str(problem.words)


def _own_branch(by: Actor) -> Branch | None:
    return Branch.objects.filter(pk=by.branch).first() if by.branch else None


def _top_path(by: Actor) -> str:
    own = _own_branch(by)
    return own.path[:LEVEL_DIGITS] if own else ""
