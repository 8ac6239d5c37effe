"""A step in plain words: when it falls, for whom, by which ways, and who lets it go."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.calendar import Term
from notifications.channel_names import Channel
from notifications.programmes import alarms, conditions, days
from notifications.programmes.models import ProgrammeStep, Rule
from registry.families.rites import BY_KEY


def term(key: str) -> str | Promise:
    """Return what a solar term is called; those that families keep have their name in the language, too."""
    named = {Term.QINGMING: BY_KEY["qingming"].words, Term.DONGZHI: _("Winter solstice (冬至)")}
    return named.get(Term(key), key)


def when(step: ProgrammeStep) -> str:
    """Return when a step falls, as a sentence without its full stop."""
    return _WHEN[Rule(step.rule)](step)


def limits(step: ProgrammeStep) -> list[str]:
    """Return what else must be so, each as a phrase."""
    said = [str(conditions.KNOWN[key].words) for key in step.conditions if key in conditions.KNOWN]
    if step.only_if_chosen:
        said.insert(0, _("only if the family chose it"))
    if step.on_working_day:
        said.append(_("on a day off the next working day"))
    if step.asks:
        said.append(_("asks for something, so never before the hundredth day"))
    if step.beats_gap:
        said.append(_("keeps its day, whatever went out in the 48 hours before"))
    return said


def ways(step: ProgrammeStep) -> str:
    """Return the ways in their order; of an alarm they are all taken at once."""
    known = (str(Channel(one).label) for one in step.channels if one in Channel.values)
    return (" + " if step.rule in alarms.CALLS else " → ").join(known)


def release(step: ProgrammeStep) -> str:
    """Return who lets it go; of an alarm, when it is passed on."""
    if step.rule in alarms.CALLS:
        n = step.minutes
        return ngettext("after %(n)s minute", "after %(n)s minutes", n) % {"n": n}
    return _("A person") if step.needs_approval else _("By itself")


def _called(step: ProgrammeStep) -> str:
    return str(Rule(step.rule).label)


def _after(step: ProgrammeStep) -> str:
    base = days.words(step.base)
    parts = []
    if step.offset_months:
        n = step.offset_months
        parts.append(ngettext("%(n)s month", "%(n)s months", n) % {"n": n})
    if step.offset_days:
        n = abs(step.offset_days)
        parts.append(ngettext("%(n)s day", "%(n)s days", n) % {"n": n})
    if not parts:
        return _("on the day of %(day)s") % {"day": base}
    span = " + ".join(parts)
    if step.offset_days < 0:
        return _("%(span)s before %(day)s") % {"span": span, "day": base}
    said = _("%(span)s after %(day)s") % {"span": span, "day": base}
    if not step.counts_the_day:
        return said
    ordinal = _("day %(n)s, that day being the first") % {"n": step.offset_days + 1}
    return f"{said} ({ordinal})"


def _every_year(step: ProgrammeStep) -> str:
    said = _("every year on the day of %(day)s, by the calendar the family keeps") % {
        "day": days.words(step.base)
    }
    return _shifted(step, f"{said}{_times(step)}")


def _lunar(step: ProgrammeStep) -> str:
    said = _("every year on lunar %(month)s/%(day)s") % {"month": step.month, "day": step.day}
    return _shifted(step, f"{said}{_times(step)}")


def _term(step: ProgrammeStep) -> str:
    return _shifted(step, _("every year at %(term)s") % {"term": term(step.term)} + _times(step))


def _solar(step: ProgrammeStep) -> str:
    said = _("every year on %(month)s/%(day)s") % {"month": step.month, "day": step.day}
    return _shifted(step, f"{said}{_times(step)}")


def _own(step: ProgrammeStep) -> str:
    return _shifted(step, _("on the days that the family named itself"))


def _times(step: ProgrammeStep) -> str:
    if step.last_year:
        first = max(step.first_year, 1)
        return _(", from time %(first)s to time %(last)s") % {"first": first, "last": step.last_year}
    return _(", from time %(first)s on") % {"first": step.first_year} if step.first_year > 1 else ""


def _shifted(step: ProgrammeStep, said: str) -> str:
    if not step.offset_days:
        return said
    n = abs(step.offset_days)
    if step.offset_days < 0:
        return ngettext("%(n)s day before: %(said)s", "%(n)s days before: %(said)s", n) % {
            "n": n,
            "said": said,
        }
    return ngettext("%(n)s day after: %(said)s", "%(n)s days after: %(said)s", n) % {"n": n, "said": said}


_WHEN = {
    Rule.OFFSET: _after,
    Rule.YEARLY: _every_year,
    Rule.LUNAR: _lunar,
    Rule.TERM: _term,
    Rule.SOLAR: _solar,
    Rule.OWN: _own,
    Rule.AT_ONCE: _called,
    Rule.NEXT: _called,
    Rule.AGAIN: _called,
}
