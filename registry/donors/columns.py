"""The columns of sheets that come in or go out, by the header the branches print; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils import translation

_TRADITIONAL: Final = "zh-hant"


class Column(StrEnum):
    """One column, in the order in which they stand where all of them do."""

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

    @property
    def label(self) -> str:
        """The header as the reader writes Chinese; who reads another language finds that of the mainland."""
        return _IN_TRADITIONAL[self] if translation.get_language() == _TRADITIONAL else str(self)


_IN_TRADITIONAL: Final = {
    Column.GRID: "志願者編號",
    Column.NAME: "姓名",
    Column.SEX: "性別",
    Column.ETHNIC_GROUP: "民族",
    Column.DOCUMENT_KIND: "證件類型",
    Column.DOCUMENT_NUMBER: "證件號碼",
    Column.BORN_ON: "出生日期",
    Column.PHONE: "手機號碼",
    Column.EMAIL: "電子郵箱",
    Column.CONTACT_1_NAME: "聯絡人1姓名",
    Column.CONTACT_1_RELATION: "聯絡人1關係",
    Column.CONTACT_1_PHONE: "聯絡人1電話",
    Column.CONTACT_2_NAME: "聯絡人2姓名",
    Column.CONTACT_2_RELATION: "聯絡人2關係",
    Column.CONTACT_2_PHONE: "聯絡人2電話",
    Column.EDUCATION: "學歷",
    Column.WORKPLACE: "單位或學校",
    Column.ADDRESS: "通訊地址",
    Column.BLOOD_GROUP: "血型",
    Column.WEIGHT: "體重(kg)",
    Column.REGISTERED_ON: "登記日期",
    Column.BARCODE: "採樣編號",
    Column.NOTE: "備註",
    Column.STATE: "狀態",
    Column.NATIONAL_STATE: "國家庫狀態",
    Column.NATIONAL_NO: "國家庫編號",
    Column.LISTED_ON: "入庫日期",
    Column.TYPING: "分型",
    Column.VERIFIED_ON: "聯絡核實日期",
    Column.GRADUATES_ON: "畢業日期",
    Column.SERVICE_BRANCH: "服務機構",
    Column.OWNER_BRANCH: "歸屬機構",
}

# Those of the paper list of a drive, and those the records of a branch have besides.
OF_A_LIST: Final = (
    Column.NAME,
    Column.SEX,
    Column.ETHNIC_GROUP,
    Column.DOCUMENT_KIND,
    Column.DOCUMENT_NUMBER,
    Column.BORN_ON,
    Column.PHONE,
    Column.CONTACT_1_NAME,
    Column.CONTACT_1_RELATION,
    Column.CONTACT_1_PHONE,
    Column.CONTACT_2_NAME,
    Column.CONTACT_2_RELATION,
    Column.CONTACT_2_PHONE,
    Column.EDUCATION,
    Column.WORKPLACE,
    Column.ADDRESS,
    Column.BLOOD_GROUP,
    Column.WEIGHT,
    Column.REGISTERED_ON,
    Column.BARCODE,
    Column.NOTE,
)
OF_THE_RECORDS: Final = (
    *OF_A_LIST,
    Column.STATE,
    Column.NATIONAL_NO,
    Column.LISTED_ON,
    Column.TYPING,
    Column.VERIFIED_ON,
)

# Characters of headers and of the words below them, as Hong Kong, Macau and Taiwan write them; 联络 and
# 联系 are one word in two places.
_ONE_SCRIPT: Final = str.maketrans(
    "願編號別證類碼機聯絡络繫係關電話郵學歷單訊體記採樣備註狀態國庫實畢業務構歸屬軍陸灣門臺護轉貫齡簽條標試檢間時暫緩佔隨訪獻醫現與樓親媽鄰領導愛兒爺孫侶姊嶽來內種稱達",
    "愿编号别证类码机联系系系系关电话邮学历单讯体记采样备注状态国库实毕业务构归属军陆湾门台护转贯龄签条标试检间时暂缓占随访献医现与楼亲妈邻领导爱儿爷孙侣姐岳来内种称达",
)


def in_one_script(words: str) -> str:
    """Return the few words that sheets are made of in the script of the mainland; never a name."""
    return words.translate(_ONE_SCRIPT)
