"""Faults of ours that keep messages from leaving, in words for who mends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from foundation import calendar
from foundation.pages import keyset
from notifications.channel_names import Channel
from notifications.outbox.models import Message, OutboxEpoch, Refusal
from notifications.outbox.states import MessageState
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from notifications.programmes.models import Programme

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from foundation.access import Scope

PASSES: Final = timedelta(hours=1)  # a line that is away for less comes back by itself [D]
A_NIGHT: Final = timedelta(hours=26)  # calendars are made every night; some hours for a long one [D]
_LOOK_BACK: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """One fault: what it is, what to do, by which ways it keeps messages back, and whether it may pass."""

    words: StrOrPromise
    mend: StrOrPromise
    ways: tuple[Channel, ...] = ()
    passes: bool = False


_SHORT: Final = (Channel.SMS, Channel.WECHAT)
_BY_ITSELF: Final = _(
    "What waits leaves by itself, within an hour after; what was for a day that is over waits for a person."
)
KINDS: Final[dict[str, Kind]] = {
    "rewound": Kind(
        _("Nothing leaves: a backup was put back, and what left since is not known here."),
        _("Apply the ledger, then run “outbox release”. What may have left stays for a person to decide."),
    ),
    "operator": Kind(
        _("Nothing leaves: the operator holds everything."),
        _("“outbox release” lets messages go again."),
    ),
    "nobody_sends": Kind(
        _("Messages are not leaving: nobody takes them up."),
        _("See whether worker and beat run, and start them."),
    ),
    "no_line": Kind(
        _("E-mails are not leaving: the mail server does not answer, or does not let us in."),
        _("Look at the mail server, and at the address and login in EMAIL_URL."),
        (Channel.EMAIL,),
        passes=True,
    ),
    "no_folder": Kind(
        _("E-mails are not leaving: the folder they are put into cannot be written to."),
        _("Look at the disk, and at DATA_DIR."),
        (Channel.EMAIL,),
    ),
    "no_gateway": Kind(
        _("Short messages are not leaving: no gateway is named."),
        _("Name it in SMS_URL, and start the workers again."),
        _SHORT,
    ),
    "gateway_no_connection": Kind(
        _("Short messages are not leaving: the gateway does not answer."),
        _("Look at the line from this machine, then ask the provider."),
        _SHORT,
        passes=True,
    ),
    "gateway_refuses_us": Kind(
        _("Short messages are not leaving: the gateway refuses our account."),
        _("Compare account and secret in SMS_URL with the provider's, then start the workers again."),
        _SHORT,
    ),
    "gateway_no_folder": Kind(
        _("Short messages are not leaving: the folder they are put into cannot be written to."),
        _("Look at the disk, and at SMS_URL."),
        _SHORT,
    ),
    "fault": Kind(
        _("Some messages cannot be written: something in the program or in a record is broken."),
        _("The log names each: “message.not_begun”. Give these lines to who looks after the program."),
        tuple(Channel),
        passes=True,
    ),
    "not_fallen": Kind(
        _("Some occasions whose day has come were not looked at."),
        _("See whether beat runs. If it does, the log names what is broken: “touchpoint_not_fallen”."),
    ),
    "not_resumed": Kind(
        _("Some pauses are over, and their plans do not go on."),
        _("See whether beat runs. If it does, the log names what is broken: “plan_not_resumed”."),
    ),
    "not_planned": Kind(
        _("Some calendars are not made ahead."),
        _("See whether beat runs. If it does, the log names what is broken: “plan_not_made”."),
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as it stands: since when, and how much waits for it."""

    code: str
    kind: Kind
    since: datetime | None = None
    since_day: date | None = None  # of what is looked at once a night
    waiting: str = ""

    @property
    def leaves_by_itself(self) -> StrOrPromise:
        """What becomes of what waits, once it is mended."""
        return _BY_ITSELF if self.kind.ways else ""


