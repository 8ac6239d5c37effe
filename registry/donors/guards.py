"""What must be true before a donor moves on. Each answers yes or no; the table says the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import Promise

from consent import gate
from consent.purposes import Purpose
from consent.states import STANDING, State
from foundation import approvals, vault
from foundation.approvals.models import Approval, Decision
from foundation.moves import Guard
from registry.donors import reasons
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.donors.models import Donor

    Check = Callable[[Move[Donor]], bool]


def age(born_on: date, on: date) -> int:
    """Return somebody's age in whole years on a day; 45 lasts until the day before the 46th birthday."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, or the last day of that month."""
    return months_later(day, -months)


def is_of_the_age_to_join(move: Move[Donor]) -> bool:
    """Return whether the person is 18 to 45. Source: docs/sources.md#age."""
    born_on = move.object.born_on
    if born_on is None:
        return False
    return settings.AGE_LOWEST <= age(born_on, move.day) <= settings.AGE_HIGHEST_TO_JOIN


def is_below_the_age_limit(move: Move[Donor]) -> bool:
    """Return whether the person has not reached the age at which the register ends."""
    born_on = move.object.born_on
    return born_on is not None and age(born_on, move.day) < settings.AGE_HIGHEST


def has_reached_the_age_limit(move: Move[Donor]) -> bool:
    """Return whether the register ends for this person."""
    born_on = move.object.born_on
    return born_on is not None and age(born_on, move.day) >= settings.AGE_HIGHEST


def was_told_about_the_age_limit(move: Move[Donor]) -> bool:
    """Return whether the notice went out long enough ago."""
    told = move.object.age_notice_on
    return told is not None and told + timedelta(days=settings.AGE_NOTICE_DAYS) <= move.day


def weighs_enough(move: Move[Donor]) -> bool:
    """Return whether the weight is known and enough: 45 kg for women, 50 kg for men."""
    weight = move.object.weight_kg
    lowest: dict[str, int] = settings.WEIGHT_LOWEST_KG
    return weight is not None and weight >= lowest[move.object.sex]


def names_two_contacts(move: Move[Donor]) -> bool:
    """Return whether two people are named whom we may ask."""
    named = move.facts.get("contacts")
    if named is None:
        named = move.object.contacts.count()
    return int(named) >= settings.CONTACTS_NEEDED


def agreed_to(*purposes: Purpose, at_least: State = State.ACTIVE) -> Check:
    """Return a check that consents to all of these purposes are in force."""

    def check(move: Move[Donor]) -> bool:
        subject = move.object.subject_id
        agreed = move.once(("agreed", at_least), lambda: gate.open_to(subject, at_least=at_least))
        return agreed >= set(purposes)

    return check


def was_not_reported_dead(move: Move[Donor]) -> bool:
    """Return whether nobody reported this person dead."""
    return move.object.death_reported_at is None


def nobody_objects(move: Move[Donor]) -> bool:
    """Return whether no objection of somebody else stands."""
    return move.object.objected_at is None


def volume_is_right(move: Move[Donor]) -> bool:
    """Return whether a tube of blood holds 6 to 8 ml; a sheet does not know, a swab has none."""
    volume = move.facts.get("volume_ml")
    if volume is None:
        return True
    lowest, highest = settings.SAMPLE_BLOOD_ML
    return move.facts.get("kind", "BLOOD") == "BLOOD" and lowest <= float(volume) <= highest


def says_why_it_was_rejected(move: Move[Donor]) -> bool:
    """Return whether the laboratory gave one of its reasons."""
    return move.reason in reasons.SampleReason.values


def gives_a_reason(move: Move[Donor]) -> bool:
    """Return whether a reason stands beside the move."""
    return bool(move.reason)


def reason_is_one_of(*allowed: str) -> Check:
    """Return a check that the reason is one of these codes."""
    return lambda move: move.reason in allowed


def approved(kind: str) -> Check:
    """Return a check that somebody else has approved this for this donor."""

    def check(move: Move[Donor]) -> bool:
        approval = move.facts.get("approval") or approvals.standing(move.object, kind, at=move.at)
        return bool(approval and approval.kind == kind and approval.decision == Decision.YES)

    return check


def second_person_agreed(move: Move[Donor]) -> bool:
    """Return whether a second person agreed to exchange these two tubes."""
    tubes = {move.facts.get("sample"), move.facts.get("other")}
    agreed = Approval.objects.filter(kind="samples.swap", decision=Decision.YES, used_at__isnull=False)
    asked = agreed.filter(used_at=move.at).values_list("facts", flat=True)
    return any({facts.get("first"), facts.get("second")} == tubes for facts in asked)


def is_cleared_after_donating(move: Move[Donor]) -> bool:
    """Return whether the medical reviewer agreed, where the donor has donated before."""
    return move.object.state != DonorState.DONATED or bool(move.facts.get("cleared"))


