"""Codes of plans in the reader's words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from foundation.templatetags.relay import day
from notifications.channel_names import Channel
from notifications.plans import whys
from notifications.plans.sendings import Reached
from notifications.plans.states import TouchpointState

register = template.Library()


@register.filter
def hold_words(code: str) -> str:
    """Return the reason of a hold, of leaving out, of a cancellation."""
    return whys.words(code)


@register.filter
def way_words(channel: str) -> str:
    """Return a way of reaching somebody in words."""
    return str(Channel(channel).label) if channel in Channel.values else channel


@register.filter
def reached_words(reached: Reached) -> str:
    """Return when and by which way somebody was reached, or may have been."""
    way = str(Channel(reached.channel).label)
    on = day(reached.at)
    if reached.surely:
        return gettext("Already reached on %(on)s: %(way)s") % {"on": on, "way": way}
    return gettext("May have been reached on %(on)s: %(way)s") % {"on": on, "way": way}


@register.filter
def touchpoint_state(state: str) -> str:
    """Return a state of a touchpoint in words."""
    return str(TouchpointState(state).label) if state in TouchpointState.values else state
