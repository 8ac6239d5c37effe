"""The journey from volunteer to listed donor and out again: what each person does, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import translation
from playwright.sync_api import expect

from foundation.access import Staff
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.system.keyboard import Keyboard
from tests.system.reading import Reader, heading
from tests.system.stage import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

TYPING = {"A": ("02:01", "11:01"), "B": ("40:01", "46:01"), "DRB1": ("09:01", "12:02")}
PAUSED_UNTIL = "2027-06-30"
STOPPED = (
    "No search offers you to a patient any more",
    "Your consents were withdrawn",
    "No call to you is planned any more",
    "Your record is closed: it is kept only as far as the law asks",
    "Your samples are to be destroyed",
)


class Journey(Reader):
    """One walk through the whole program, in one language, on one size of window."""

    def __init__(
        self,
        world: World,
        keys: Keyboard,
        *,
        home: str,
        language: str,
        enter: Callable[[Staff], Any],
        check: Callable[[Page], None] | None,
        scan: bytes,
    ) -> None:
        super().__init__(keys.page, language=language, check=check)
        self.world, self.keys, self.home, self.enter, self.scan = world, keys, home, enter, scan

    def look(self, title: str = "", picture: str = "") -> None:
        """Check a page; the pictures are those of the walks with JavaScript."""
        super().look(title, picture if self.keys.javascript else "")

    def arrives(self, who: Staff) -> None:
        """Let somebody sign in and see what needs them today."""
        self.enter(who)
        self.page.goto(self.home)
        self.look()

    # The coordinator, at the drive

    def enrol(self) -> int:
        """Enrol the volunteer and return how many keys it took beside the values themselves."""
        keys, told = self.keys, self.world.told
        before = keys.pressed
        keys.act()
        self.look("Who are you?")
        keys.value("name", told["name"])
        keys.value("number", told["number"])
        keys.send()
        self.look("How can we find you?", picture="enrol")
        self._contacts()
        self.look("Are you well?")
        keys.value("weight_kg", told["weight_kg"])
        keys.tick("[name=none_of_these]")
        keys.send()
        self.look("Do you want to?")
        self._agree()
        self.look("The tube")
        keys.value("barcode", told["barcode"])
        keys.send()
        return keys.pressed - before

    def _contacts(self) -> None:
        keys, told = self.keys, self.world.told
        self.says("Read from the document:")
        self.says("1999-03-05")
        keys.value("phone", told["phone"])
        for who in ("first", "second"):
            keys.value(f"{who}_name", told[f"{who}_name"])
            keys.value(f"{who}_phone", told[f"{who}_phone"])
            keys.choose(f"{who}_may_know", told[f"{who}_may_know"])
            keys.choose(f"{who}_stance", told[f"{who}_stance"])
        keys.value("address", told["address"])
        keys.send()

    def _agree(self) -> None:
        keys, told = self.keys, self.world.told
        for question in ("change_mind", "who_pays", "if_match"):
            keys.choose(f"teach_{question}", told[f"teach_{question}"])
        keys.choose("how", "paper")
        for line in ("register", "sample", "share"):
            keys.tick(f"[name=agree_{line}]")
        keys.tick("[name=tick_contact][value=contact_phone]")
        keys.send()

    def is_thanked(self) -> None:
        """See what the volunteer reads at the end."""
        self.look("Thank you. You are registered.")
        self.says(
            "Until %(day)s your tube stays here. Think it over, talk with your family. "
            "If you change your mind, one call is enough.",
            day="2026-11-27",
        )
        expect(self.page.locator("dl")).to_contain_text(self.world.told["barcode"])

    def bring_the_scan(self) -> None:
        """Attach the photograph of the signed paper."""
        self.keys.follow(f"main a[href$='/drives/{self.world.drive.pk}/']")
        self.look()
        self.keys.follow("main a[href='/consent/']")
        self.look("Which signed papers have no scan yet?")
        proof = self.donor.subject.evidence.get()
        self.keys.follow(f"main a.button[href$='/evidence/{proof.pk}/']")
        self.look("Bring the scan of this paper")
        scan: Any = {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": self.scan}
        self.keys.attach("input[type=file]", scan)
        self.keys.follow("main button.act")
        self.says("The scan is here. A colleague verifies it.")

    @property
    def donor(self) -> Donor:
        """The one whom all this is about, as the database has them now."""
        return Donor.objects.select_related("subject").get(samples__barcode=self.world.told["barcode"])

    # The caseworker, at the prefecture

    def verify(self) -> None:
        """See the signatures with a second pair of eyes."""
        self.says("Consents to verify")
        self.keys.follow("main a[href$='/verify/']")
        self.look("Are these signatures in order?")
        for _ in range(self.page.locator("[name=good]").count()):
            self.keys.tick("[name=good]:not(:checked)")
        self.keys.send()
        self.says("Nothing waits for your eye.")

    def waits(self) -> None:
        """See that the tube stays here until the seven days are over."""
        self.keys.follow("nav.rail a[href='/samples/']")
        self.keys.follow("main a[href$='/ready/']")
        self.look("What may go to the laboratory?")
        stay = self.page.locator("section:has(#stay) li", has_text=self.world.told["barcode"])
        expect(stay).to_contain_text("2026-11-27")

    def send_the_box(self) -> None:
        """Open a box, scan the tubes in, seal it and send it."""
        keys, tubes = self.keys, self.world.tubes
        self.says("Tubes for the laboratory")
        keys.follow("main a[href$='/ready/']")
        self.look("What may go to the laboratory?")
        self.says("%(n)s tube may go", "%(n)s tubes may go", n=len(tubes))
        keys.act()
        self.look("Open a box")
        keys.pick("laboratory", self.world.laboratory)
        keys.follow("main button.act")
        self.look()
        self.says("Scan the first tube.")
        for count, code in enumerate(tubes, start=1):
            self._scan(code)
            self.says("%(n)s tube in the box", "%(n)s tubes in the box", n=count)
        self.look(picture="box")
        keys.follow("main button.act")
        self.says("The box is sealed. Print its manifest and lay it in.")
        self.look()
        keys.act()
        self.says("The box is on its way.")
        self.look()

    def _scan(self, code: str) -> None:
        """Type a barcode and Enter, as a scanner does; the focus is in the field, or goes there."""
        self.keys.to("[data-scan]")
        self.keys.type(code)
        self.keys.press("Enter")
        expect(self.page.locator("main")).to_contain_text(code)
        expect(self.page.locator("[data-scan]")).to_have_value("")

    # The laboratory

    def receive_and_type(self) -> None:
        """Count the box in and enter the typing."""
        keys, told = self.keys, self.world.told
        self.says("%(n)s box to count in", "%(n)s boxes to count in", n=1)
        keys.follow("main a[href$='/laboratory/']")
        self.look("Boxes for the laboratory")
        keys.follow("main tbody a")
        self.look()
        for count, code in enumerate(self.world.tubes, start=1):
            self._scan(code)
            self.says("%(here)s of %(all)s tubes are here", here=count, all=len(self.world.tubes))
        self.says("Every tube of the manifest is accounted for.")
        keys.follow("main form[action$='/finish/'] button")
        self.says("Every tube of this box is accounted for.")
        self.look()
        keys.act()
        self.look("Typings to enter")
        keys.follow(f"main a[href$='/typings/{self.donor.samples.get().pk}/']")
        self.look()
        for locus, alleles in TYPING.items():
            for place, allele in enumerate(alleles, start=1):
                keys.value(f"{locus}_{place}", allele)
        keys.send()
        self.says("The typing of %(code)s is stored.", code=told["barcode"])

    # The call, and the list

    def call(self) -> None:
        """Ring the volunteer and ask the three questions."""
        keys = self.keys
        self.says("Calls to make today")
        task = self.donor.call_tasks.get(kind="PRE_LISTING")
        keys.follow(f"main a[href$='/calls/{task.pk}/']")
        self.look()
        expect(heading(self.page)).to_have_text(f"{self.world.told['name'][0]}**")
        keys.act()
        expect(heading(self.page)).to_have_text(self.world.told["name"])
        self.look()
        for question in ("family_supports", "process_known", "would_go_on"):
            keys.choose(question, "yes")
        if keys.javascript:
            keys.result("1")
        else:
            keys.follow("button[name=result]")
        self.says("That was the last one")

    def list_all(self) -> None:
        """List everybody who is ready."""
        self.says("To be listed")
        self.keys.follow("main a[href$='/listing/']")
        self.look("Listing")
        expect(self.page.locator("section:has(#ready)")).to_contain_text(self.world.told["name"][0])
        self.keys.act()
        self.says("%(n)s donor was listed.", "%(n)s donors were listed.", n=1)

    # A pause, and the way out

    def hold_and_release(self) -> None:
        """Find the donor, pause them, end the pause."""
        keys = self.keys
        keys.find(self.world.told["number"])
        self.stands("LISTED")
        self.look(picture="donor")
        keys.follow("main a[href$='/hold/']")
        self.look("Pause until a day")
        keys.pick("reason", "PR_WORK_STUDY")
        keys.date("until", PAUSED_UNTIL)
        keys.follow("main button.act")
        self.says("Paused.")
        self.stands("ON_HOLD")
        self.says(PAUSED_UNTIL)
        self.look()
        keys.act()
        self.says("The pause is over.")
        self.stands("LISTED")

    def withdraw(self) -> None:
        """Take the donor's own word, on two facts, and read the receipt."""
        keys, told = self.keys, self.world.told
        keys.follow("main a.danger[href$='/withdraw/']")
        self.look("Withdraw")
        keys.value("born_on", "19990305")
        keys.value("phone_end", told["phone"][-4:])
        keys.send()
        self.look("Withdrawal: the receipt", picture="receipt")
        self.says("Everything stopped")
        for stopped in STOPPED:
            self.says(stopped)
        self.says("2026-12-18")  # the tube's last day
        expect(self.page.locator("tr.bad")).to_have_count(0)

    def take_the_paper(self) -> bytes:
        """Download the receipt as PDF and return it."""
        self.keys.to("main a[href$='/receipt/paper/']")
        with self.page.expect_download() as begun:
            self.keys.press("Enter")
        return begun.value.path().read_bytes()

    def has_left(self) -> None:
        """See the closed record: what stopped, and the way back."""
        self.keys.follow(f"main p ~ .row a[href$='/donors/{self.donor.pk}/']")
        self.stands("WITHDRAWN")
        self.says("What stopped")
        expect(self.page.locator("main a.danger")).to_have_count(0)
        self.look()

    def stands(self, state: str) -> None:
        """Check where the donor's page says that they stand."""
        with translation.override(self.language):
            words = str(DonorState(state).label)
        expect(self.page.locator("main .tag").first).to_have_text(words)
