"""What the checks of wordings stop, and what they leave to the writer."""

from typing import Any

import pytest

from notifications.channel_names import Channel
from notifications.wordings import check
from notifications.wordings.checks import sms_parts


def codes(text: str, *, stops: bool | None = None, **more: Any) -> set[str]:
    facts: dict[str, Any] = {"audience": "FAMILY", "bereaved": True, "channel": Channel.LETTER} | more
    return {p.code for p in check(text, **facts) if stops is None or p.stops is stops}


class TestTheBereaved:
    @pytest.mark.parametrize(
        "text",
        [
            "祝您春节快乐",
            "祝您春節快樂",
            "恭喜发财",
            "我們一起慶祝",
            "Happy New Year",
            "Congratulations",
            "Ｈａｐｐｙ",
            "佳节将至",
        ],
    )
    def test_are_never_written_to_cheerfully(self, text) -> None:
        assert "joyful" in codes(text, stops=True)

    @pytest.mark.parametrize("text", ["送上红灯笼", "寄上紅包", "a red envelope"])
    def test_are_sent_nothing_red(self, text) -> None:
        assert "red" in codes(text, stops=True)

    @pytest.mark.parametrize("text", ["祝您春节快乐", "送上红灯笼"])
    def test_may_after_three_new_years_be_written_to_as_others_are(self, text) -> None:
        assert codes(text, later=True, stops=True) == set()
        assert codes(text, later=True, stops=False) != set()

    @pytest.mark.parametrize("text", ["清溪县红十字会", "紅十字會", "the Red Cross", "tired, shared"])
    def test_may_read_the_name_of_the_society(self, text) -> None:
        assert "red" not in codes(text)

    @pytest.mark.parametrize("text", ["请填写问卷", "感谢您的善款", "please fill in our survey"])
    def test_are_asked_for_nothing(self, text) -> None:
        assert "appeal" in codes(text, stops=True)

    def test_are_not_spoken_to_loudly(self) -> None:
        assert codes("请您保重！", stops=False) == {"loud"}

    def test_alone_have_these_rules(self) -> None:
        assert codes("祝您新年快乐！", audience="DONOR", bereaved=False) == set()


class TestALockScreen:
    @pytest.mark.parametrize("text", ["感谢您捐献", "骨髓配型", "遺體捐獻", "stem cells", "a donor's day"])
    def test_says_nothing_of_donation(self, text) -> None:
        assert "lock_screen" in codes(text, stops=True, channel=Channel.SMS, audience="DONOR", bereaved=False)

    def test_shows_the_subject_of_an_email_and_not_its_words(self) -> None:
        mail: dict[str, Any] = {"channel": Channel.EMAIL, "audience": "DONOR", "bereaved": False}

        assert "lock_screen" not in codes("谢谢您捐献", subject="您好", **mail)
        assert "lock_screen" in codes("您好", subject="谢谢您捐献", **mail)


class TestSecrets:
    @pytest.mark.parametrize(
        "text",
        [
            "受者是一位8岁的男孩。",
            "受捐者來自寧波市。",
            "The recipient is a teacher.",
            "The patient lives in Ningbo, aged 30.",
        ],
    )
    def test_of_who_received_stay_secret(self, text) -> None:
        assert "recipient_fact" in codes(text, stops=True)

    def test_how_many_were_helped_may_be_told(self) -> None:
        assert "recipient_fact" not in codes("{{ giver_name }}帮助了{{ helped_count }}个人。")

    @pytest.mark.parametrize("text", ["脑死亡判定", "诊断为白血病", "the cause of death", "HLA-A*02:01"])
    def test_of_medicine_are_not_written(self, text) -> None:
        assert "medical" in codes(text, stops=True)

    def test_of_medicine_may_be_spoken_of(self) -> None:
        assert (
            codes("问手术后怎样", channel=Channel.CALL, audience="DONOR", bereaved=False, stops=True) == set()
        )


class TestLinks:
    @pytest.mark.parametrize(
        "text",
        [
            "看http://x.example/a",
            "www.evil.top",
            "见evil.com/x",
            "javascript://x",
            "ｅｖｉｌ．ｃｏｍ",
            "t.cn/Ab1",
        ],
    )
    def test_that_were_typed_are_stopped(self, text) -> None:
        assert "typed_link" in codes(text, stops=True)

    @pytest.mark.parametrize("text", ["{{ link_event }}", "1.5 公里，9.30 到", "e.g. And that.", "第1.2条"])
    def test_that_are_none_are_let_through(self, text) -> None:
        assert "typed_link" not in codes(text)

    def test_a_typed_number_is_doubted(self) -> None:
        assert "typed_phone" in codes("请打13800138000", stops=False)


class TestFields:
    def test_that_are_unknown_say_which_was_meant(self) -> None:
        (problem,) = check("{{ giver_nmae }}", audience="FAMILY", bereaved=True, channel=Channel.LETTER)
        assert (problem.code, problem.where) == ("unknown_field", "giver_nmae → giver_name?")

    def test_of_other_readers_are_unknown(self) -> None:
        assert "unknown_field" in codes("{{ giver_name }}", audience="DONOR", bereaved=False)

    def test_that_name_somebody_stay_out_of_a_subject(self) -> None:
        assert "named_in_subject" in codes("x", subject="{{ name }}", channel=Channel.EMAIL)

    @pytest.mark.parametrize("text", ["a\u2028b", "a\u202eb", "a\x00b"])
    def test_hide_nothing(self, text) -> None:
        assert "unkept" in codes(text, stops=True)


class TestAnSms:
    @pytest.mark.parametrize(
        ("units", "parts"), [(70 - 4, 1), (71 - 4, 2), (134 - 4, 2), (135 - 4, 3)], ids=str
    )
    def test_is_counted_with_its_sign(self, units, parts) -> None:
        assert sms_parts("字" * units, "红会") == parts

    def test_counts_a_picture_as_two(self) -> None:
        assert sms_parts("🕯" * 33 + "字", "红会") == 2

    def test_that_is_too_long_is_stopped(self) -> None:
        assert "too_long" in codes("字" * 220, channel=Channel.SMS, stops=True)
