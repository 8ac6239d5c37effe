"""Which words stop messages."""

import pytest

from notifications.answers.stopping import is_stop


class TestTheWordsThatStop:
    @pytest.mark.parametrize(
        "text",
        ["T", "t", "Ｔ", " T ", "T。", "“T”", "TD", "td", "STOP", "Stop!", "ｓｔｏｐ", "S T O P",
         "退订", "退 订", "退訂", "【退订】", "回T", "回 t", "回复T", "unsubscribe", "退\u200b订", "T\n"],
    )  # fmt: skip
    def test_stop_however_they_are_typed(self, text):
        assert is_stop(text)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "。", "STOP-id", "STOP it hurts", "don't stop", "please stop calling my mother", "TT",
         "T恤", "我爸已经走了,不要再发了", "不要退订", "取消", "cancel", "Tomorrow", "T 2", "停止用药了吗"],
    )  # fmt: skip
    def test_are_left_to_a_person_where_anything_else_stands_beside_them(self, text):
        assert not is_stop(text)
