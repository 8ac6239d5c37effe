"""What people do to put records right, and what branches ask of each other: by keyboard, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from playwright.sync_api import expect

from foundation import vault
from foundation.access import Branch, BranchKind, Role, Staff
from registry.donors.actions import doors
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.samples import actions as samples
from tests.factories import consent as consents
from tests.factories import samples as tubes
from tests.factories.donors import DonorFactory, person
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.system.keyboard import Keyboard
from tests.system.reading import Reader
from tests.system.stage import BEGINS

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOK = os.environ.get("RELAY_LOOK", "")  # a folder for pictures to be looked at by whoever changes a page
WHY = "两张表都是本人所填，旧表的出生日期抄错了，已核对身份证原件"


@dataclass
class Province:
    """A province with a county that keeps donors, another one elsewhere, and the people in them."""

    house: tubes.House
    elsewhere: Branch
    chen: Staff  # coordinator elsewhere
    xu: Staff  # registry manager of the province

    @property
    def lin(self) -> Staff:
        """Coordinator of the county."""
        return self.house.coordinator

    @property
    def zhou(self) -> Staff:
        """Caseworker of the prefecture above it."""
        return self.house.caseworker

    def donor(self, **about: Any) -> Donor:
        """Return somebody of the county who is listed, with consents in force."""
        donor = DonorFactory(branch=self.house.county, state=DonorState.LISTED, about=about)
        consents.sign(donor.subject, by=self.house.collects, at=BEGINS - timedelta(days=30))
        return donor

    def typed(self) -> Donor:
        """Return somebody whose tube was typed beside another one."""
        first, second = tubes.tube(self.house), tubes.tube(self.house)
        box = tubes.sent(self.house, first, second)
        tube = samples.receive(box, first.barcode, by=self.house.types, at=tubes.LATER)
        samples.receive(box, second.barcode, by=self.house.types, at=tubes.LATER)
        samples.record_typing(tube, text=tubes.TYPING, by=self.house.types, at=tubes.LATER)
        return Donor.objects.get(pk=first.donor_id)


def province() -> Province:
    """Return the plainest province in which everything here is possible."""
    consents.text()
    top = BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会")
    ningbo = BranchFactory(kind=BranchKind.PREFECTURE, parent=top, name="宁波市红十字会")
    county = BranchFactory(parent=ningbo, name="鄞州区红十字会")
    laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=top, name="浙江省血液中心组织配型实验室")
    far = BranchFactory(kind=BranchKind.PREFECTURE, parent=top, name="金华市红十字会")
    elsewhere = BranchFactory(parent=far, name="义乌市红十字会")
    house = tubes.House(
        county,
        ningbo,
        laboratory,
        StaffFactory(role=Role.COORDINATOR, branch=county, name="林晓燕"),
        StaffFactory(role=Role.CASEWORKER, branch=ningbo, name="周建平"),
        StaffFactory(role=Role.LABORATORY, branch=laboratory, name="陈立"),
    )
    return Province(
        house,
        elsewhere,
        StaffFactory(role=Role.COORDINATOR, branch=elsewhere, name="陈思远"),
        StaffFactory(role=Role.REGISTRY_MANAGER, branch=top, name="徐敏"),
    )


def number_of(donor: Donor) -> str:
    """Return the number of a donor's document."""
    return str(vault.open_one(donor, "document")["document"])


def again(donor: Donor) -> Donor:
    """Return the row as it is now."""
    return Donor.objects.get(pk=donor.pk)


