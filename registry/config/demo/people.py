"""Invented people: names, documents and numbers that are well formed and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from stdnum.iso7064 import mod_11_2

from registry.donors.records import ContactPerson, Person

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞建国文辉力云燕玲红梅鑫浩宇"
    "轩子涵梓萱欣怡思雨佳琪雅婷晨曦嘉豪俊熙博文天佑若楠语嫣清扬"
)
COMPOUND = ["欧阳", "司马", "上官", "诸葛", "令狐"]
OTHERS = ["阿依古丽·买买提", "迪丽努尔·吾买尔", "次仁卓玛", "扎西顿珠", "𠮷田健", "䶮梓晨"]
SCHOOLS = ["示例师范大学", "示例职业技术学院", "示例医学院"]
WORKPLACES = ["示例纺织公司", "示例港务公司", "示例区医院", "示例中学", "自由职业", "示例物流公司"]
RELATIONS = ["PARENT", "SPOUSE", "SIBLING", "FRIEND"]
STANCES = ["SUPPORTS", "SUPPORTS", "SUPPORTS", "NOT_ASKED", "UNSURE"]
RARE, COMPOUNDS, MAY_KNOW = 0.01, 0.03, 0.7  # shares of all
YOUNG, STUDENTS_OF_THE_YOUNG = 24, 0.72  # 45 % of a big city's volunteers enrol as students; domain.md 2


@dataclass(frozen=True, slots=True)
class Invented:
    """A volunteer and the two people who know where they are."""

    person: Person
    contacts: tuple[ContactPerson, ContactPerson]


class Crowd:
    """Invents people one after the other, the same ones every time, none twice."""

    def __init__(self, *, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - inventing, not hiding
        self._count = 0

    def next(self, *, area: str, registered_on: date, age: int | None = None) -> Invented:
        """
        Invent one volunteer.

        :param area: the six digits of the county that issued the card.
        :param age: in years on the day of registration; by default 18 to 45.
        """
        random = self._random
        self._count += 1
        age = age if age is not None else min(45, max(18, round(random.gauss(24, 6))))
        born_on = registered_on - timedelta(days=365 * age + age // 4 + random.randrange(2, 360))
        sex = random.choice("FM")
        student = age < YOUNG and random.random() < STUDENTS_OF_THE_YOUNG
        phone = self._phone()
        person = Person(
            name=self.name(),
            document_kind="RESIDENT_ID",
            document_number=self._document(area, born_on, sex),
            sex=sex,
            born_on=born_on,
            phone=phone,
            address=f"浙江省示例路{random.randrange(1, 800)}号",
            blood_group=random.choice(["A", "B", "O", "AB"]),
            weight_kg=Decimal(random.randrange(48, 75) if sex == "F" else random.randrange(55, 95)),
            workplace=random.choice(SCHOOLS if student else WORKPLACES),
            graduates_on=date(registered_on.year + random.randrange(1, 4), 6, 30) if student else None,
        )
        return Invented(person, (self._contact(), self._contact()))

    def name(self) -> str:
        """Return an invented name; a few are long, compound, or outside the common characters."""
        roll = self._random.random()
        if roll < RARE:
            return self._random.choice(OTHERS)
        surname = self._random.choice(COMPOUND) if roll < COMPOUNDS else self._random.choice(SURNAMES)
        return surname + "".join(self._random.sample(GIVEN, self._random.choice([1, 2, 2])))

    def _contact(self) -> ContactPerson:
        return ContactPerson(
            name=self.name(),
            phone=self._phone(),
            relation=self._random.choice(RELATIONS),
            may_know=self._random.random() < MAY_KNOW,
            stance=self._random.choice(STANCES),
        )

    def _phone(self) -> str:
        return f"+861{self._random.choice([38, 39, 58, 59, 77, 88])}{self._random.randrange(10**8):08}"

    def _document(self, area: str, born_on: date, sex: str) -> str:
        order = (self._count * 2) % 1000
        order = order if sex == "F" else (order + 1) % 1000
        body = f"{area}{born_on:%Y%m%d}{order:03}"
        return body + mod_11_2.calc_check_digit(body)
