"""Every write on plans and touchpoints."""

from notifications.plans.actions.answering import answer_about_gift
from notifications.plans.actions.beginning import accept, begin, keep_donor, keep_family, offer
from notifications.plans.actions.common import lock_everybody
from notifications.plans.actions.ending import complete, decline, pause, resume, stop, stop_for
from notifications.plans.actions.falling_due import fall_today, plan_due
from notifications.plans.actions.following import follow, respond, respond_to
from notifications.plans.actions.planning import plan_year, replan
from notifications.plans.actions.releasing import (
    NotReleased,
    approve,
    approve_many,
    done,
    hold,
    hold_on,
    release,
    release_to,
    skip,
)
from notifications.plans.actions.remaking import remake, remake_all, remake_later

__all__ = [
    "NotReleased",
    "accept",
    "answer_about_gift",
    "approve",
    "approve_many",
    "begin",
    "complete",
    "decline",
    "done",
    "fall_today",
    "follow",
    "hold",
    "hold_on",
    "keep_donor",
    "keep_family",
    "lock_everybody",
    "offer",
    "pause",
    "plan_due",
    "plan_year",
    "release",
    "release_to",
    "remake",
    "remake_all",
    "remake_later",
    "replan",
    "respond",
    "respond_to",
    "resume",
    "skip",
    "stop",
    "stop_for",
]
