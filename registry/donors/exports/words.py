"""The words of outgoing sheets: codes in Chinese, whatever language the reader speaks.

They are those of the lists that come in, so that a sheet which went out can come in again.
"""

from __future__ import annotations

from typing import Final

from registry.donors.documents import DocumentKind
from registry.donors.models import NationalState, Relation, Sex
from registry.donors.states import DonorState

SEXES: Final = {Sex.MALE: "男", Sex.FEMALE: "女"}
STATES: Final = {
    DonorState.REGISTERED: "已登记",
    DonorState.SAMPLED: "已采样",
    DonorState.TYPING: "分型中",
    DonorState.TYPED: "已分型待入库",
    DonorState.LISTED: "在库可用",
    DonorState.ON_HOLD: "暂缓",
    DonorState.LOST: "失联",
    DonorState.IN_CASE: "配型占用",
    DonorState.DONATED: "已捐献随访",
    DonorState.WITHDRAWN: "退出",
    DonorState.EXCLUDED: "医学永久排除",
    DonorState.AGED_OUT: "超龄退库",
    DonorState.DECEASED: "身故",
    DonorState.TRANSFERRED: "转出本库",
}
NATIONAL_STATES: Final = {
    NationalState.NONE: "未报送",
    NationalState.SENT: "已报送",
    NationalState.ACCEPTED: "已入国家库",
    NationalState.LEFT: "已退出国家库",
}
DOCUMENT_KINDS: Final = {
    DocumentKind.RESIDENT_ID: "居民身份证",
    DocumentKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentKind.HOME_RETURN: "港澳居民来往内地通行证",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    DocumentKind.FOREIGN_RESIDENT: "外国人永久居留身份证",
    DocumentKind.PASSPORT: "护照",
    DocumentKind.OFFICER: "军官证",
}
RELATIONS: Final = {
    Relation.SPOUSE: "配偶",
    Relation.PARENT: "父母",
    Relation.CHILD: "子女",
    Relation.SIBLING: "兄弟姐妹",
    Relation.RELATIVE: "亲戚",
    Relation.FRIEND: "朋友",
    Relation.CLASSMATE: "同学",
    Relation.COLLEAGUE: "同事",
    Relation.OTHER: "其他",
}
