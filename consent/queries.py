"""What pages and rooms above read: texts in force, a person's consents, what is missing or to verify."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from consent.models import Consent, Disclosure, Evidence, Text
from consent.models.evidence import EvidenceQuerySet
from consent.models.records import ConsentQuerySet
from consent.purposes import Purpose
from consent.states import IN_FORCE, STANDING, EvidenceKind, State
from foundation import moves

if TYPE_CHECKING:
    from foundation.access import Scope


class NoTextInForce(moves.Refused):
    """No version of this text is in force; the texts have to be installed or published first."""


def text_in_force(document: str, at: datetime) -> Text:
    """
    Return the version of a document that is signed at a moment.

    :raises NoTextInForce: if there is none.
    """
    text = Text.objects.in_force(document, at).first()
    if text is None:
        raise NoTextInForce(
            [_("No consent text is in force. The registry manager publishes one.")], move="sign"
        )
    return text


def consents_of(subject_id: UUID) -> ConsentQuerySet:
    """Return all answers of a person, the newest first, with text and evidence."""
    answers = Consent.objects.filter(subject=subject_id).select_related("text", "evidence")
    return answers.prefetch_related("evidence__remarks").order_by("-id")


# Evidence


def missing_evidence(scope: Scope) -> EvidenceQuerySet:
    """Return the signed papers in a scope whose scan is to be brought."""
    return Evidence.objects.missing().visible_to(scope).select_related("subject")


def to_verify(scope: Scope, *, by_id: str) -> EvidenceQuerySet:
    """Return what somebody can verify in a scope: never what they took or witnessed themself."""
    others = Evidence.objects.verifiable().visible_to(scope).exclude(by_id=by_id)
    return others.filter(Q(witness_id="") | ~Q(witness_id=by_id)).select_related("subject")


def evidence_missing_of(subject_ids: Collection[UUID]) -> set[UUID]:
    """Return those of some people whose scan is missing, for the badge in a list."""
    missing = Evidence.objects.missing().filter(subject__in=list(subject_ids))
    return set(missing.values_list("subject_id", flat=True))


# One person


@dataclass(frozen=True, slots=True)
class Row:
    """One consent as a page shows it."""

    consent: Consent
    kind: str  # of the tag: good, due, wait, bad or none

    @property
    def state(self) -> str:
        """The state in words."""
        return str(State(self.consent.state).label)

    @property
    def purpose(self) -> str:
        """The purpose in words."""
        return str(Purpose(self.consent.purpose).label)

    @property
    def how(self) -> str:
        """How it was given, in words."""
        evidence = self.consent.evidence
        return str(EvidenceKind(evidence.kind).label) if evidence else ""

    @property
    def marks(self) -> list[str]:
        """What became known of the evidence since, in words; read with the consents of a person."""
        evidence = self.consent.evidence
        remarks = evidence.remarks.all() if evidence else ()
        return sorted({str(remark.get_kind_display()) for remark in remarks})


@dataclass(frozen=True, slots=True)
class Section:
    """A person's consents on their page."""

    subject_id: UUID
    rows: list[Row]
    earlier: list[Row] = field(default_factory=list)
    missing: list[Evidence] = field(default_factory=list)

    @property
    def evidence_missing(self) -> bool:
        """Whether a scan is to be brought."""
        return bool(self.missing)

    @property
    def to_ask_again(self) -> bool:
        """Whether a new text asks for more than the person signed."""
        return any(row.consent.state == State.RECONSENT_DUE for row in self.rows)

    @property
    def can_change(self) -> bool:
        """Whether something stands, so that a line of it can be answered anew."""
        return any(row.consent.can_be_withdrawn for row in self.rows)

    @property
    def waiting(self) -> int:
        """How many answers a second person is to verify."""
        return sum(row.consent.state == State.SIGNED for row in self.rows)


_TAGS = {
    State.ACTIVE: "good",
    State.SIGNED: "due",
    State.RECONSENT_DUE: "due",
    State.PRESENTED: "wait",
    State.WITHDRAWN: "none",
}


