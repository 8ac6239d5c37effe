"""An e-mail as bytes: nothing that is put into it can begin a header of its own."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.policy import default
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Envelope, NotHandedOver
from notifications.channels.email import composing

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HEADERS = {
    "Message-ID", "Date", "From", "To", "Subject", "Content-Language", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00"]


def read(
    *, stop_url: str = "", branch: str = "宁波市红十字会", address: str = "a@example.org", **words: str
) -> Any:
    envelope = Envelope(uuid4(), "EMAIL", AT, 0.0, stop_url)
    rendered: Any = SimpleNamespace(**{"subject": "您好", "text": "愿您安好。", "html": "", **words})
    to: Any = SimpleNamespace(branch=SimpleNamespace(name=branch), language="zh-hans")
    raw = composing.compose(envelope, rendered, address, to)
    return email.message_from_bytes(raw, policy=default)


class TestCompose:
    def test_says_the_words_plainly_and_as_a_page(self):
        mail = read(html="<p>愿您安好。</p>")
        plain, page = mail.iter_parts()
        assert (plain.get_content_type(), plain.get_content().strip()) == ("text/plain", "愿您安好。")
        assert (page.get_content_type(), page.get_content().strip()) == ("text/html", "<p>愿您安好。</p>")

    def test_tells_a_mail_program_how_to_stop(self):
        mail = read(stop_url="https://relay.example/s/x/")
        assert mail["List-Unsubscribe"] == "<https://relay.example/s/x/>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_says_nothing_of_it_where_they_cannot_be_stopped(self):
        assert read()["List-Unsubscribe"] is None

    @pytest.mark.parametrize("line_break", BREAKS, ids=repr)
    def test_lets_no_break_begin_a_header(self, line_break):
        mail = read(subject=f"您好{line_break}Bcc: x@example.org", branch=f"会{line_break}Bcc: x@example.org")
        assert set(mail.keys()) <= HEADERS
        assert mail["Bcc"] is None

    @given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
    def test_can_be_read_back_whatever_the_words(self, subject, branch, text):
        clean = subject.encode(errors="ignore").decode(), branch.encode(errors="ignore").decode()
        mail = read(subject=clean[0], branch=clean[1], text=text.encode(errors="ignore").decode())
        assert set(mail.keys()) <= HEADERS

    @pytest.mark.parametrize(
        "address",
        [
            "a@example.org\r\nBcc: x@example.org",
            "a\u2028b@example.org",
            "a@exam\u2028ple.org",
            "a b@example.org",
            "a@example.org, b@example.org",
            "<a@example.org>",
            "a@example.org>",
            "@example.org",
            "a@",
            "a",
            "",
            "王@example.org",
            "a@-example.org",
            "a" * 65 + "@example.org",
            '"a b"@example.org',
        ],
        ids=repr,
    )
    def test_refuses_what_is_no_address(self, address):
        with pytest.raises(NotHandedOver, match="bad_address") as fault:
            read(address=address)
        assert fault.value.permanent

    def test_writes_to_a_domain_in_chinese(self):
        assert read(address="a@例子.cn")["To"] == "a@xn--fsqu00a.cn"
