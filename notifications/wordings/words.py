"""Words and patterns that the checks of wordings look for, in Chinese of both scripts and in English.

They stop what must never reach a person; they do not make a text good. A person reads it before
it is approved. Source: domain.md section 7, messaging.md "Plans"
"""

from __future__ import annotations

import re
from typing import Final


def _any_of(chinese: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"{chinese}|\b(?:{english})\b", re.IGNORECASE)


# Never to the bereaved: nothing here is a feast, and nobody is to be cheered up.
JOYFUL: Final = _any_of(
    "快乐|快樂|恭喜|恭贺|恭賀|庆祝|慶祝|欢庆|歡慶|祝贺|祝賀|喜庆|喜慶|喜悦|喜悅|喜讯|喜訊|开心|開心|高兴|高興"
    "|愉快|佳节|佳節|吉祥|吉利|大吉|万事如意|萬事如意|恭祝|幸运|幸運|好消息|哈哈|干杯|乾杯|福运|福運|发财|發財",
    r"happ(?:y|ily|iness|ier)|congratulat\w*|celebrat\w*|cheer\w*|festiv\w*|joy\w*|luck\w*|merry"
    r"|good news|great news|exciting|excited|delight\w*",
)
# What is only to be thought over, since the first three years have passed. Source: domain.md section 7
LATER: Final = frozenset({"family.spring_festival_later"})
# 春节 without red; 红十字 is a name. Source: domain.md section 7
RED: Final = _any_of("[红紅](?!十字)", r"red(?!\s+(?:cross|crescent))")
BLUNT: Final = _any_of("尸体|屍體|遗骸|遺骸|死者|死亡", r"corpses?|cadavers?|dead|remains|the deceased")
# Source: domain.md section 7, "No survey, appeal or fundraising before 百日"
APPEAL: Final = _any_of(
    "募捐|捐款|善款|爱心款|愛心款|问卷|問卷|调查|調查|满意度|滿意度|转发|轉發|宣传|宣傳",
    r"fundrais\w*|survey|questionnaire|please give|make a gift|support our work|share this",
)
# A screen that others see says nothing of donation: not everybody at home may know. Source: domain.md 2
DONATION: Final = _any_of(
    "捐|骨髓|干细胞|幹細胞|器官|遗体|遺體|角膜|移植|配型|供者|采样|採樣|入库|入庫",
    r"donat\w*|donors?|stem[ -]?cells?|marrow|organs?|cornea\w*|transplant\w*|match(?:ed|ing)?|giver|sample",
)
MEDICAL: Final = _any_of(
    "诊断|診斷|病情|病历|病歷|死因|脑死亡|腦死亡|化验|化驗|血型|分型|手术|手術|并发症|併發症|白血病|癌|肿瘤|腫瘤"
    "|感染|乙肝|艾滋|愛滋|血常规|血常規|抢救|搶救|摘取|器官获取|器官獲取",
    r"diagnos\w*|cause of death|brain death|blood counts?|blood (?:type|group)|surger\w*|surgical\w*"
    r"|complications?|leuk\w*|cancer|tumou?rs?|infect\w*|hepatitis|hiv|hla|cd34|resuscitat\w*|harvest\w*",
)
RECIPIENT: Final = _any_of(
    "受者|受赠者|受贈者|受捐者|受益者|接受者|移植者|患者|病人|被救",
    r"recipients?|patients?|who received|person helped|people helped",
)
IDENTIFYING: Final = _any_of(
    r"\d+\s*[岁歲]|[一二三四五六七八九十]+[岁歲]|男孩|女孩|男童|女童|男子|女子|男性|女性|先生|女士|小伙|姑娘|孩子"
    r"|医院|醫院|[省市县縣镇鎮村](?!红十字|紅十字)|来自|來自|姓|老师|老師|学生|學生|工人|农民|農民|母亲|母親|父亲|父親",
    r"\d+[ -]years?[ -]old|aged \d+|boy|girl|man|woman|child|hospital|from|called|named|lives in|city|town"
    r"|teacher|student|worker|farmer|mother|father",
)
PRESSING: Final = _any_of(
    "必须|必須|务必|務必|最后机会|最後機會|不来就|不來就|报酬|報酬|奖金|獎金|现金|現金",
    r"you must|last chance|have to|reward|cash|payment for",
)
TOO_CLOSE: Final = re.compile(r"你(?!们|們)")  # to the bereaved one writes 您
LOUD: Final = re.compile("[!！~]|[\U0001f300-\U0001faff\u2600-\u27bf]")

# A link comes from a field; one that somebody typed may be anybody's. Source: messaging.md "Plans"
TYPED_LINK: Final = re.compile(
    r"\w+://\S*|www\.\S+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*"
    r"\.(?:com|cn|org|net|top|cc|io|info|me|xyz|link|site|vip|club|shop|gov|edu|hk|tw|ltd|work|app)\b(?:/\S*)?",
    re.IGNORECASE | re.ASCII,
)
TYPED_PHONE: Final = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?!\d)")
SENTENCES: Final = re.compile(r"[。！？!?\n]+|\.(?=\s|$)")
