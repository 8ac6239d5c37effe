"""The demo's families: sixty households of people who gave in the last three years, in one city's care."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from django.utils import timezone

from consent import actions as consents
from consent.evidence import NewEvidence
from consent.states import EvidenceKind
from foundation.access import Branch, Permission
from foundation.trail import Actor
from registry.config.demo.world import World
from registry.families import actions
from registry.families.models import Family, Giver, Member
from registry.families.records import Day, OneWhoGave, Own, Relative, Wishes

HOUSEHOLDS: Final = 60
APART: Final = 18  # days from one to the next: three years of them
NEWEST: Final = 6  # days ago
YEAR: Final = 365
AROUND: Final = (0, -1, 2, -3, 1, -5, -2, 3, -4, -6)  # days: this week has anniversaries whenever it is
CITY: Final = "3302"
DAY: Final = timedelta(days=1)
SECOND_HOUSEHOLD: Final = 12  # every so many a giver's parents live apart from husband or wife
NOT_ASKED: Final = 4  # the newest, who have not been visited yet
# One in so many: who chose no officer yet, complained, wants no invitation, is asked by a witnessed word.
NO_OFFICER, COMPLAINED, NO_EVENTS, WITNESSED, ASKS_BIRTHDAY, SILENT = 19, 21, 9, 5, 8, 7
STOPPED, WANTS_NO_MORE, DIED_SINCE = 33, 17, 27  # the places of those to whom it happened

SURNAMES: Final = "陈王张徐林周吴李胡叶朱金沈郑章方俞何潘蒋董钱施余戴楼竺裘"
OLDER: Final = "国建伟根水阿志明永兴秀雪月彩美桂"
SECOND: Final = "荣祥法良芳娟英琴珍凤华平琪军峰海燕萍飞波"
YOUNG: Final = ("子涵", "雨桐", "浩然", "思远", "一诺", "晨曦", "若溪", "宇轩")
PLACES: Final = ("示例新村", "示例花园", "示例弄", "示例路", "示例村")
TRADITIONS: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("HAN", ("d7", "d35", "d49", "d100", "qingming", "anniversary", "spring_festival")),
    ("HAN", ("d100", "qingming", "anniversary", "zhongyuan")),
    ("HAN", ("qingming", "anniversary", "chongyang", "hanyi")),
    ("BUDDHIST", ("d7", "d49", "d100", "qingming", "zhongyuan", "anniversary")),
    ("NONE", ("anniversary", "qingming")),
    ("CHRISTIAN", ("anniversary",)),
    ("MUSLIM", ("d7", "anniversary")),
    ("OWN", ("anniversary", "chongyang")),
)
GIFTS: Final = (
    ["ORGAN"], ["ORGAN", "CORNEA"], ["CORNEA"], ["ORGAN", "TISSUE", "CORNEA"], ["BODY"], ["CORNEA"],
)  # fmt: skip
KIN: Final = (["SPOUSE", "CHILD"], ["SPOUSE"], ["PARENT", "SIBLING"], ["CHILD"], ["SPOUSE", "PARENT"])


def remember(world: World, *, at: datetime) -> list[Family]:
    """Let the city's family officer enter those who gave, and their families say what they wish."""
    return _Care(world, at).keep()


