"""An invented family, volunteer and drive: what previews are filled with. None of them exists."""

from __future__ import annotations

from typing import Final

_VALUES: Final[dict[str, str | tuple[str, str, str]]] = {  # one for all, or zh-hans, zh-hant, en
    "name": ("李秀英", "李秀英", "Li Xiuying"),
    "giver_name": ("王建国", "王建國", "Wang Jianguo"),
    "officer_name": ("陈梅", "陳梅", "Chen Mei"),
    "branch_name": ("清溪县红十字会", "清溪縣紅十字會", "Qingxi County Red Cross"),
    "branch_phone": "0571-8800 0000",
    "today": "2027-03-29",
    "on_date": "2027-04-05",
    "ends_on": "2027-05-12",
    "helped_count": "3",
    "event_name": ("清明追思会", "清明追思會", "Qingming memorial"),
    "event_date": "2027-04-04",
    "event_time": "09:30",
    "event_place": ("清溪生命纪念园", "清溪生命紀念園", "Qingxi Memorial Garden"),
    "drive_name": ("清溪大学采集日", "清溪大學採集日", "Day at Qingxi University"),
    "drive_date": "2027-04-10",
    "drive_time": "10:20",
    "drive_place": (
        "清溪大学体育馆一楼",
        "清溪大學體育館一樓",
        "Qingxi University, sports hall",
    ),
    "alarm_words": (
        "一次停止没有全部完成",
        "一次停止沒有全部完成",
        "A stop was not carried out wholly",
    ),
    "alarm_at": "02:14",
    "alarm_minutes": "10",
}
_ORDER: Final = ("zh-hans", "zh-hant", "en")
_LINK: Final = "https://relay.example/s/7Qm4nB2xK9"


def value(name: str, language: str) -> str:
    """Return what stands for a field in a language."""
    found = _VALUES.get(name, _LINK if name.startswith("link_") else "")
    if isinstance(found, str):
        return found
    return found[_ORDER.index(language) if language in _ORDER else 0]
