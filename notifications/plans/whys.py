"""Why a touchpoint is held, left out or cancelled: codes, because the trail keeps no free words."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """The reason of a hold, of leaving out, of a cancellation."""

    # held by a person
    DISPUTE = "dispute", _("The family is in a dispute")
    FAMILY_ASKS = "family_asks", _("The family asks for it")
    NOT_SURE = "not_sure", _("Something is not clear")
    REPLIED = "replied", _("Somebody answered; read it first")
    UNREAD = "unread", _("Somebody answered, and was erased before anybody read it")
    COMPLAINT = "complaint", _("A complaint is open")
    # left out by a person
    DONE_OTHERWISE = "done_otherwise", _("It was done in another way")
    NOT_FITTING = "not_fitting", _("It does not fit now")
    NOBODY_THERE = "nobody_there", _("Nobody can be reached")
    # by the program
    SILENT_DAY = "silent_day", _("The family wants no word on this day")
    BEFORE_HUNDRED = "before_hundred", _("Nothing is asked before the hundredth day")
    NO_LONGER = "no_longer", _("It is no longer part of the plan")
    DAY_GONE = "day_gone", _("Its day had passed")
    IN_A_PAUSE = "in_a_pause", _("It lay in a pause")
    TOO_LATE = "too_late", _("It was found too late to be of use")
    DAY_MOVED = "day_moved", _("Its day moved after it was released")
    MOVED = "moved", _("Another branch looks after the family now")
    NOT_SENT = "not_sent", _("Nothing of it could be sent")
    NO_WAY = "no_way", _("No way to reach them was open")
    RESTORED = "restored", _("A backup was put back")
    # the plan ended
    PLAN_ENDED = "plan_ended", _("The plan ended")
    NO_MORE = "no_more", _("They want to hear nothing more")
    DIED = "died", _("The person died")
    WITHDREW = "withdrew", _("The person withdrew")
    ERASED = "erased", _("The record was erased")
    JOINED = "joined", _("Two records of one person were joined")


HOLDS: Final = (Why.DISPUTE, Why.FAMILY_ASKS, Why.NOT_SURE, Why.REPLIED, Why.COMPLAINT)
SKIPS: Final = (Why.DONE_OTHERWISE, Why.NOT_FITTING, Why.NOBODY_THERE)
# What planning took away it may bring back, once the reason is gone.
OF_PLANNING: Final = frozenset({Why.SILENT_DAY, Why.BEFORE_HUNDRED, Why.NO_LONGER, Why.DAY_GONE})
# Why a copy was taken away that a new release lets go on: planning did, or no way was open.
GOES_ON_ANEW: Final = frozenset({*OF_PLANNING, Why.NO_WAY})
# Why one person's copy is cancelled while others of the household may be written to still: codes of the
# outbox and of ``recipients.stands_against``. Past a word of theirs nothing goes to their address: "no more",
# "stop", or a consent taken back.
FELL_AWAY: Final = frozenset({"dead", "gone", "erased"})


def words(code: str) -> str:
    """Return a reason in the reader's words; a code of another room stays as it is."""
    return str(Why(code).label) if code in Why.values else code
