"""The words of outgoing sheets: headers and codes in Chinese, whatever language the reader speaks.

They are those of the lists that come in, so that a sheet which went out can come in again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from registry.donors.documents import DocumentKind
from registry.donors.models import NationalState, Relation, Sex
from registry.donors.states import DonorState


class Header(StrEnum):
    """The columns of an outgoing sheet, in the order in which they stand."""

    GRID = "志愿者编号"
    NAME = "姓名"
    SEX = "性别"
    ETHNIC_GROUP = "民族"
    DOCUMENT_KIND = "证件类型"
    DOCUMENT_NUMBER = "证件号码"
    BORN_ON = "出生日期"
    PHONE = "手机号码"
    EMAIL = "电子邮箱"
    CONTACT_1_NAME = "联系人1姓名"
    CONTACT_1_RELATION = "联系人1关系"
    CONTACT_1_PHONE = "联系人1电话"
    CONTACT_2_NAME = "联系人2姓名"
    CONTACT_2_RELATION = "联系人2关系"
    CONTACT_2_PHONE = "联系人2电话"
    EDUCATION = "学历"
    WORKPLACE = "单位或学校"
    ADDRESS = "通讯地址"
    BLOOD_GROUP = "血型"
    WEIGHT = "体重(kg)"
    REGISTERED_ON = "登记日期"
    BARCODE = "采样编号"
    NOTE = "备注"
    STATE = "状态"
    NATIONAL_STATE = "国家库状态"
    NATIONAL_NO = "国家库编号"
    LISTED_ON = "入库日期"
    TYPING = "分型"
    VERIFIED_ON = "联系核实日期"
    GRADUATES_ON = "毕业日期"
    SERVICE_BRANCH = "服务机构"
    OWNER_BRANCH = "归属机构"


# The columns of the paper lists and, after them, those of a registry that a branch already has.
FULL: Final = (
    Header.NAME,
    Header.SEX,
    Header.ETHNIC_GROUP,
    Header.DOCUMENT_KIND,
    Header.DOCUMENT_NUMBER,
    Header.BORN_ON,
    Header.PHONE,
    Header.CONTACT_1_NAME,
    Header.CONTACT_1_RELATION,
    Header.CONTACT_1_PHONE,
    Header.CONTACT_2_NAME,
    Header.CONTACT_2_RELATION,
    Header.CONTACT_2_PHONE,
    Header.EDUCATION,
    Header.WORKPLACE,
    Header.ADDRESS,
    Header.BLOOD_GROUP,
    Header.WEIGHT,
    Header.REGISTERED_ON,
    Header.BARCODE,
    Header.NOTE,
    Header.STATE,
    Header.NATIONAL_NO,
    Header.LISTED_ON,
    Header.TYPING,
    Header.VERIFIED_ON,
)

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