class Mending(Reader):
    """One walk in one language, on one size of window; ``judge`` looks at a page with every rule."""

    def __init__(
        self,
        there: Province,
        keys: Keyboard,
        *,
        home: str,
        language: str,
        enter: Callable[[Staff], Any],
        judge: Callable[[Page], None],
    ) -> None:
        super().__init__(keys.page, language=language, check=None)
        self.there, self.keys, self.home, self.enter, self.judge = there, keys, home, enter, judge

    # What every step does

    def opens(self, who: Staff, name: str, *args: Any) -> None:
        """Let somebody sign in and open a page."""
        self.enter(who)
        self.page.goto(self.home + reverse(name, args=args))

    def begins(self, who: Staff, donor: Donor, act: str, title: str) -> None:
        """Let somebody open a donor's page, and begin one of its acts."""
        self.opens(who, "donors:detail", donor.pk)
        self.keys.follow(f"main a[href$='/{act}/']")
        self.sees(title)

    def sees(self, title: str = "", *, judged: bool = False, picture: str = "") -> None:
        """Look at a page; some are judged by every rule, and kept as pictures where these are wanted."""
        self.look(title)
        if judged:
            self.judge(self.page)
        if LOOK and picture:
            size = self.page.viewport_size
            name = f"{picture}-{self.language}-{size['width'] if size else 0}.png"
            self.page.screenshot(path=Path(LOOK) / name, full_page=True)

    def sends(self) -> None:
        """Press the next act of the page."""
        self.keys.follow("main form .button[type=submit]:is(.act, .danger)")

    def is_shown(self, *fields: str, **kept: str) -> None:
        """Read the summary: first, in the focus, a link to each of these fields; what was typed is kept."""
        summary = self.page.locator("#error-summary")
        expect(summary).to_be_focused()
        leads = summary.get_by_role("link").evaluate_all(
            "all => all.map(one => document.querySelector(one.hash).name)"
        )
        assert leads == list(fields)
        for name, value in kept.items():
            expect(self.page.locator(f"main [name={name}]").first).to_have_value(value)

    def picks(self, name: str, value: str) -> None:
        """Take one of a list of the page, with the arrow."""
        field = self.page.locator(f"main select[name={name}]")
        self.keys.to(f"main select[name={name}]")
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                return
            self.keys.press("ArrowDown")
        expect(field).to_have_value(value)

    def agrees(self, who: Staff, *, lays_open: str = "", picture: str = "") -> None:
        """Let a second person look at what is asked first, and agree."""
        self.opens(who, "desk:approvals")
        self.keys.follow("section[aria-labelledby=waiting] a.button")
        if lays_open:
            self.keys.follow("main p > a")
            self.sees(lays_open, judged=True, picture=picture)
            self.keys.follow("main a.button.act")
        self.keys.choose("decision", "yes")
        self.keys.choose("answer", "checked")
        self.sends()
        self.says("Your answer is written down.")

    # The coordinator, with the document in hand

    def corrects(self) -> None:
        """Read a document anew; a number that cannot be right is said first."""
        donor, right, keys = self.there.donor(name="王丽花"), person(name="王丽华"), self.keys
        self.begins(self.there.lin, donor, "correct-identity", "Correct the identity")
        keys.choose("reason", "WRITTEN_WRONG")
        keys.value("name", right.name)
        keys.value("number", "330106199903051234")
        self.sends()
        self.is_shown("number", "seen", name=right.name, number="330106199903051234")
        self.sees(judged=True, picture="correct-wrong")
        keys.value("number", right.document_number)
        keys.tick("main [name=seen]")
        self.sends()
        self.says("Corrected. What was written before is kept, sealed.")
        self.sees(picture="correct-done")
        assert number_of(again(donor)) == right.document_number

    # The registry manager, and whoever agrees

    def joins(self) -> tuple[Donor, Donor]:
        """Join two records that differ in who the person is: only with a tick, and a reason in writing."""
        kept, keys = self.there.donor(name="王丽华"), self.keys
        other = self.there.donor(name="王莉花", born_on=BEGINS.date().replace(year=1998))
        self.begins(self.there.xu, kept, "merge", "Join with another record")
        keys.value("text", "330106199903051234")
        keys.follow("main form .button[type=submit]")
        self.is_shown("text", text="330106199903051234")
        self.sees(picture="merge-find")
        keys.value("text", number_of(other))
        keys.follow("main form .button[type=submit]")
        self.says("The name and the birth date differ.")
        self.sends()
        self.is_shown("both_documents", "seen", "sure", "why")
        self.sees("Are these one person?", judged=True, picture="merge-wrong")
        keys.choose("both_documents", "no")
        keys.tick("main [name=seen]")
        keys.tick("main [name=sure]")
        keys.value("why", WHY)
        self.sends()
        self.says("A second person was asked. Until then nothing changes.")
        self.agrees(self.there.zhou, lays_open="Are these one person?", picture="merge-asked")
        assert again(other).merged_into_id == kept.pk
        return kept, other

    def parts(self, kept: Donor, other: Donor) -> None:
        """Say that they were two people after all, and agree to it."""
        self.begins(self.there.xu, kept, "unmerge", "Two records were joined by mistake")
        self.sees(judged=True, picture="unmerge")
        self.keys.follow("main .button.act")
        self.says("A second person was asked. Until then nothing changes.")
        self.agrees(self.there.zhou)
        assert again(other).merged_into_id is None

    # The caseworker

    def doubts(self) -> None:
        """Set a typing aside, and pause whose tube lay beside it."""
        donor = self.there.typed()
        self.begins(self.there.zhou, donor, "dispute-typing", "Doubt the typing")
        self.sends()
        self.is_shown("reason")
        self.sees(judged=True, picture="dispute-wrong")
        self.keys.choose("reason", "TQ_MIXED_UP")
        self.keys.tick("main [name=others]")
        self.sends()
        self.says("The typing is set aside.")
        self.says("%(n)d other donor is paused.", "%(n)d other donors are paused.", n=1)
        assert again(donor).state == DonorState.REGISTERED

    # Two branches

    def gets_help(self) -> None:
        """Ask another branch to visit somebody; whoever takes it says how it ended."""
        donor, keys, there = self.there.donor(name="王丽华"), self.keys, self.there
        self.begins(there.lin, donor, "assist", "Ask another branch for help")
        self.picks("branch", str(there.elsewhere.pk))
        keys.choose("kind", "VISIT")
        keys.date("until", "2027-11-20")
        self.sends()
        self.is_shown("until", until="2027-11-20")
        self.sees(picture="assist-ask-wrong")
        keys.date("until", "2026-12-20")
        self.sends()
        self.says("The branch was asked. You find its answer on the donor's page.")

        self.opens(there.chen, "donors:assists")
        keys.follow("main .list a")
        self.sees("Visit them", picture="assist-open")
        keys.follow("main .button.act")
        self.sees("Visit them", judged=True, picture="assist-mine")
        keys.choose("result", "DONE")
        keys.value("words", "已搬到稠城街道")
        self.sends()
        self.says("Thank you. The branch that asked sees it.")

    def is_answered(self) -> None:
        """Ask whichever branch keeps a volunteer, and read its one sentence."""
        donor, there = self.there.donor(name="王丽华"), self.there
        doors.ask_its_branch(
            donor.document_kind, number_of(donor), by=actor(there.chen), at=BEGINS, on=there.elsewhere
        )
        self.opens(there.lin, "donors:questions")
        self.sees("Questions between branches", picture="questions")
        self.keys.follow("section[aria-labelledby=ours] .list a")
        self.keys.choose("answer", "WILL_RING")
        self.sends()
        self.opens(there.chen, "donors:questions")
        self.says("We will ring them")
        expect(self.page.locator("main")).not_to_contain_text(there.house.county.name)

    def gives_away(self) -> None:
        """Give somebody to another branch, which agrees."""
        donor, there = self.there.donor(name="王丽华"), self.there
        self.begins(there.lin, donor, "move", "Move to another branch")
        self.sends()
        self.is_shown("branch")
        self.sees(picture="move-wrong")
        self.picks("branch", str(there.elsewhere.pk))
        self.sends()
        self.says("The other branch was asked. Until it agrees nothing changes.")
        self.agrees(there.chen, lays_open="A donor is offered", picture="one-move")
        assert again(donor).service_branch_id == there.elsewhere.pk

    def takes_in(self) -> None:
        """Ask for somebody whom another branch keeps; a wrong second fact tells nothing."""
        donor, keys, there = self.there.donor(name="王丽华"), self.keys, self.there
        self.opens(there.chen, "donors:take-in")
        keys.value("number", number_of(donor))
        keys.value("name", "王丽花")
        self.sends()
        self.is_shown(number=number_of(donor), name="王丽花")
        self.sees("Take somebody in", judged=True, picture="take-in-wrong")
        keys.value("name", "王丽华")
        self.sends()
        self.agrees(there.lin, lays_open="A branch asks to take somebody in", picture="take-in-asked")
        assert again(donor).service_branch_id == there.elsewhere.pk
