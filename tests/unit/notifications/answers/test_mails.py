"""E-mails that come back, and e-mails that answer ours."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.answers import mails

OURS = UUID("0190c2a4-7b1e-7cc0-8f00-0123456789ab")


def report(*, action="failed", status="5.1.1", original="message/rfc822", ours=OURS) -> bytes:
    return f"""From: MAILER-DAEMON@mx.example.org
To: branch@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <returned@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; wang@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: {original}

From: branch@example.org
Message-ID: <{ours}@life-relay.invalid>
Subject: x

words
--b--
""".replace("\n", "\r\n").encode()


def answer(*, words="谢谢你们", more="") -> bytes:
    return f"""From: =?utf-8?b?546L?= <wang@example.org>
To: branch@example.org
Message-ID: <answer-1@example.org>
In-Reply-To: <{OURS}@life-relay.invalid>
{more}Content-Type: text/plain; charset=utf-8

{words}
> 您好
""".encode()


class TestAnEmailThatCameBack:
    @pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
    def test_names_the_message_and_that_it_failed_for_good(self, original):
        assert mails.read(report(original=original)) == mails.CameBack(OURS, for_good=True)

    @pytest.mark.parametrize(
        ("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2"), ("relayed", "2.0.0")]
    )
    def test_means_nothing_while_it_may_still_arrive(self, action, status):
        found = mails.read(report(action=action, status=status))

        assert isinstance(found, mails.CameBack)
        assert not found.for_good

    def test_means_nothing_where_it_is_none_of_ours(self):
        assert mails.read(report(ours="not-an-id")) is None


class TestAnEmailThatAnswers:
    def test_is_read_without_what_it_quotes(self):
        found = mails.read(answer())

        assert found == mails.Reply("<answer-1@example.org>", OURS, "wang@example.org", "谢谢你们")

    @pytest.mark.parametrize("more", ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n"])
    def test_is_passed_over_where_a_machine_wrote_it(self, more):
        assert mails.read(answer(more=more)) is None


class TestTheWordsOfAnEmail:
    @staticmethod
    def of(body: bytes, *, kind: str, encoded: str = "8bit") -> str:
        raw = answer().partition(b"\n\n")[0].replace(b"text/plain; charset=utf-8", kind.encode())
        found = mails.read(raw + f"\nContent-Transfer-Encoding: {encoded}\n\n".encode() + body)
        assert isinstance(found, mails.Reply)
        return found.words

    def test_are_found_where_they_come_as_a_page_alone(self):
        page = "<html><head><title>Re</title></head><body><p>妈妈昨天走了</p>谢谢<br>你们"
        page += "<blockquote>您好，清明安康</blockquote></body></html>"

        assert self.of(page.encode(), kind="text/html; charset=utf-8") == "妈妈昨天走了\n谢谢\n你们"

    @pytest.mark.parametrize("charset", ["x-gbk", "GB-2312", "gb2312", "unknown-8bit", "_iso-2022-jp$ESC"])
    def test_are_read_however_their_characters_are_called(self, charset):
        words = "妈妈昨天走了，朱镕喆"

        assert self.of(words.encode("gb18030"), kind=f"text/plain; charset={charset}") == words
        assert self.of(words.encode(), kind=f"text/plain; charset={charset}") == words

    def test_may_be_none_and_it_answers_all_the_same(self):
        assert self.of(b"\xff", kind="image/jpeg", encoded="base64") == ""

    def test_are_an_answer_though_nobody_is_named_who_wrote(self):
        raw = answer().replace(b"From: =?utf-8?b?546L?= <wang@example.org>\n", b"")

        assert mails.read(raw).ours == OURS


class TestAnEmailOfAnything:
    @given(st.binary(max_size=400))
    def test_breaks_nothing(self, raw):
        mails.read(raw)

    @given(st.text(max_size=80))
    def test_breaks_nothing_in_its_headers(self, text):
        mails.read(report().replace(b"smtp; 550 no such user", text.encode("utf-8", "replace")))
        mails.read(
            f"From: {text}\nMessage-ID: {text}\nIn-Reply-To: {text}\n\n{text}".encode("utf-8", "replace")
        )

    def test_too_large_is_read_at_its_beginning(self):
        found = mails.read(answer() + b"x" * mails.LARGEST)

        assert found.ours == OURS
        assert found.words.startswith("谢谢你们")
