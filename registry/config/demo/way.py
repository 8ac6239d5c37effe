"""Lead invented volunteers along the real way: every step is the act that staff would press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

from django.db import transaction
from PIL import Image, ImageDraw

from consent import actions as consents
from consent import evidence
from consent.models import Consent, Text
from consent.purposes import Purpose
from consent.states import State
from foundation import vault
from foundation.access import Permission
from foundation.vault import Capacity, Subject
from registry.config.demo.people import Invented
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import CallKind, Donor
from registry.drives.models import Drive
from registry.samples import actions as samples
from registry.samples.models import Batch, Sample

GIVEN = [
    Purpose.REGISTER_HPC, Purpose.SENSITIVE_DATA, Purpose.HLA_TYPING, Purpose.SAMPLE_STORAGE,
    Purpose.SHARE_REGISTRY, Purpose.CONTACT_SMS, Purpose.CONTACT_PHONE,
]  # fmt: skip
YES = dict.fromkeys(("family_supports", "process_known", "would_go_on"), "yes")
ALLELES = {
    "A": ["02:01", "11:01", "24:02", "33:03", "02:07", "30:01"],
    "B": ["46:01", "40:01", "58:01", "13:02", "15:02", "51:01"],
    "DRB1": ["09:01", "15:01", "12:02", "07:01", "04:05", "08:03"],
}


@dataclass(frozen=True, slots=True)
class Way:
    """What every step of the demo needs: the province, the text, a signature, and chance."""

    world: World
    text: Text
    signed: evidence.NewEvidence
    random: Random

    @classmethod
    def through(cls, world: World, text: Text) -> Way:
        """Prepare the way with one drawn signature for every place to sign."""
        slots = [slot.key for line in text.structure() for slot in line.slots]
        return cls(world, text, evidence.drawn(dict.fromkeys(slots, scribble())), Random(7))  # noqa: S311

    @transaction.atomic
    def enrol(
        self,
        invented: Invented,
        drive: Drive,
        *,
        area: str,
        barcode: str,
        at: datetime,
        on_paper: bool = False,
    ) -> Donor:
        """Enrol one volunteer; without a barcode no tube is taken."""
        by = self.world.coordinator(area, at=at)
        subject = self._subject(invented, drive, at)
        proof = evidence.paper() if on_paper else self.signed
        consents.record(
            subject, text=self.text, language="zh-hans", given=GIVEN, evidence=proof, by=by, at=at, on=drive
        )
        donor = donors.register(
            subject,
            invented.person,
            invented.contacts,
            branch=drive.branch,
            by=by,
            at=at,
            on=drive,
            drive=drive,
        )
        if barcode:
            volume = Decimal(self.random.randrange(60, 81)) / 10
            samples.collect(
                donor, barcode=barcode, kind="BLOOD", volume_ml=volume, taken_at=at, by=by, at=at, on=drive
            )
        return donor

    @transaction.atomic
    def send(self, tubes: Sequence[Sample], *, area: str, at: datetime) -> Batch:
        """Pack tubes of one prefecture into a box, seal and send it."""
        by = self.world.caseworker(area, at=at)
        prefecture = self.world.where[area[:4]]
        box = samples.open_batch(from_branch=prefecture, laboratory=self.world.laboratory, by=by, at=at)
        for tube in tubes:
            samples.scan_in(box, tube.barcode, by=by, at=at)
        box = samples.seal_batch(box, by=by, at=at + timedelta(minutes=20))
        return samples.dispatch_batch(box, by=by, at=at + timedelta(hours=2))

    @transaction.atomic
    def receive(self, box: Batch, *, at: datetime) -> None:
        """Count a box in at the laboratory."""
        by = self.world.actor("lab", Permission.SAMPLE_RECEIVE, at=at)
        for tube in Sample.objects.filter(batch=box).order_by("pk"):
            samples.receive(box, tube.barcode, by=by, at=at)
        samples.finish_receipt(box, by=by, at=at)

    @transaction.atomic
    def type_all(self, tubes: Sequence[Sample], *, at: datetime) -> None:
        """Record an invented typing for each tube."""
        by = self.world.actor("lab", Permission.TYPING_RECORD, at=at)
        for tube in tubes:
            samples.record_typing(tube, text=self.typing(), by=by, at=at)

    def typing(self) -> str:
        """Return an invented typing."""
        return "^".join(
            "+".join(f"{locus}*{self.random.choice(names)}" for _ in range(2))
            for locus, names in ALLELES.items()
        )

    @transaction.atomic
    def call(self, waiting: Sequence[Donor], *, area: str, at: datetime) -> None:
        """Make the calls before listing; everybody would go on."""
        by = self.world.actor("lin" if area == "330212" else f"c{area}", Permission.CALL_MAKE, at=at)
        for donor in waiting:
            donors.record_call(donor, kind=CallKind.PRE_LISTING, result="REACHED", answers=YES, by=by, at=at)

    @transaction.atomic
    def call_and_list(self, waiting: Sequence[Donor], *, area: str, at: datetime) -> None:
        """Make the calls before listing, then let the province list all of them."""
        self.call(waiting, area=area, at=at)
        manager = self.world.actor("manager", Permission.DONOR_LIST, at=at)
        donors.list_ready([donor.pk for donor in waiting], by=manager, at=at + timedelta(days=1))

    @transaction.atomic
    def verify_paper(self, subjects: Sequence[Subject], scan: bytes, *, area: str, at: datetime) -> None:
        """Attach scans and let the prefecture verify them."""
        by = self.world.coordinator(area, at=at)
        for subject in subjects:
            consents.attach_scan(subject, scan, by=by, at=at)
        signed = Consent.objects.filter(subject__in=subjects, state=State.SIGNED)
        consents.verify(list(signed), by=self.world.caseworker(area, at=at), at=at + timedelta(days=1))

    def _subject(self, invented: Invented, drive: Drive, at: datetime) -> Subject:
        person = invented.person
        index = vault.index.document(person.document_kind, person.document_number)
        return vault.create_subject(
            capacity=Capacity.DONOR,
            branch=drive.branch,
            document_index=index,
            at=at,
            language=person.language,
        )


def scan_page() -> bytes:
    """Return an invented scan of a signed page."""
    page = Image.new("L", (620, 877), 255)
    pen = ImageDraw.Draw(page)
    for line in range(24):
        pen.line((60, 80 + 30 * line, 560, 80 + 30 * line), fill=190, width=3)
    pen.line((330, 800, 380, 770, 410, 815, 470, 780, 540, 805), fill=20, width=5)
    out = BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def scribble() -> bytes:
    picture = Image.new("RGBA", (600, 200), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.line(
        (60, 140, 130, 60, 190, 150, 270, 70, 340, 150, 430, 80, 540, 130), fill=(20, 30, 40, 255), width=7
    )
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
