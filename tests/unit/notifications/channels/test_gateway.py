"""The signed line to the gateway: what is signed, and what each answer means."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import gateway
from notifications.channels.gateway.signing import KEY, MOMENT, SIGNATURE
from notifications.channels.handing_over import NotHandedOver, Unclear

AT = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)
SECRET = "a secret between two houses"  # noqa: S105 - of a test
MESSAGE = {"channel": "sms", "to": "+8613800138000", "text": "清明安康"}


def check(told, body, *, secret=SECRET, at=AT):
    gateway.check(secret, told, body=body, at=at, seconds=300)


class TestASignature:
    @given(
        body=st.binary(max_size=200),
        key=st.text("0123456789abcdef-", max_size=36),
    )
    def test_fits_what_was_signed(self, body, key):
        check(gateway.headers(SECRET, key=key, body=body, at=AT), body)

    @pytest.mark.parametrize(
        "change",
        [
            {"body": b"other"},
            {"secret": "another"},
            {"secret": ""},
            {"at": AT + timedelta(minutes=6)},
            {"at": AT - timedelta(minutes=6)},
        ],
        ids=["body", "secret", "no secret", "old", "from the future"],
    )
    def test_does_not_fit_anything_else(self, change):
        told = gateway.headers(SECRET, key="k", body=b"body", at=AT)

        with pytest.raises(gateway.SignatureProblem):
            check(told, **{"body": b"body", **change})

    @pytest.mark.parametrize("header", [MOMENT, SIGNATURE, KEY])
    @pytest.mark.parametrize("value", ["", "v1=", "²", "-1", "9" * 400, "\ud800", "𝟙𝟟𝟠"])
    def test_with_a_header_of_anything_is_refused_and_nothing_else(self, header, value):
        told = gateway.headers(SECRET, key="k", body=b"body", at=AT) | {header: value}

        with pytest.raises(gateway.SignatureProblem):
            check(told, b"body")


@contextmanager
def answering(said: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A server of one request that says this, or breaks the line after it read the request."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                got = b""
                while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < _length(got):
                    got += connection.recv(65536)
                heard.append(got)
                if said is not None:
                    connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield (
            f"http://house:{SECRET.replace(' ', '%20')}@127.0.0.1:{server.getsockname()[1]}/v1/messages",
            heard,
        )
        thread.join(5)


def _length(got: bytes) -> int:
    lines = got.split(b"\r\n\r\n", 1)[0].lower().split(b"\r\n")
    return next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))


def http(status: int, **told: str) -> bytes:
    body = json.dumps(told).encode()
    return b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def send(settings, said, **more):
    with answering(said) as (url, heard):
        settings.SMS_URL = url
        receipt = gateway.line().send("0190-key", MESSAGE, **more)
    return receipt, heard[0]


class TestTheLine:
    def test_hands_a_message_over_signed_under_its_own_key(self, settings):
        receipt, heard = send(settings, http(200, id="P-1"))
        head, body = heard.split(b"\r\n\r\n", 1)
        told = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])

        check(told, body, at=datetime.now(UTC))
        assert receipt.provider_id == "P-1"
        assert told[KEY] == json.loads(body)["id"] == "0190-key"
        assert "secret" not in head.decode()

    @pytest.mark.parametrize(
        ("status", "permanent"),
        [(400, True), (422, True), (401, False), (404, False), (429, False), (302, False)],
    )
    def test_takes_a_no_for_surely_not_handed_over(self, settings, status, permanent):
        with pytest.raises(NotHandedOver) as fault:
            send(settings, http(status, code="invalid_number"))

        assert fault.value.permanent is permanent

    def test_names_why_the_provider_refused(self, settings):
        with pytest.raises(NotHandedOver) as fault:
            send(settings, http(400, code="invalid_number"))

        assert fault.value.code == "gateway_invalid_number"

    @pytest.mark.parametrize(
        "said", [None, b"HTTP/1.1 2", b"nonsense\r\n\r\n", http(500), http(503), http(409)],
        ids=["nothing", "half a line", "nonsense", "500", "503", "409"],
    )  # fmt: skip
    def test_calls_it_unclear_when_the_line_breaks_after_the_words_had_left(self, settings, said):
        with pytest.raises(Unclear):
            send(settings, said)

    def test_takes_for_handed_over_what_the_gateway_had_when_it_was_tried_again(self, settings):
        receipt, _heard = send(settings, http(409, id="P-1"), again=True)

        assert receipt.provider_id == "P-1"

    def test_calls_a_silence_unclear(self, settings):
        settings.GATEWAY_ANSWER_SECONDS = 0.1
        with socket.create_server(("127.0.0.1", 0)) as server:  # takes the line, and says nothing
            settings.SMS_URL = f"http://a:b@127.0.0.1:{server.getsockname()[1]}/"

            with pytest.raises(Unclear):
                gateway.line().send("key", MESSAGE)

    def test_begins_nothing_once_a_withdrawal_may_have_been_answered(self, settings):
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings.SMS_URL = f"http://a:b@127.0.0.1:{server.getsockname()[1]}/"

            with pytest.raises(NotHandedOver, match="line_slow"):
                gateway.line().send("key", MESSAGE, began=time.monotonic() - 60)

    def test_knows_that_nothing_left_where_nobody_listens(self, settings):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        settings.SMS_URL = f"http://a:b@127.0.0.1:{port}/"

        with pytest.raises(NotHandedOver) as fault:
            gateway.line().send("key", MESSAGE)

        assert (fault.value.code, fault.value.permanent) == ("gateway_no_connection", False)

    def test_is_not_there_without_an_address(self, settings):
        settings.SMS_URL = ""

        assert gateway.line() is None


class TestTheFolderOfADemo:
    def test_keeps_a_message_once_and_for_nobody_else_to_read(self, settings, tmp_path: Path):
        settings.SMS_URL = f"file:{tmp_path / 'sms'}"

        for text in ("first", "again"):
            assert gateway.line().send("key", {"text": text}).provider_id == "key"

        (file,) = (tmp_path / "sms").iterdir()
        assert json.loads(file.read_text())["text"] == "first"
        assert file.stat().st_mode & 0o077 == 0
