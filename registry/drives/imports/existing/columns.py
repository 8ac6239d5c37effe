"""The columns of the records a branch kept before, and the words in which these name a state. Pure."""

from __future__ import annotations

import re
from typing import Final

from foundation.vault import normal
from registry.donors.columns import OF_THE_RECORDS, Column, in_one_script
from registry.donors.states import WMDA_STATUS, DonorState
from registry.drives.sheets.layout import OTHER_NAMES, Headers

REQUIRED: Final = (Column.NAME, Column.DOCUMENT_NUMBER, Column.STATE)
_OTHER_NAMES: Final = {
    **OTHER_NAMES,
    "志愿者状态": Column.STATE,
    "捐献者状态": Column.STATE,
    "库状态": Column.STATE,
    "国家编号": Column.NATIONAL_NO,
    "中华骨髓库编号": Column.NATIONAL_NO,
    "CMDP编号": Column.NATIONAL_NO,
    "入库时间": Column.LISTED_ON,
    "HLA分型": Column.TYPING,
    "分型结果": Column.TYPING,
    "核实日期": Column.VERIFIED_ON,
    "最近联系日期": Column.VERIFIED_ON,
}
HEADERS: Final = Headers.of(OF_THE_RECORDS, required=REQUIRED, others=_OTHER_NAMES)

_WORDS: Final = {
    DonorState.REGISTERED: "已登记",
    DonorState.SAMPLED: "已采样 采样",
    DonorState.TYPING: "分型中 已送检 送检",
    DonorState.TYPED: "已分型待入库 已分型 待入库",
    DonorState.LISTED: "在库可用 在库 可用 已入库",
    DonorState.ON_HOLD: "暂缓 暂缓捐献 暂停 暂时不可用",
    DonorState.LOST: "失联 失访 联系不上 无法联系",
    DonorState.IN_CASE: "配型占用 配型中 配型成功",
    DonorState.DONATED: "已捐献随访 已捐献",
    DonorState.WITHDRAWN: "退出 自愿退出 已退出",
    DonorState.EXCLUDED: "医学永久排除 医学排除 永久排除 排除 体检不合格",
    DonorState.AGED_OUT: "超龄退库 超龄",
    DonorState.DECEASED: "身故 死亡 已故 去世",
    DonorState.TRANSFERRED: "转出本库 转出 已转出",
}
_STATES: Final = (
    {word: state for state, words in _WORDS.items() for word in words.split()}
    | {state.value: state for state in DonorState}
    | {code: state for state, code in WMDA_STATUS.items()}
    | {code.replace("/", ""): state for state, code in WMDA_STATUS.items()}
)
_BESIDE: Final = re.compile(r"[((\[【].*$")


def state_of(text: str) -> DonorState | None:
    """Return the state that a word, our own code or a WMDA code names; None where it names none."""
    plain = in_one_script(normal.text(text)).replace(" ", "").upper()
    return _STATES.get(plain) or _STATES.get(_BESIDE.sub("", plain))
