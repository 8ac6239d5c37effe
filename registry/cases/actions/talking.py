"""Talks: offered, not wanted or held; with the family, a former donor, a doctor, before the final consent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consent import gate
from consent.purposes import Purpose
from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import MatchCase, Talk, TalkKind, TalkState
from registry.cases.outcomes import Side
from registry.donors.models import Donor
from registry.donors.states import DonorState


@transaction.atomic
def offer_talk(
    case: MatchCase, *, kind: str, by: Actor, at: datetime, words: str = "", peer: Donor | None = None
) -> Talk:
    """
    Offer a talk. One of a kind stands open at a time: offered again, that one stands.

    :param peer: a former donor who agreed to talk with others.
    :raises moves.Refused: if the case has ended, or the peer did not agree.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = _locked(case, peer)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    if peer is not None:
        _check_peer(case, peer)
    standing = case.talks.filter(kind=kind, peer=peer, state=TalkState.OFFERED).first()
    if standing is not None:
        return standing
    talk = Talk(case=case, kind=kind, offered_at=at, peer=peer, **by.columns())
    common.seal(case, talk, words=words.strip())
    talk.save(force_insert=True)
    trail.record("case.talk_offered", by=by, at=at, object=case, talk=talk.pk, kind=kind)
    return talk


@transaction.atomic
def settle_talk(
    talk: Talk, *, held: bool, by: Actor, at: datetime, held_at: datetime | None = None, words: str = ""
) -> Talk:
    """
    Write down that an offered talk was held, or is not wanted, and what came of it.

    The information talk that was held is what the final consent waits a day for; one after the consent
    changes nothing about it.

    :raises moves.Refused: if it was settled before, was held at a time that cannot be, or the peer has
        left or does not talk with others any more.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = _locked(talk.case, talk.peer)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    talk = Talk.objects.get(pk=talk.pk)
    if talk.state != TalkState.OFFERED:
        raise moves.Refused([_("A colleague has written this talk down already.")])
    if held and talk.peer is not None:
        _check_agreed(talk.peer)
    when = (held_at or at) if held else None
    if when is not None and not case.opened_at <= when <= at:
        raise moves.Refused([_("A talk is held between the day the match came and now.")])
    talk.state, talk.held_at = TalkState.HELD if held else TalkState.DECLINED, when
    saves = ["state", "held_at"]
    if words.strip():
        common.seal(case, talk, words=words.strip())
        saves += ["words", "seal_version"]
    talk.save(update_fields=saves)
    comes_first = case.final_consent_at is None  # a consent that stands was given after its own talk
    if when is not None and talk.kind == TalkKind.INFORMATION and comes_first:
        case.talked_at = when
        case.save(update_fields=["talked_at"])
    trail.record(
        "case.talk_settled", by=by, at=at, object=case, talk=talk.pk, kind=talk.kind, state=talk.state
    )
    return talk


def _locked(case: MatchCase, peer: Donor | None) -> MatchCase:
    """Lock the donor of a case, and with them the former donor who talks with them: either may leave."""
    if peer is not None:
        vault.lock(case.donor.subject_id, peer.subject_id)
    return common.locked(case)


def _check_peer(case: MatchCase, peer: Donor) -> None:
    state = Donor.objects.values_list("state", flat=True).get(pk=peer.pk)  # as it is now, under the lock
    if peer.pk == case.donor_id or state != DonorState.DONATED:
        raise moves.Refused([_("This former donor does not talk with others.")])
    _check_agreed(peer)


def _check_agreed(peer: Donor) -> None:
    if not gate.allows(peer.subject_id, Purpose.PEER_TALK):
        raise moves.Refused([_("This former donor does not talk with others.")])