def standing(*, at: datetime, scope: Scope | None = None) -> list[Fault]:
    """
    Return what keeps messages back now.

    :param scope: of the branches one looks after; without it, of all.
    """
    return [*_held(), *_nobody_sends(scope, at=at), *_of_lines(scope, at=at), *_of_plans(scope, at=at)]


def _held() -> Iterator[Fault]:
    for held_at, why in OutboxEpoch.objects.filter(held_at__isnull=False).values_list("held_at", "held_why"):
        yield _fault("operator" if why == "operator" else "rewound", held_at)


def _nobody_sends(scope: Scope | None, *, at: datetime) -> Iterator[Fault]:
    """What nobody takes up while everything is held is no fault of workers."""
    late = _seen(Message.objects.due(at - PASSES), scope)
    since = late.aggregate(since=Min(Coalesce("not_before", "due_at")))["since"]
    if since is not None and not OutboxEpoch.objects.filter(held_at__isnull=False).exists():
        yield _fault("nobody_sends", since, late)


def _of_lines(scope: Scope | None, *, at: datetime) -> Iterator[Fault]:
    """Each fault of a line that messages met at their last try, unless another left that way since."""
    tried = _seen(Message.objects.filter(state=MessageState.DUE, due_at__lte=at), scope)
    for code in tried.filter(why__in=list(KINDS)).order_by("why").values_list("why", flat=True).distinct():
        kind, waiting = KINDS[code], tried.filter(why=code)
        met = Refusal.objects.filter(message__in=waiting, why=code)
        since = met.order_by("at").values_list("at", flat=True).first()
        last = met.order_by("-at").values_list("at", flat=True).first()
        if since is None or last is None or (kind.passes and since > at - PASSES):
            continue
        if code == "fault" or not _works_again(kind, since, last):
            yield _fault(code, since, waiting)


def _works_again(kind: Kind, since: datetime, last: datetime) -> bool:
    lately = Message.objects.filter(state=MessageState.SENT, due_at__gte=since - _LOOK_BACK)
    return lately.filter(channel__in=kind.ways, sent_at__gt=last).exclude(why="by_hand").exists()


def _of_plans(scope: Scope | None, *, at: datetime) -> Iterator[Fault]:
    today = calendar.day_of(at)
    before = today - timedelta(days=1)  # what came in yesterday is looked at tonight
    planned = Touchpoint.objects.filter(state=TouchpointState.PLANNED, on_date__lt=before)
    yield from _days("not_fallen", "on_date", _seen(planned.filter(plan__state=PlanState.ACTIVE), scope))
    paused = Plan.objects.filter(state=PlanState.PAUSED, paused_until__lt=before)
    yield from _days("not_resumed", "paused_until", _seen(paused, scope))
    kept = _seen(Plan.objects.filter(state__in=[PlanState.ACTIVE, PlanState.PAUSED]), scope)
    known = Programme.objects.filter(key=OuterRef("programme_key"), published_at__lt=at - A_NIGHT)
    never = Q(
        Exists(known.filter(state="PUBLISHED")), planned_through__isnull=True, began_at__lt=at - A_NIGHT
    )
    if (behind := kept.filter(never | Q(planned_through__lt=today))).exists():
        yield _fault("not_planned", None, behind)


def _days(code: str, column: str, rows: Any) -> Iterator[Fault]:
    """A fault that began on the first of the days."""
    first = rows.order_by(column).values_list(column, flat=True).first()
    if first is not None:
        yield _fault(code, None, rows, since_day=first)


def _seen(rows: Any, scope: Scope | None) -> Any:
    return rows if scope is None else rows.visible_to(scope)


def _fault(code: str, since: datetime | None, rows: Any = None, *, since_day: date | None = None) -> Fault:
    waiting = keyset.count(rows).words if rows is not None else ""
    return Fault(code, KINDS[code], since, since_day, waiting)
