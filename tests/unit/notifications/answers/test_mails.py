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
        assert mails.read(report(original=original)) == mails.CameBack(
            OURS, for_good=True, address="wang@example.org"
        )

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

    def test_too_large_is_left_aside(self):
        assert mails.read(b"x" * (mails.LARGEST + 1)) is None
