"""Fill an empty home with the demo: the province, three drives, two thousand donors, sixty families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from consent import actions as consents
from consent.models import Text
from foundation import access
from foundation.access import Permission
from foundation.trail import anchor, sealing
from registry.config.demo import (
    calls,
    families,
    gatherings,
    in_touch,
    matches,
    queueing,
    records,
    remembering,
    walls,
    win_backs,
    words,
)
from registry.config.demo import world as worlds
from registry.config.demo.fates import DAY, Fates
from registry.config.demo.people import Crowd
from registry.config.demo.way import Way
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.drives import actions as drives
from registry.drives.models import Drive
from registry.samples.models import Sample

PASSWORD = "a-walk-along-the-west-lake"  # noqa: S105 - of invented people; the demo refuses production
YEARS = 4  # of history
LISTED, TYPED, TYPING, SAMPLED, NO_TUBE, EARLY_EXITS = 360, 70, 90, 100, 18, 40
BOX = 20  # tubes sent together, so that nobody waits for years
LEGACY = 1270  # listed on paper before this program, and taken over
NO_VEIN = {5, 11}  # at today's drive, whose tube could not be taken
PAPER_AT_DRIVES = 9
PROGRAMMES = "notifications.programmes.actions.install_first_programmes"  # of the floor above: named only
EXPECTED = (  # at the office: in so many days, and whether they want to be reminded
    ("沈晓雯", "+8613900000021", 1, True),
    ("方志远", "+8613900000022", 3, True),
    ("顾佳宁", "+8613900000023", 6, False),
)
PAPER_EVERY = 5  # of those on their way, one in so many signed on paper


def fill(at: datetime) -> None:
    """
    Invent a province, and let its people act, the same ones every time.

    :param at: now; every history ends before it.
    """
    since = at - timedelta(days=365 * (YEARS + 1))
    with transaction.atomic():
        world = worlds.build(password=PASSWORD, since=since)
        text = _publish(since)
    with access.remembering():
        _Story(world, Way.through(world, text), at).tell()
    sealing.seal(at=at, everything=True)
    anchor.anchor()


def _publish(since: datetime) -> Text:
    by = access.command_actor()
    consents.install_first_texts(by=by, at=since)
    return Text.objects.in_force("hpc_recruitment", timezone.now()).get()


class _Story:
    """The order in which things happened."""

    def __init__(self, world: worlds.World, way: Way, now: datetime) -> None:
        self.world, self.way, self.now = world, way, now
        self.crowd = Crowd(seed=2026)
        self.areas = list(world.counties)
        self.tubes = 0
        self.offices: dict[str, Drive] = {}

    def tell(self) -> None:
        for area, branch in self.world.counties.items():
            by = self.world.actor(_login(area), Permission.DRIVE_MANAGE, at=self.now)
            self.offices[area] = drives.office_of(branch, by=by, at=self.now - timedelta(days=365 * YEARS))
        before = records.begin_with(self.world, self.crowd, people=LEGACY)
        listed = self._enrol(LISTED, first_day=365 * YEARS, last_day=60)
        self._to_the_list(listed)
        fates = Fates(self.world, self.way.random, self.now)
        order = _shuffled([*listed, *before[::3]], self.way)
        fates.meet(order)
        fates.grow_old()
        self._on_the_way()
        self._drives()
        records.take_over(self.world, self.crowd, at=self.now - 6 * DAY)
        words.bring_in(self.world, at=self.now)
        import_string(PROGRAMMES)(by=access.command_actor(), at=self.world.since)
        matches.follow(self.world, (donor for donor in order if donor.state == "LISTED"), at=self.now)
        in_touch.keep(self.world, at=self.now)
        calls.ring(self.world, at=self.now)
        win_backs.ask_back(self.world, at=self.now)
        families.remember(self.world, at=self.now)
        remembering.remember(self.world, at=self.now)
        gatherings.gather(self.world, at=self.now)
        walls.remember(self.world, at=self.now)
        self._expect_at_the_office()

    def _on_the_way(self) -> None:
        typed = self._enrol(TYPED, first_day=58, last_day=35)
        for box in self._to_the_laboratory(typed):
            self._type(box)
        for donor in typed[::2]:
            by = self.world.coordinator(donor.service_branch.code, at=self.now)
            donors.plan_call(donor, kind="PRE_LISTING", due_on=self.now.date(), by=by, at=self.now - DAY)
        for area, some in _by(typed[1::4], lambda donor: donor.service_branch.code).items():
            self.way.call(some, area=area, at=self.now - 2 * DAY)
        self._to_the_laboratory(self._enrol(TYPING, first_day=34, last_day=15))
        self._enrol(SAMPLED, first_day=12, last_day=1, on_paper=True)
        self._enrol(NO_TUBE, first_day=20, last_day=1, tube=False)
        fates = Fates(self.world, self.way.random, self.now)
        for donor in self._enrol(EARLY_EXITS, first_day=900, last_day=10):
            fates.withdraw_early(donor)

    def _enrol(
        self, count: int, *, first_day: int, last_day: int, tube: bool = True, on_paper: bool = False
    ) -> list[Donor]:
        step = (first_day - last_day) / count
        enrolled = []
        for n in range(count):
            area = self.areas[self.way.random.randrange(len(self.areas))]
            at = self._at_work(self.now - timedelta(days=first_day - n * step))
            paper = on_paper and n % PAPER_EVERY == 0
            enrolled.append(self._one(self.offices[area], area, at, tube=tube, on_paper=paper))
        return enrolled

    def _one(
        self, drive: Drive, area: str, at: datetime, *, tube: bool = True, on_paper: bool = False
    ) -> Donor:
        invented = self.crowd.next(area=area, registered_on=at.date())
        self.tubes += 1
        barcode = f"ZJ{at:%y%m%d}{self.tubes:05}" if tube else ""
        return self.way.enrol(invented, drive, area=area, barcode=barcode, at=at, on_paper=on_paper)

    def _to_the_list(self, enrolled: list[Donor]) -> None:
        for box in self._to_the_laboratory(enrolled):
            self._type(box)
            for area, some in _by(box, lambda donor: donor.service_branch.code).items():
                self.way.call_and_list(some, area=area, at=box[-1].registered_at + 40 * DAY)

    def _to_the_laboratory(self, enrolled: list[Donor]) -> list[list[Donor]]:
        """Send them in boxes, and return whose tubes lay in each: they go on together, in their order."""
        boxes = []
        for prefecture, group in _by(enrolled, lambda donor: donor.service_branch.code[:4]).items():
            for some in _pieces(group, BOX):
                tubes = list(Sample.objects.filter(donor__in=some).order_by("pk"))
                sent = some[-1].registered_at + 9 * DAY
                box = self.way.send(tubes, area=f"{prefecture}00", at=sent)
                if sent + 2 * DAY < self.now:
                    self.way.receive(box, at=sent + 2 * DAY)
                boxes.append(some)
        return boxes

    def _type(self, box: list[Donor]) -> None:
        tubes = list(Sample.objects.filter(donor__in=box).select_related("donor").order_by("pk"))
        self.way.type_all(tubes, at=box[-1].registered_at + 24 * DAY)

    def _drives(self) -> None:
        by = self.world.actor("lin", Permission.DRIVE_MANAGE, at=self.now)
        branch = self.world.counties["330212"]
        today = timezone.localdate(self.now)
        campus = drives.add_place(
            branch, name="宁波卫生职业技术学院", address="学府路51号", by=by, at=self.now
        )
        square = drives.add_place(branch, name="示例广场献血屋", address="示例大道1号", by=by, at=self.now)
        for place, day, expected, come in ((square, -9, 40, 31), (campus, 0, 60, 18), (campus, 7, 80, 0)):
            facts = {
                "name": place.name, "place": place, "on_date": today + day * DAY,
                "starts": time(9), "ends": time(16), "expected": expected,
            }  # fmt: skip
            planned = self.now + min(day, 0) * DAY - 20 * DAY
            drive = drives.plan(branch, facts, by=by, at=planned)
            if come:
                self._hold_drive(drive, come, day)
            if come and not day:
                queueing.hand_in(drive, self.crowd, area="330212", at=self.now)

    def _hold_drive(self, drive: Drive, come: int, day: int) -> None:
        morning = timezone.make_aware(datetime.combine(timezone.localdate(self.now) + day * DAY, time(8, 50)))
        start = min(morning, self.now - timedelta(hours=2))
        by = self.world.actor("lin", Permission.DRIVE_MANAGE, at=self.now)
        drive = drives.open_drive(drive, by=by, at=max(start, morning.replace(hour=0, minute=1)))
        for n in range(come):
            at = start + timedelta(minutes=4 * n)
            at = min(self.now, at)
            self._one(
                drive, "330212", at, tube=bool(day) or n not in NO_VEIN, on_paper=n % PAPER_AT_DRIVES == 1
            )

    def _expect_at_the_office(self) -> None:
        by = self.world.actor("lin", Permission.DRIVE_MANAGE, at=self.now)
        morning = timezone.localtime(self.now).replace(hour=9, minute=30, second=0, microsecond=0)
        for name, number, days, remind in EXPECTED:
            drives.book(
                self.offices["330212"],
                name=name,
                phone=number,
                starts_at=morning + days * DAY,
                remind=remind,
                by=by,
                at=self.now,
            )

    def _at_work(self, at: datetime) -> datetime:
        local = timezone.localtime(at)
        hour, minute = self.way.random.randrange(9, 16), self.way.random.randrange(60)
        return min(
            local.replace(hour=hour, minute=minute, second=0, microsecond=0), self.now - timedelta(hours=1)
        )


def _login(area: str) -> str:
    return "lin" if area == "330212" else f"c{area}"


def _pieces(things: list[Donor], size: int) -> Iterator[list[Donor]]:
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece


def _by(things: Iterable[Donor], key: Callable[[Donor], str]) -> dict[str, list[Donor]]:
    groups: dict[str, list[Donor]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


def _shuffled(listed: list[Donor], way: Way) -> Iterator[Donor]:
    order = list(Donor.objects.filter(pk__in=[d.pk for d in listed]).select_related("service_branch"))
    way.random.shuffle(order)
    return iter(order)
