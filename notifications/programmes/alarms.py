"""What is wrong with a programme by which staff are called. An alarm never meets silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.channel_names import BY_MACHINE, Channel

if TYPE_CHECKING:
    from notifications.programmes.models import ProgrammeStep

CALLS: Final = ("AT_ONCE", "NEXT", "AGAIN")  # rules by which staff are called, and nobody else
# A call is the list of numbers on the alarm's page; WeChat knows no staff.
WAYS: Final = (Channel.SMS, Channel.EMAIL, Channel.CALL)


def is_whole(steps: Sequence[ProgrammeStep]) -> bool:
    """Return whether somebody is called at once, then the next, then everybody again."""
    rules = [step.rule for step in steps]
    return set(CALLS) <= set(rules) and rules.count("AT_ONCE") == 1


def of_the_whole(steps: Sequence[ProgrammeStep]) -> Iterator[str | Promise]:
    """Yield what its steps lack together."""
    if steps and not is_whole(steps):
        yield _("It needs one step at once, one for the next on duty, and one for everybody once more.")


def of_a_step(step: ProgrammeStep) -> Iterator[str | Promise]:
    """Yield what is wrong with one of its steps."""
    least, most = settings.PAGING_MINUTES
    if step.rule not in CALLS:
        yield _("Staff are called at once, one after the other, or everybody once more.")
    if not least <= step.minutes <= most:
        yield _("An answer is waited for from {least} to {most} minutes.").format(least=least, most=most)
    if set(step.channels) - {str(one) for one in WAYS}:
        yield _("Staff are called by SMS, e-mail and telephone.")
    if not set(step.channels) & {str(one) for one in BY_MACHINE}:
        yield _("Nobody is woken without an SMS or an e-mail.")
    if step.needs_approval:
        yield _("An alarm waits for nobody to release it.")
