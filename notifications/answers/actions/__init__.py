"""Every write on answers: they are received, they hold, and somebody says what they mean."""

from notifications.answers.actions.closing import close_all
from notifications.answers.actions.following import bring, follow, give_back
from notifications.answers.actions.learning import learn
from notifications.answers.actions.opening import works_again
from notifications.answers.actions.receiving import came_back, number_left, received
from notifications.answers.actions.settling import Said, settle
from notifications.answers.actions.telling import Told, mail, may_be_named_soon, told

__all__ = [
    "Said",
    "Told",
    "bring",
    "came_back",
    "close_all",
    "follow",
    "give_back",
    "learn",
    "mail",
    "may_be_named_soon",
    "number_left",
    "received",
    "settle",
    "told",
    "works_again",
]
