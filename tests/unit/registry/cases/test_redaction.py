"""What in a letter may tell who wrote it."""

import pytest

from registry.cases import redaction
from registry.cases.redaction import Kind


def found(text, **more):
    return [(str(mark.kind), text[mark.start : mark.end]) for mark in redaction.marks(text, **more)]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("我叫王小明，今年很好。", Kind.NAME, "王小明"),
        ("李医生对我很好。", Kind.NAME, "李医生"),
        ("Hello, my name is Anna Berg.", Kind.NAME, "Anna Berg"),
        ("电话是138 1234-5678。", Kind.NUMBER, "138 1234-5678"),
        ("打0571-88001234吧", Kind.NUMBER, "0571-88001234"),
        ("微信号: abc_12345", Kind.ADDRESS, "微信号: abc_12345"),
        ("anna@x.de", Kind.ADDRESS, "anna@x.de"),
        ("2026年3月12日移植", Kind.DATE, "2026年3月12日"),
        ("3月12号", Kind.DATE, "3月12号"),
        ("二〇二六年三月", Kind.DATE, "二〇二六年三月"),
        ("on 12 March 2026", Kind.DATE, "12 March 2026"),
        ("在浙江大学附属第一医院", Kind.HOSPITAL, "浙江大学附属第一医院"),
        ("at Charité University Hospital", Kind.HOSPITAL, "Charité University Hospital"),
        ("住在西湖区", Kind.PLACE, "西湖区"),
        ("我爱杭州", Kind.PLACE, "杭州"),
    ],
)
def test_marks(text, kind, piece):
    assert (str(kind), piece) in found(text)


@pytest.mark.parametrize(
    "text", ["谢谢你，祝你一路平安！", "这座城市的春天很美。", "You gave me 3 more years."]
)
def test_leaves_kind_words_alone(text):
    assert found(text) == []


class TestWhatTheRecordKnows:
    def test_is_found_however_it_is_spaced(self):
        assert found("她叫 张 伟 国 吗", known=["张伟国"]) == [("known", "张 伟 国")]

    def test_does_not_leak_by_spaces_or_full_width(self):
        known = redaction.known_of(names=["王丽华", None], others=["浙大一院", "P-0012", ""])

        assert redaction.leaks("丽 华 姐姐", known)
        assert redaction.leaks("编号 Ｐ００１２", known)
        assert redaction.leaks("浙大一院的护士", known)
        assert not redaction.leaks("谢谢你救了我。", known)

    def test_is_left_out_of_the_first_draft(self):
        text = "我叫王丽华，住在杭州。"

        draft = redaction.blanked(text, redaction.marks(text, known=["王丽华"]))
        assert draft == "我叫[…]，住在[…]。"