ORDER = {purpose.value: place for place, purpose in enumerate(Purpose)}


def section(subject_id: UUID) -> Section:
    """Return a person's consents for their page: the standing ones first, in one order for everybody."""
    rows = [Row(consent, _TAGS.get(State(consent.state), "none")) for consent in consents_of(subject_id)]
    rows.sort(key=lambda row: (ORDER[row.consent.purpose], row.consent.pk))
    stands = [row for row in rows if row.consent.state in {*STANDING, State.PRESENTED}]
    covered = {(row.consent.purpose, row.consent.matter) for row in stands}
    gone: dict[tuple[str, str], Row] = {}
    earlier = []
    for row in (row for row in rows if row not in stands):
        key = (row.consent.purpose, row.consent.matter)
        if key in covered or row.consent.state not in {State.WITHDRAWN, State.DECLINED}:
            earlier.append(row)
            continue
        if key in gone:
            earlier.append(gone[key])
        gone[key] = row
    missing = list(Evidence.objects.missing().filter(subject=subject_id).order_by("id"))
    return Section(subject_id, [*stands, *gone.values()], earlier, missing)


def disclosures_of(subject_id: UUID) -> QuerySet[Disclosure]:
    """Return to whom a person's data went, the newest first."""
    return (
        Disclosure.objects.filter(subject=subject_id)
        .select_related("recipient_branch")
        .order_by("-at", "-id")
    )


# A new text


@dataclass(frozen=True, slots=True)
class Added:
    """What a new text adds to what some people signed."""

    purpose: Purpose
    uses: tuple[str, ...]
    consents: int


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom publishing a text touches."""

    people: int
    consents: int
    added: list[Added]


def touched(text: Text) -> Touched:
    """Return how many people and consents a new text asks for more than they signed, and for what."""
    people = holders_of_less(text).aggregate(n=Count("subject", distinct=True))["n"]
    added = [Added(purpose, tuple(sorted(uses)), less.count()) for purpose, uses, less in _less(text)]
    found = [one for one in added if one.consents]
    return Touched(people, sum(one.consents for one in found), found)


def holders_of_less(text: Text) -> ConsentQuerySet:
    """Return the consents, not asked again yet, whose own text lists fewer uses than this one."""
    condition = Q(pk__in=[])
    for older, purpose, _uses in _lacking(text):
        condition |= Q(text=older, purpose=purpose)
    return Consent.objects.filter(condition, state=State.ACTIVE)


def _less(text: Text) -> list[tuple[Purpose, frozenset[str], ConsentQuerySet]]:
    by_purpose: dict[Purpose, tuple[frozenset[str], list[UUID]]] = {}
    for older, purpose, uses in _lacking(text):
        known, texts = by_purpose.get(purpose, (frozenset(), []))
        by_purpose[purpose] = (known | uses, [*texts, older.pk])
    return [
        (purpose, uses, Consent.objects.filter(text__in=texts, purpose=purpose, state=State.ACTIVE))
        for purpose, (uses, texts) in by_purpose.items()
    ]


def _lacking(text: Text) -> list[tuple[Text, Purpose, frozenset[str]]]:
    """Return each older version and purpose with the uses that this text adds to it."""
    new = text.uses()
    older = Text.objects.filter(document=text.document).exclude(pk=text.pk)
    return [
        (one, purpose, new[purpose] - uses)
        for one in older
        for purpose, uses in one.uses().items()
        if new.get(purpose, frozenset()) - uses
    ]


def in_force_now(text: Text) -> int:
    """Return how many consents to a version are in force."""
    return Consent.objects.filter(text=text, state__in=IN_FORCE).count()


def in_force_by_text() -> dict[UUID, int]:
    """Return how many consents to each version are in force."""
    counted = Consent.objects.filter(state__in=IN_FORCE).values_list("text").annotate(n=Count("pk"))
    return dict(counted.order_by())
