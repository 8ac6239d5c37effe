"""Paper lists with faults in any place, and what must be said of them: an oracle that knows no code of ours.

Every list is made from a number, so that one that was judged wrongly can be made again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

HEADERS: Final = [
    "姓名", "性别", "民族", "证件类型", "证件号码", "出生日期", "手机号码",
    "联系人1姓名", "联系人1关系", "联系人1电话", "联系人2姓名", "联系人2关系", "联系人2电话",
    "学历", "单位或学校", "通讯地址", "血型", "体重(kg)", "登记日期", "采样编号", "备注",
]  # fmt: skip
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_WIDE: Final = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_NAMES: Final = (
    "王丽华",
    "欧阳建国",
    "古丽娜孜·阿不都热合曼",
    "𠮷田",
    "䶮铭",
    " 李 四 ",
    "Tashi Dolma",
    "扎西\u3000",
)
Line = dict[str, Any]
Fault = Callable[["Making", Line], None]


@dataclass
class Paper:
    """A list, and the code expected of every row that cannot be taken, by its number in the sheet."""

    cells: list[list[Any]]
    rows: int
    expected: dict[int, str]


@dataclass
class Making:
    """One list in the making. ``whole`` are the rows that are to be taken, so far."""

    rng: random.Random
    typed: bool  # cells may hold numbers and dates, as in a workbook
    on: date = date(2025, 4, 2)
    number: int = 0
    whole: list[Line] = field(default_factory=list)

    def line(self) -> Line:
        """Return somebody who can be taken, written tidily."""
        self.number += 1
        rng, man = self.rng, self.rng.random() < 0.5
        born = _years_before(self.on, rng.randint(18, 44)) - timedelta(days=rng.randint(0, 300))
        return {
            "姓名": rng.choice("赵钱孙李周吴郑王") + rng.choice("明芳伟娜磊静") + rng.choice("华军丽涛"),
            "性别": "男" if man else "女",
            "民族": rng.choice(["汉族", "回族", "维吾尔族"]),
            "证件类型": "居民身份证",
            "证件号码": self.document(born, man=man),
            "出生日期": born.isoformat(),
            "手机号码": f"138{self.number:08d}",
            "联系人1姓名": "张建国",
            "联系人1关系": "父亲",
            "联系人1电话": f"139{self.number:08d}",
            "联系人2姓名": "刘梅",
            "联系人2关系": "朋友",
            "联系人2电话": f"137{self.number:08d}",
            "学历": "本科",
            "单位或学校": "绍兴文理学院",
            "通讯地址": "浙江省绍兴市越城区示例路1号",
            "血型": rng.choice(["A", "B", "O", "AB", "不详"]),
            "体重(kg)": str(rng.randint(50 if man else 45, 90)),
            "登记日期": self.on.isoformat(),
            "采样编号": f"ZJ{self.on:%y%m%d}{self.number:05d}",
            "备注": None,
        }

    def document(self, born: date, *, man: bool, place: str = "330602") -> str:
        """Return a valid number nobody else on the list has."""
        return numbered(f"{place}{born:%Y%m%d}{self.number * 2 % 1000 // 2 * 2 + man:03d}")


def numbered(stem: str) -> str:
    """Return 17 digits with their check digit. Source: GB 11643-1999."""
    rest = sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True)) % 11
    return stem + "10X98765432"[rest]


def make(seed: int, *, size: int = 40, typed: bool = False, titles: int = 1) -> Paper:
    """Make a list: about every third row has a fault, about every second is untidy."""
    rng = random.Random(seed)  # noqa: S311 nothing secret
    making = Making(rng, typed)
    above = [["造血干细胞捐献志愿者登记表（2025-04-02）"], ["主办：某县红十字会"], []][:titles]
    paper = Paper([*above, list(HEADERS)], 0, {})
    for _ in range(size):
        _furnish(paper, making)
        line, code = making.line(), ""
        if rng.random() < 0.35:
            code = rng.choice([one for one in FAULTS if making.whole or one not in NEED_ANOTHER])
            rng.choice(FAULTS[code])(making, line)
            code = {"twisted": "birth_date_contradicts_id"}.get(code, code)
        if rng.random() < 0.5:
            _make_untidy(making, line, code)
        paper.rows += 1
        paper.cells.append([line[header] for header in HEADERS])
        if code:
            paper.expected[len(paper.cells)] = code
        else:
            making.whole.append(line)
    _end(paper, making)
    return paper


def _furnish(paper: Paper, making: Making) -> None:
    """Put in what belongs to the print: an empty row, the header of the next page."""
    chance = making.rng.random()
    if chance < 0.05:
        paper.cells.append(making.rng.choice([[], [None] * 21, ["", " ", "\u3000"]]))
    elif chance < 0.07:
        paper.cells.append(list(HEADERS))


def _end(paper: Paper, making: Making) -> None:
    if making.rng.random() < 0.3:
        paper.cells += making.rng.choice(
            [[["合计", "40人"]], [[], ["填表人：王芳    审核人：李强"]], [["共40人"], ["备注：周三送检"]]]
        )


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


# --- faults, each of which is reported with one code


def _set(**values: Any) -> Fault:
    def fault(_making: Making, line: Line) -> None:
        line.update({_HEADER[name]: value for name, value in values.items()})

    return fault


_HEADER: Final = {
    "name": "姓名", "kind": "证件类型", "number": "证件号码", "phone": "手机号码", "tube": "采样编号",
    "name1": "联系人1姓名", "phone1": "联系人1电话", "relation1": "联系人1关系",
    "name2": "联系人2姓名", "phone2": "联系人2电话", "weight": "体重(kg)", "on": "登记日期",
}  # fmt: skip


def _wrong_check_digit(making: Making, line: Line) -> None:
    number = line["证件号码"]
    line["证件号码"] = number[:17] + making.rng.choice([c for c in "0123456789X" if c != number[17]])


def _one_digit_less(_making: Making, line: Line) -> None:
    line["证件号码"] = line["证件号码"][:-1]


def _old_number(_making: Making, line: Line) -> None:
    line["证件号码"] = line["证件号码"][:6] + line["证件号码"][8:17]


def _no_such_day(making: Making, line: Line) -> None:
    line["证件号码"] = numbered(making.rng.choice(["33060219981317011", "33060219990230012"]))
    line["出生日期"] = "1998-01-17"


def _no_such_place(making: Making, line: Line) -> None:
    number = line["证件号码"]
    line["证件号码"] = numbered("99" + number[2:17])


def _rounded(making: Making, line: Line) -> None:
    number = line["证件号码"]
    forms: list[Any] = [f"{number[0]}.{number[1:12]}E+17", f"{number[0]}.{number[1:6]}E+17"]
    if making.typed:
        forms.append(float(number[:15] + "000"))
    if numbered(number[:15] + "00")[-1] != "0":
        forms.append(number[:15] + "000")
    line["证件号码"] = making.rng.choice(forms)


def _too_old_or_young(making: Making, line: Line) -> None:
    days = making.rng.choice(
        [
            _years_before(making.on, 46),
            _years_before(making.on, 46) - timedelta(days=making.rng.randint(1, 9000)),
            _years_before(making.on, 18) + timedelta(days=1),
            _years_before(making.on, 18) + timedelta(days=making.rng.randint(1, 3000)),
        ]
    )
    line["证件号码"] = making.document(days, man=line["性别"] == "男", place="330106")
    line["出生日期"] = days.isoformat()


def _other_sex(making: Making, line: Line) -> None:
    line["性别"] = "女" if line["性别"] == "男" else "男"
    if making.rng.random() < 0.3:
        line["体重(kg)"] = "47"


def _other_birth_date(making: Making, line: Line) -> None:
    born = date.fromisoformat(line["出生日期"])
    line["出生日期"] = (born + timedelta(days=making.rng.choice([-9000, -365, -1, 1, 400]))).isoformat()


def _number_of_another(making: Making, line: Line) -> None:
    """Copy the number alone: then birth date or sex are not those of the document."""
    other = making.rng.choice(making.whole)
    line["证件号码"], line["性别"] = str(other["证件号码"]), other["性别"]
    line["出生日期"] = "1990-01-01" if "1990" not in str(other["证件号码"]) else "1991-01-01"


def _twisted(making: Making, line: Line) -> None:
    """Let a second thing be wrong beside the birth date: that alone is reported."""
    _other_birth_date(making, line)
    rng = making.rng
    rng.choice([_set(name=" "), _set(phone="1"), _set(name2=None, phone2=None), _set(weight="30")])(
        making, line
    )


def _not_quite_heavy(making: Making, line: Line) -> None:
    light = {"男": ["49", "49.9", "48公斤", "99斤"], "女": ["44", "44.9", "44kg", "89斤"]}[line["性别"]]
    line["体重(kg)"] = making.rng.choice(light)


def _own_number(which: str) -> Fault:
    def fault(making: Making, line: Line) -> None:
        line[f"联系人{which}电话"] = making.rng.choice(["", "+86 ", "0086"]) + line["手机号码"]

    return fault


def _same_document(making: Making, line: Line) -> None:
    other = making.rng.choice(making.whole)
    for header in ("证件号码", "性别", "出生日期", "体重(kg)"):
        line[header] = other[header]


def _same_tube(making: Making, line: Line) -> None:
    line["采样编号"] = making.rng.choice(making.whole)["采样编号"]


FAULTS: Final[dict[str, list[Fault]]] = {
    "id_checksum": [
        _wrong_check_digit, _one_digit_less, _old_number, _no_such_day, _no_such_place,
        _set(number=""), _set(number="无"), _set(kind="会员卡"), _set(kind="护照", number="三"),
    ],
    "id_lost_digits": [_rounded],
    "age_out_of_range": [_too_old_or_young],
    "sex_contradicts_id": [_other_sex],
    "birth_date_contradicts_id": [_other_birth_date, _other_birth_date],
    "twisted": [_twisted, _number_of_another],
    "name_missing": [_set(name=None), _set(name="  "), _set(name="\u3000"), _set(name="…")],
    "phone_invalid": [
        _set(phone="138281477"), _set(phone=None), _set(phone="0571-88888888"), _set(phone="12345678901"),
        _set(phone="138000000001"), _set(phone1="1395"), _set(phone2="不知道"),
    ],
    "contact_missing": [
        _set(name2=None, phone2=None), _set(name1=None, phone1=None), _set(name1=""), _set(phone2=" "),
        _set(name2="无", phone2="无"), _set(name1="/", phone1="/"),
    ],
    "contact_is_self": [_own_number("1"), _own_number("2"), _set(relation1="本人")],
    "weight_too_low": [_not_quite_heavy, _set(weight=None), _set(weight="偏瘦"), _set(weight="560")],
    "date_unreadable": [
        _set(on="去年三月"), _set(on=None), _set(on="2025-13-02"), _set(on="2025-02-30"),
        _set(on="02/04/2025"), _set(on="昨天"), _set(on="2199-01-01"), _set(on="20250431"),
    ],
    "duplicate_in_file": [_same_document],
    "barcode_duplicate": [_same_tube],
}  # fmt: skip
NEED_ANOTHER: Final = {"duplicate_in_file", "barcode_duplicate", "twisted"}


# --- what is untidy and can be read all the same


def _make_untidy(making: Making, line: Line, code: str) -> None:
    for header, ways in _UNTIDY.items():
        value = line[header]
        if isinstance(value, str) and value.strip() and making.rng.random() < 0.3:
            line[header] = making.rng.choice(ways)(making, value)
    if code != "name_missing" and making.rng.random() < 0.3:
        line["姓名"] = making.rng.choice(_NAMES)
    if making.rng.random() < 0.2:
        line["备注"] = making.rng.choice(['=HYPERLINK("x","y")', "@SUM(1)", "-1", "龍\n二行", "'引"])


def _spaced(_making: Making, text: str) -> str:
    return f" {text[:6]} {text[6:]}\u3000"


def _wide(_making: Making, text: str) -> str:
    return text.translate(_WIDE)


def _small(_making: Making, text: str) -> str:
    return text.lower()


def _of_china(making: Making, text: str) -> str:
    return making.rng.choice(["+86", "+86 ", "0086", "86"]) + text if text.startswith("13") else text


def _as_number(making: Making, text: str) -> Any:
    return float(text) if making.typed and text.isdecimal() and text.isascii() and len(text) < 15 else text


def _as_day(how: str) -> Callable[[Making, str], Any]:
    def write(making: Making, text: str) -> Any:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return text
        if how == "cell":
            return day if making.typed else text
        return how.format(day.year, day.month, day.day)

    return write


_DAYS: Final = [
    _as_day(how)
    for how in (
        "{}年{}月{}日",
        "{}/{}/{}",
        "{}.{:02}.{:02}",
        "{}{:02}{:02}",
        "{}-{}-{}",
        " {}年{:02}月{:02}日 ",
        "cell",
    )
]
_UNTIDY: Final[dict[str, list[Callable[[Making, str], Any]]]] = {
    "证件号码": [_spaced, _wide, _small],
    "手机号码": [_wide, _of_china, _as_number],
    "联系人1电话": [_wide, _of_china, _as_number],
    "联系人2电话": [_wide, _of_china, _as_number],
    "出生日期": _DAYS,
    "登记日期": _DAYS,
    "采样编号": [_small, _wide],
    "体重(kg)": [_wide, _as_number, lambda _making, text: text if not text.isdecimal() else f"{text}公斤"],
    "性别": [lambda _making, text: f" {text} "],
    "血型": [lambda _making, text: f"{text}型", _small],
}