def _ago(n: int) -> int:
    """Return how many days ago somebody gave: a third of them around this day of an earlier year."""
    ago = NEWEST + (HOUSEHOLDS - 1 - n) * APART
    if n % 3 != 1 or ago < YEAR // 2:
        return ago
    return YEAR * max(1, round(ago / YEAR)) + AROUND[n // 3 % len(AROUND)]


class _Care:
    """What one officer did in three years, oldest first."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.random = Random(41)  # noqa: S311 - inventing, not hiding
        self.branches = [branch for area, branch in world.counties.items() if area.startswith(CITY)]
        self.mei = world.staff["mei"]

    def keep(self) -> list[Family]:
        kept: list[Family] = []
        giver = None
        for n in range(HOUSEHOLDS):
            ago = _ago(n)
            if giver is None or n % SECOND_HOUSEHOLD:
                giver = self._giver(n, self._at(ago))
            kept.append(self._household(n, giver, ago))
        return kept

    def _by(self, at: datetime) -> Actor:
        return self.world.actor("mei", Permission.FAMILY_EDIT, at=at)

    def _at(self, ago: int) -> datetime:
        """Return a moment of a working morning so many days ago, and never one that is still to come."""
        day = timezone.localdate(self.now) - ago * DAY
        clock = time(9 + self.random.randrange(3), self.random.randrange(60))
        return min(timezone.make_aware(datetime.combine(day, clock)), self.now - timedelta(hours=1))

    def _giver(self, n: int, at: datetime) -> Giver:
        died = timezone.localdate(at) - DAY
        age = self.random.randrange(24, 79)
        gave = OneWhoGave(
            name=self._name(),
            gifts=GIFTS[n % len(GIFTS)],
            died_on=died,
            gave_on=died,
            born_on=died - timedelta(days=365 * age + self.random.randrange(365)),
            sex=self.random.choice("FM"),
        )
        return actions.enter_giver(gave, branch=self._branch(n), by=self._by(at), at=at)

    def _household(self, n: int, giver: Giver, ago: int) -> Family:
        at = self._at(max(ago - 1, 0))
        by = self._by(at)
        family = actions.open_family(
            giver,
            branch=giver.branch,
            officer=self.mei if n % NO_OFFICER else None,
            address=self._address(giver.branch),
            by=by,
            at=at,
        )
        members = [self._member(family, giver, kin, at) for kin in self._kin(n)]
        if n < HOUSEHOLDS - NOT_ASKED:
            self._visit(n, family, members, self._at(max(ago - 4, 0)))
        self._afterwards(n, family, members)
        return family

    def _member(self, family: Family, giver: Giver, kin: str, at: datetime) -> Member:
        n = self.random.randrange(10**8)
        young = kin == "CHILD"
        surname = self.random.choice(SURNAMES)
        relative = Relative(
            name=surname + (self.random.choice(YOUNG) if young else self._given()),
            kin=kin,
            phone=f"+861{self.random.choice([35, 36, 37, 58, 87])}{n:08}",
            email=f"family{n}@example.org" if young or not n % 3 else "",
            born_on=self._parent_born(giver) if kin == "PARENT" else None,
            language=self.random.choice(["zh-hans"] * 12 + ["zh-hant", "en"]),
        )
        return actions.add_member(family, relative, by=self._by(at), at=at)

    def _visit(self, n: int, family: Family, members: list[Member], at: datetime) -> None:
        """Let the family tick its sheet, and one or two of them say how they may be reached."""
        by = self._by(at)
        tradition, rites = TRADITIONS[self.random.choice([0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7])]
        lunar = "LUNAR" if self.random.random() < 0.5 else "SOLAR"  # noqa: PLR2004 half of them
        wishes = Wishes(
            rites={key: lunar if key == "anniversary" else "SOLAR" for key in rites},
            silent_days=[Day(5, 20, "SOLAR")] if not n % SILENT else [],
            events=bool(n % NO_EVENTS),
            birthdays=not n % ASKS_BIRTHDAY,
            birthdays_calendar=lunar,
            own_rites=[Own(Day(9, 1, "LUNAR"), "一家人去江边走一走")] if tradition == "OWN" else [],
            tradition=tradition,
            own_way="每年生日那天一家人吃碗长寿面，别的不要。" if tradition == "OWN" else "",
        )
        actions.record_rites(family, wishes, on=timezone.localdate(at), by=by, at=at)
        for member in members[: 1 + n % 2]:  # the others are still to be asked
            self._reach(n, member, at)

    def _reach(self, n: int, member: Member, at: datetime) -> None:
        """Record how somebody may be reached; a colleague finds the witnessed word in order."""
        ways = ["contact_phone", "contact_post", "contact_sms", *(["contact_visit"] if n % 2 else [])]
        ways += ["contact_email"] if member.email is not None else []
        on_paper = n % WITNESSED == 0
        kind = EvidenceKind.PAPER if on_paper else EvidenceKind.WITNESSED_WORD
        evidence = NewEvidence(kind, witness="" if on_paper else "社区工作者 方敏")
        recorded = actions.record_reach(
            member, ways, evidence=evidence, language=member.subject.language, by=self._by(at), at=at
        )
        if not on_paper:
            later = min(at + DAY, self.now)
            zhou = self.world.actor("zhou", Permission.CONSENT_VERIFY, at=later)
            consents.verify(recorded, by=zhou, at=later)

    def _afterwards(self, n: int, family: Family, members: list[Member]) -> None:
        at = self._at(3)
        by = self._by(at)
        if n == STOPPED:
            actions.no_more(members[0], whole_plan=True, words="谢谢你们，但请不要再联系了。", by=by, at=at)
        if n == WANTS_NO_MORE:
            actions.no_more(members[-1], whole_plan=False, words="我不想再收到信了。", by=by, at=at)
        if n == DIED_SINCE:
            actions.report_dead(members[-1], by=by, at=at)
        if n and not n % COMPLAINED:
            said = "信到的时候，邻居都看见了，问我们家里出了什么事。"
            complaint = actions.complain(family, words=said, member=members[0], by=by, at=self._at(9))
            if n == COMPLAINED:
                done = "换成没有字样的信封，并当面道歉。"
                actions.settle_complaint(complaint, done=done, by=by, at=at)

    def _kin(self, n: int) -> Sequence[str]:
        if n and not n % SECOND_HOUSEHOLD:
            return ["PARENT", "PARENT"]
        return KIN[n % len(KIN)]

    def _branch(self, n: int) -> Branch:
        return self.branches[n % len(self.branches)]

    def _name(self) -> str:
        return self.random.choice(SURNAMES) + self._given()

    def _given(self) -> str:
        return self.random.choice(OLDER) + self.random.choice(SECOND)

    def _address(self, branch: Branch) -> str:
        place, house = self.random.choice(PLACES), self.random.randrange(1, 200)
        return f"浙江省{branch.name.removesuffix('红十字会')}{place}{house}号"

    def _parent_born(self, giver: Giver) -> date:
        born = giver.born_on or giver.died_on
        return born - timedelta(days=365 * self.random.randrange(21, 30))
