"""Messages in any state, each the plainest valid one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import factory

from foundation import vault
from foundation.access import Branch
from foundation.trail import ActorKind
from foundation.vault import Capacity
from notifications.channel_names import BY_MACHINE, Channel
from notifications.outbox.models import Message, MessageState
from notifications.wordings.models import Wording, WordingBody, WordingVersion
from tests.factories.foundation import BranchFactory

DUE = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten in the morning in China
_occasions = count(1)


def _columns(state: MessageState, at: datetime) -> dict[str, Any]:
    """Return what the database asks of a message in a state."""
    columns: dict[str, Any] = {}
    if state in {MessageState.CLAIMED, MessageState.SENDING}:
        columns |= {"lease_until": at + timedelta(minutes=3), "claimed_by": "tests", "attempts": 1}
    if state in {MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN}:
        columns["begun_at"] = at
    if state == MessageState.SENT:
        columns["sent_at"] = at
    return columns


class MessageFactory(factory.Factory[Message]):
    """
    An e-mail that is due, to a subject of capacity donor.

    ``MessageFactory(subject=member.subject, touchpoint=one, bereaved=True, state=MessageState.UNKNOWN)``.
    """

    class Meta:
        model = Message

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        branch: Branch = kwargs.pop("branch", None) or _branch_of(kwargs) or BranchFactory()
        state, at = kwargs.pop("state", MessageState.DUE), kwargs.get("due_at", DUE)
        touchpoint = kwargs.get("touchpoint")
        values: dict[str, Any] = {
            "subject": kwargs.pop("subject", None)
            or vault.create_subject(capacity=Capacity.DONOR, branch=branch, document_index=None, at=at),
            "branch_path": branch.path,
            "occasion": "" if touchpoint else f"test:{next(_occasions)}",
            "programme_key": touchpoint.plan.programme_key if touchpoint else "tests",
            "wording": touchpoint.step.wording if touchpoint else "tests.wording",
            "channel": Channel.EMAIL,
            "language": "zh-hans",
            "state": state,
            "due_at": at,
            "made_at": at,
        }
        return Message.objects.create(**{**values, **_columns(state, at), **kwargs})


def _branch_of(kwargs: dict[str, Any]) -> Branch | None:
    subject = kwargs.get("subject")
    return subject.branch if subject is not None else None


def approved_words(key: str = "tests.wording", *, text: str = "您好。", **more: Any) -> WordingVersion:
    """Return approved words of a wording for every machine's channel, in Chinese."""
    wording = Wording.objects.create(key=key, audience=more.pop("audience", "FAMILY"))
    version = WordingVersion.objects.create(
        wording=wording,
        number=1,
        state="APPROVED",
        made_at=DUE,
        approved_at=DUE,
        approved_by_id="tests",
        by_kind=ActorKind.COMMAND,
        by_id="tests",
    )
    for channel in BY_MACHINE:
        WordingBody.objects.create(
            version=version,
            channel=channel,
            language="zh-hans",
            subject=more.get("subject", "您好"),
            text=text,
        )
    return version
