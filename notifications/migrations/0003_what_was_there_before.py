"""What the migration before this changes the meaning of, for homes that were at work before it."""

from typing import Any

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

UNASKED = {"family_care": ("call_month2", "grief_month3")}  # programme → steps a household may decline
NOT_LEFT = ("DUE", "CLAIMED", "HELD")


def let_first_months_be_declined(apps: Any, _schema_editor: Any) -> None:
    """
    Let the new box of the wishes' sheet hold in versions too that were written before it.

    Only what is out of use stays as it was: a household that says no is heard, whichever version is in use.
    """
    steps = apps.get_model("notifications", "ProgrammeStep").objects.exclude(programme__state="RETIRED")
    for programme, keys in UNASKED.items():
        for step in steps.filter(programme__key=programme, key__in=keys):
            if "first_months" not in step.conditions:
                step.conditions = [*step.conditions, "first_months"]
                step.save(update_fields=["conditions"])


def let_people_ring_about_what_was_called_off(apps: Any, _schema_editor: Any) -> None:
    """
    Tell by a person of memorials that were called off before there were words for it.

    "changed" was said of them, and its words spoke of another day. What has not left is cancelled; who was
    told by a person was told right; any other household that may come stands on the event's page, to be rung.
    """
    now = timezone.now()
    off = Q(event__called_off_at__isnull=False, event__starts_at__gt=now)
    invitations = apps.get_model("notifications", "Invitation").objects.filter(off)
    telling = apps.get_model("notifications", "Telling").objects
    told = telling.filter(invitation__in=invitations, kind="changed")
    knows = set(told.values_list("invitation_id", flat=True))
    told.update(kind="off")
    messages = apps.get_model("notifications", "Message").objects
    for invitation in invitations.exclude(people=0):
        old = messages.filter(occasion=f"changed:{invitation.pk}", state__in=NOT_LEFT)
        old.update(state="CANCELLED", why="event_changed", settled_at=now, lease_until=None)
        if invitation.pk not in knows and invitation.channel not in ("CALL", "LETTER", "VISIT"):
            invitation.channel = "CALL"
            invitation.save(update_fields=["channel"])


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_the_words_and_ways_of_alarms_and_events"),
    ]

    operations = [
        migrations.RunPython(let_first_months_be_declined, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(
            let_people_ring_about_what_was_called_off, migrations.RunPython.noop, elidable=True
        ),
    ]
