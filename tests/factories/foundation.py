"""Branches, staff and a signed-in browser, each the plainest valid one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import factory
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from foundation.access import Branch, BranchKind, Role, RoleAt, Staff, actor_for, branches
from foundation.trail import Actor, ActorKind

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SETTER_UP = Actor(ActorKind.COMMAND, "tests")
PASSWORD = "a quiet river in the morning"  # noqa: S105 - of invented people
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of invented people

ABOVE = {
    BranchKind.PREFECTURE: BranchKind.PROVINCE,
    BranchKind.COUNTY: BranchKind.PREFECTURE,
    BranchKind.STATION: BranchKind.COUNTY,
    BranchKind.LABORATORY: BranchKind.PROVINCE,
    BranchKind.HOSPITAL: BranchKind.PROVINCE,
    BranchKind.OPO: BranchKind.PROVINCE,
}


class BranchFactory(factory.django.DjangoModelFactory[Branch]):
    """A county with the branches above it; ``kind`` and ``parent`` say otherwise."""

    class Meta:
        model = Branch

    kind = BranchKind.COUNTY
    name = factory.Sequence(lambda n: f"Branch {n}")
    code = factory.Sequence(lambda n: f"B{n:04}")
    phone = "0571-88000000"
    parent = None

    @classmethod
    def _create(cls, model_class: type[Branch], *args: Any, **kwargs: Any) -> Branch:
        above = ABOVE.get(BranchKind(kwargs["kind"]))
        if kwargs["parent"] is None and above is not None:
            kwargs["parent"] = cls(kind=above)
        made: Branch = super()._create(
            model_class, *args, path=branches._next_path(kwargs["parent"]), **kwargs
        )
        return made


class StaffFactory(factory.django.DjangoModelFactory[Staff]):
    """
    Somebody with one role at a branch, a password and a second factor.

    ``StaffFactory(role=Role.CASEWORKER, branch=prefecture)``; ``role=None`` gives no role.
    """

    class Meta:
        model = Staff
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    name = factory.Sequence(lambda n: f"Staff {n}")
    email = factory.LazyAttribute(lambda staff: f"{staff.username}@example.org")
    password = factory.django.Password(PASSWORD)

    role: Any = Role.COORDINATOR  # the two are popped before the row is made
    branch: Any = None

    @classmethod
    def _create(cls, model_class: type[Staff], *args: Any, **kwargs: Any) -> Staff:
        role, branch = kwargs.pop("role", None), kwargs.pop("branch", None)
        staff: Staff = super()._create(model_class, *args, **kwargs)
        if role is not None:
            RoleAtFactory(staff=staff, role=role, branch=branch or BranchFactory())
        _add_second_factor(staff)
        return staff


class RoleAtFactory(factory.django.DjangoModelFactory[RoleAt]):
    """A role in force since long ago, without an end."""

    class Meta:
        model = RoleAt

    staff = factory.SubFactory(StaffFactory, role=None)
    role = Role.COORDINATOR
    branch = factory.SubFactory(BranchFactory)
    starts_on = date(2020, 1, 1)
    granted_at = LONG_AGO
    by_kind = ActorKind.COMMAND
    by_id = "tests"


def actor(staff: Staff, *, at: datetime | None = None) -> Actor:
    """Return a person as the actor of their narrowest role."""
    return actor_for(staff.pk, None, at=at or datetime.now(tz=UTC))


def give_second_factor(staff: Staff) -> None:
    """Give a person an app whose secret the tests know, unless there is one."""
    if not Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists():
        _add_second_factor(staff)


def _add_second_factor(staff: Staff) -> None:
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})


def signed_in(client: Client, staff: Staff, *, fresh: bool = True) -> Client:
    """Return a browser in which this person has just signed in with both factors."""
    give_second_factor(staff)
    now = time.time() if fresh else time.time() - 3600
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": now},
        {"method": "mfa", "at": now, "type": "totp"},
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(staff)
    session.save(must_create=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client
