"""Make, begin and end campaigns; write to those who were drawn; note what is seen of both groups."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import jobs, moves, trail
from foundation.access import Branch
from foundation.jobs import Job, Running
from foundation.trail import Actor
from notifications import outbox, recipients
from notifications.outbox import Message, recalling
from notifications.plans import sendings
from notifications.recipients import Recipient
from notifications.retention import cohorts, drawing
from notifications.retention.models import OCCASION, Campaign, CampaignMember, Group
from notifications.retention.states import CampaignState
from registry.donors.reasons import Reason

WRITE: Final = "retention.write"
PROGRAMME: Final = "retention"
AT_ONCE: Final = 200  # people written to in one transaction
ENDED: Final = "campaign_ended"  # why a message of it did not leave


@transaction.atomic
def draft(*, branch: Branch, by: Actor, at: datetime, **values: Any) -> Campaign:
    """
    Make a campaign that is not begun yet.

    :param values: the columns of the cohort, the wording, the ways and the size of the control group.
    :raises moves.NotAllowed: if the actor may not make campaigns here.
    """
    campaign = Campaign(
        branch=branch,
        branch_path=branch.path,
        made_at=at,
        seed=secrets.randbits(48),
        **values,
        **by.columns(),
    )
    moves.begin(campaign, "draft", by=by, at=at, on=branch)
    trail.record("campaign.made", by=by, at=at, object=campaign, branch=branch.pk)
    return campaign


@transaction.atomic
def begin(campaign: Campaign, *, by: Actor, at: datetime) -> Job:
    """
    Draw the two groups by lot, and begin to write to one of them.

    :raises moves.Refused: if too few fit, or too many.
    :raises moves.NotAllowed: if the actor may not begin campaigns here.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    on = timezone.localdate(at)
    donors = list(
        cohorts.people(campaign, on=on).only("pk", "service_path", "sex", "born_on")[
            : settings.CAMPAIGN_MOST + 1
        ]
    )
    if len(donors) > settings.CAMPAIGN_MOST:
        raise moves.Refused([_("Too many people fit for one campaign. Choose narrower.")])
    alone = drawing.draw(cohorts.strata(donors, on=on), percent=campaign.control_percent, seed=campaign.seed)
    campaign.began_at = at
    facts: dict[str, Any] = {"written_to": len(donors) - len(alone), "left_alone": len(alone)}
    moves.make(campaign, "begin", by=by, at=at, saves=["began_at"], given=True, **facts)
    CampaignMember.objects.bulk_create(
        (
            CampaignMember(
                campaign=campaign,
                donor=donor,
                stratum=cohorts.stratum(donor, on=on),
                group=Group.LEFT_ALONE if donor.pk in alone else Group.WRITTEN_TO,
            )
            for donor in donors
        ),
        batch_size=500,
    )
    trail.record("campaign.begun", by=by, at=at, object=campaign, seed=campaign.seed, **facts)
    return jobs.start(
        WRITE, {"campaign": str(campaign.pk)}, by=by, at=at, branch=campaign.branch, about=campaign.pk
    )


@transaction.atomic
def end(campaign: Campaign, *, by: Actor, at: datetime) -> Campaign:
    """
    Count nothing and write to nobody any more; what was seen until now is kept.

    :raises moves.Refused: if it does not run.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _note(campaign, at=at)
    campaign.ended_at = at
    moves.make(campaign, "end", by=by, at=at, saves=["ended_at"])
    recalling.recall(campaign.occasion, why=ENDED, by=by, at=at)
    return campaign


def write(job: Running) -> Mapping[str, Any]:
    """Queue one message to everybody who was drawn to be written to; safe to run twice: nobody gets two."""
    campaign = Campaign.objects.get(pk=UUID(str(job.args["campaign"])))
    queued, people = write_to_all(campaign, at=job.at, tell=job.progress)
    return {"queued": queued, "people": people}


def write_to_all(
    campaign: Campaign, *, at: datetime, tell: Callable[[int, int], object] | None = None
) -> tuple[int, int]:
    """
    Queue what is not queued yet to those who were drawn, some hundreds in a transaction, until it is ended.

    :param tell: is told how many of how many were seen to.
    :returns: how many messages came in, and how many people there are.
    """
    drawn = campaign.members.filter(group=Group.WRITTEN_TO).order_by("pk")
    subjects = list(drawn.values_list("donor__subject_id", flat=True))
    queued = 0
    for start in range(0, len(subjects), AT_ONCE):
        queued += _queue(campaign, subjects[start : start + AT_ONCE], at=at)
        if tell is not None:
            tell(min(start + AT_ONCE, len(subjects)), len(subjects))
    return queued, len(subjects)


def ways(message: Message) -> list[str]:
    """Return the ways, in their order, of the running campaign a message is of; none where it is of none."""
    kind, _sep, pk = message.occasion.partition(":")
    if kind != OCCASION or message.programme_key != PROGRAMME:
        return []
    running = Campaign.objects.filter(pk=pk, state=CampaignState.RUNNING)
    return [way for channels in running.values_list("channels", flat=True) for way in channels]


def note_all(*, by: Actor, at: datetime) -> int:
    """Note what is seen of people in running campaigns; end those whose time is over. Twice is once."""
    running = list(Campaign.objects.filter(state=CampaignState.RUNNING).order_by("pk"))
    for campaign in running:
        if campaign.began_at is not None and at >= campaign.began_at + timedelta(days=campaign.window_days):
            end(campaign, by=by, at=at)
        else:
            _note(campaign, at=at)
    return len(running)


@transaction.atomic
def _queue(campaign: Campaign, subjects: Iterable[UUID], *, at: datetime) -> int:
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)  # it is ended before, or after these
    if campaign.state != CampaignState.RUNNING:
        return 0
    written = Message.objects.filter(occasion=campaign.occasion, subject__in=list(subjects))
    known = set(written.values_list("subject_id", flat=True))  # after one that failed the next way was tried
    found = recipients.of(one for one in subjects if one not in known)
    return sum(_queue_to(campaign, person, at=at) for person in found.values())


def _queue_to(campaign: Campaign, person: Recipient, *, at: datetime) -> bool:
    channel = sendings.way_to(person, campaign.channels)
    if not channel:
        return False
    message = outbox.queue(
        subject=person.subject,
        branch_path=person.branch.path,
        channel=channel,
        wording=campaign.wording,
        language=person.language,
        due_at=at,
        programme_key=PROGRAMME,
        occasion=campaign.occasion,
        at=at,
    )
    return message is not None


def _note(campaign: Campaign, *, at: datetime) -> None:
    """Keep the first day on which somebody's contact was verified, or they left, while the campaign ran."""
    if campaign.began_at is None:
        return
    first = timezone.localdate(campaign.began_at)
    last = min(timezone.localdate(at), first + timedelta(days=campaign.window_days))
    seen = campaign.members.filter(verified_on=None, donor__contact_verified_on__range=(first, last))
    for pk, day in seen.values_list("pk", "donor__contact_verified_on"):
        CampaignMember.objects.filter(pk=pk).update(verified_on=day)
    gone = campaign.members.filter(left_on=None, donor__left_at__gt=campaign.began_at)
    gone = gone.exclude(donor__left_reason=Reason.MERGED)  # joined with another record: still with us
    for pk, moment in gone.values_list("pk", "donor__left_at"):
        day = timezone.localdate(moment)
        CampaignMember.objects.filter(pk=pk).update(left_on=day if day <= last else None)