def cooling_off_is_over(move: Move[Donor]) -> bool:
    """Return whether the seven days to think it over are up."""
    return move.at >= move.object.registered_at + timedelta(days=settings.COOLING_OFF_DAYS)


def is_in_a_sealed_batch(move: Move[Donor]) -> bool:
    """Return whether the tube lies in a box that was sealed with a manifest."""
    samples: Any = move.object.samples  # of the room above, by name
    packed = samples.filter(state__in=["BATCHED", "SENT"], batch__sealed_at__isnull=False)
    batch = move.facts.get("batch")
    if batch is not None:
        packed = packed.filter(batch=batch)
    return bool(packed.exists())


def typing_has_the_least_loci(move: Move[Donor]) -> bool:
    """Return whether at least A, B and DRB1 were typed."""
    typings: Any = move.object.typings  # of the room below, by name
    typed = typings.filter(pk=move.facts.get("typing")).values_list("loci", flat=True).first()
    return set(settings.TYPING_LOCI_NEEDED) <= set(typed or ())


def typing_is_there(move: Move[Donor]) -> bool:
    """Return whether a typing that nobody disputes is stored."""
    typings: Any = move.object.typings  # by a name in the room below
    return bool(typings.filter(disputed_at__isnull=True).exists())


def said_yes_before_listing(move: Move[Donor]) -> bool:
    """Return whether the pre-listing call was made and its three questions answered with yes."""
    call = move.object.calls.standing().filter(kind="PRE_LISTING", result="REACHED").order_by("-at").first()
    questions = ("family_supports", "process_known", "would_go_on")
    return call is not None and all(call.answers.get(q) == "yes" for q in questions)


def is_nobody_twice(move: Move[Donor]) -> bool:
    """Return whether no other live donor has the same name, birth date and phone, or was told apart."""
    donor = move.object
    if donor.not_twice_at is not None or donor.phone_index is None:
        return True
    alike = [vault.index.same_as(donor, column) for column in ("phone_index", "name_index")]
    same = type(donor).objects.live().filter(*alike, born_on=donor.born_on)
    return not same.exclude(pk=donor.pk).exists()


def ends_within_two_years(move: Move[Donor]) -> bool:
    """Return whether the pause ends in the future and not more than 24 months from now."""
    until = move.object.hold_until
    today = move.day
    return until is not None and today < until <= months_later(today, settings.HOLD_MONTHS_MOST)


def was_listed_before(move: Move[Donor]) -> bool:
    """Return whether the donor has ever been listed."""
    return move.object.listed_on is not None


def collection_was_recorded(move: Move[Donor]) -> bool:
    """Return whether the collection stands in the case."""
    return bool(move.facts.get("collected"))


def may_donate_again(move: Move[Donor]) -> bool:
    """Return whether fewer than two collections were made."""
    return move.object.collections < settings.COLLECTIONS_MOST


def agreed_anew(*purposes: Purpose, since: str) -> Check:
    """Return a check that these consents were given after the moment that a column of the donor tells."""

    def check(move: Move[Donor]) -> bool:
        moment = move.facts.get("since") or getattr(move.object, since)
        given: Any = move.object.subject.consents  # of the floor below, by name
        anew = set(
            given.filter(
                purpose__in=purposes,
                state__in=STANDING,
                answered_at__gt=moment or move.at,
            ).values_list("purpose", flat=True)
        )
        return anew >= set(purposes)

    return check


def is_their_own_word(move: Move[Donor]) -> bool:
    """Return whether two facts were checked, or the word came by the person's own link or consent."""
    if move.facts.get("word") != "STAFF_TWO_FACTS":
        return True
    return len(set(move.facts.get("facts", ()))) >= settings.FACTS_TO_CHECK


def gives_way_to_another(move: Move[Donor]) -> bool:
    """Return whether the record that stays was found fit to take everything over."""
    kept = move.facts.get("kept")
    return kept is not None and kept != move.object.pk and move.object.merged_into_id == kept


def says_where_to(move: Move[Donor]) -> bool:
    """Return whether the registry that takes the donor in has confirmed, with its reference."""
    return bool(move.facts.get("reference"))


def has_evidence_of_death(move: Move[Donor]) -> bool:
    """Return whether a paper or an official word about the death was named."""
    return bool(move.facts.get("evidence"))


def at_the_act(check: Check, sentence: str | Promise) -> Guard:
    """Return a guard that only the act itself can meet: before anyone presses, it is not missing."""
    return Guard(check, sentence, when_given="given")


def when_returning_to(state: DonorState, *guards: Guard) -> tuple[Guard, ...]:
    """Return the guards of a state, asked only of those who return to it."""
    return tuple(replace(guard, check=_only_for(state, guard.check)) for guard in guards)


def _only_for(state: DonorState, check: Check) -> Check:
    return lambda move: move.object.return_to != state or check(move)


def unless_taken_over(guard: Guard) -> Guard:
    """Return a guard that is not asked of those taken over from the records before."""
    return replace(guard, check=lambda move: move.object.legacy or guard.check(move))
