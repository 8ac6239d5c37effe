"""`staff add | link | grant | end | leave | reset | list`: look after staff from the server."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.access import Branch, NotAllowed, Role, RoleAt, Staff, command_actor, links, staffing
from foundation.access.staffing import StaffingRefused
from foundation.trail import anchor, sealing


class Command(BaseCommand):
    """Add people, give and end roles, reset a lost second factor. Each act is on the trail."""

    help = "add: somebody with a role. link: to set a password. grant, end: a role. leave, reset, list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act and what it is about."""
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add", help="the first administrator of a branch, or anybody else")
        add.add_argument("login", nargs="?")
        add.add_argument("--administrator", metavar="LOGIN", help="the same as LOGIN --role administrator")
        add.add_argument("--name", default="")
        add.add_argument("--email", default="")
        self._takes_role(add)
        for name in ("grant", "end"):
            act = acts.add_parser(name)
            act.add_argument("login")
            self._takes_role(act)
        for name in ("link", "leave", "reset"):
            acts.add_parser(name).add_argument("login")
        acts.add_parser("list").add_argument("--branch", default="", metavar="CODE")

    @staticmethod
    def _takes_role(parser: ArgumentParser) -> None:
        parser.add_argument("--role", choices=[role.value for role in Role])
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *_: Any, act: str, **options: Any) -> None:
        """
        Do one of the acts, and seal the trail.

        :raises CommandError: with the sentence that says why it is not possible.
        """
        at = timezone.now()
        try:
            getattr(self, f"_{act}")(at=at, **options)
        except (StaffingRefused, NotAllowed) as fault:
            raise CommandError(" ".join(map(str, fault.sentences))) from fault
        if act != "list":
            sealing.seal(at=at)
            anchor.anchor()

    def _add(self, *, at: datetime, login: str | None, administrator: str | None, **options: Any) -> None:
        username = administrator or login
        role = Role.ADMINISTRATOR if administrator else options["role"]
        if not username or not role:
            message = "Say who and as what: staff add LOGIN --role ROLE, or staff add --administrator LOGIN."
            raise CommandError(message)
        staff = staffing.add(
            username=username,
            name=options["name"] or username,
            email=options["email"],
            role=Role(role),
            branch=_branch(options["branch"]),
            starts_on=timezone.localdate(at),
            ends_on=options["until"],
            by=command_actor(),
            at=at,
        )
        self.stdout.write(f"{staff.username} is added.")
        self._say_link(staff, at=at)

    def _link(self, *, at: datetime, login: str, **_: Any) -> None:
        self._say_link(_staff(login), at=at)

    def _grant(
        self, *, at: datetime, login: str, role: str | None, branch: str, until: date | None, **_: Any
    ) -> None:
        if not role:
            message = "Say which role: --role ROLE."
            raise CommandError(message)
        staffing.grant(
            _staff(login),
            Role(role),
            _branch(branch),
            starts_on=timezone.localdate(at),
            ends_on=until,
            by=command_actor(),
            at=at,
        )
        self.stdout.write(f"{login} is {role} at {branch}.")

    def _end(self, *, at: datetime, login: str, role: str | None, branch: str, **_: Any) -> None:
        held = RoleAt.objects.on(timezone.localdate(at)).filter(staff=_staff(login), branch=_branch(branch))
        ended = [one for one in held if role in {None, one.role}]
        for one in ended:
            staffing.end_role(one, by=command_actor(), at=at)
        self.stdout.write(f"{len(ended)} roles of {login} at {branch} ended.")

    def _leave(self, *, at: datetime, login: str, **_: Any) -> None:
        staffing.leave(_staff(login), by=command_actor(), at=at)
        self.stdout.write(f"The account of {login} is closed.")

    def _reset(self, *, at: datetime, login: str, **_: Any) -> None:
        staffing.reset_second_factor(_staff(login), by=command_actor(), at=at)
        self.stdout.write(f"{login} sets up a new second factor at the next login.")

    def _list(self, *, at: datetime, branch: str, **_: Any) -> None:
        roles = RoleAt.objects.on(timezone.localdate(at)).select_related("staff", "branch")
        if branch:
            roles = roles.filter(branch__path__startswith=_branch(branch).path)
        for held in roles.order_by("branch__path", "role"):
            until = held.ends_on or "open"
            self.stdout.write(f"{held.branch.code}\t{held.role}\t{held.staff.username}\t{until}")

    def _say_link(self, staff: Staff, *, at: datetime) -> None:
        path = staffing.offer_link(staff, by=command_actor(), at=at)
        self.stdout.write(
            f"Set a password here, once, within {links.hours()} hours: {links.site_address()}{path}"
        )


def _staff(login: str) -> Staff:
    staff = Staff.objects.filter(username__iexact=login).first()
    if staff is None:
        message = f"Nobody signs in as {login}."
        raise CommandError(message)
    return staff


def _branch(code: str) -> Branch:
    branch: Branch | None = Branch.objects.filter(code=code).first()
    if branch is None:
        message = f"There is no branch with the code {code}."
        raise CommandError(message)
    return branch
