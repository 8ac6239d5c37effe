"""A line to a mail server knows on which side of the closing dot it broke."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from notifications.channels import NotHandedOver, Unclear, email, handing_over
from notifications.channels.email.line import Line

MAIL = b"Subject: x\r\n\r\n.a dot in front\r\nwords\r\n"
Answer = Callable[[bytes], bytes | None]


class Server:
    """A mail server of one line at a time, that says what it is told to say; None hangs up."""

    def __init__(self, answers: dict[bytes, list[bytes | None]]) -> None:
        self.answers = answers
        self.heard: list[bytes] = []
        self.lines = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            self.lines += 1
            with suppress(ConnectionError), line, line.makefile("rb") as read:  # they may hang up as well
                line.sendall(b"220 here\r\n")
                self.talk(line, read)

    def talk(self, line: socket.socket, read: Any) -> None:
        while words := read.readline():
            self.heard.append(words)
            verb = words[:4].upper().strip()
            left = self.answers.get(verb, [])
            said = left.pop(0) if left else b"354 go" if verb == b"DATA" else b"250 ok queued as Q1"
            if said is None:
                return
            line.sendall(said + b"\r\n")
            if said.startswith(b"354"):
                while (words := read.readline()) != b".\r\n":
                    if not words:
                        return
                    self.heard.append(words)
                left = self.answers.get(b".", [])
                end = left.pop(0) if left else b"250 ok queued as Q1"
                if end is None:
                    return
                line.sendall(end + b"\r\n")


@pytest.fixture(params=[[], [b"250-here\r\n250 PIPELINING"]], ids=["one by one", "in one go"])
def server(settings: Any, request: Any) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def make(**answers: list[bytes | None]) -> Server:
        known = {("." if name == "dot" else name).encode(): list(said) for name, said in answers.items()}
        known[b"EHLO"] = request.param * 3
        made.append(Server(known))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made[0].port
        settings.EMAIL_HOST_USER = ""
        return made[0]

    yield make
    for one in made:
        one.socket.close()


def hand_over(line: Line) -> str:
    return line.hand_over("relay@example.org", "somebody@example.org", MAIL)


class TestHandOver:
    def test_gives_the_server_s_id(self, server):
        server()
        with closing(Line()) as line:
            assert hand_over(line) == "Q1"

    def test_doubles_a_dot_in_front(self, server):
        here = server()
        with closing(Line()) as line:
            hand_over(line)
        assert b"..a dot in front\r\n" in here.heard

    def test_says_all_before_the_words_in_one_go_where_the_server_lets_us(self, server, request, monkeypatch):
        server()
        send, sent = smtplib.SMTP.send, []
        monkeypatch.setattr(smtplib.SMTP, "send", lambda smtp, words: (sent.append(words), send(smtp, words)))
        with closing(Line()) as line:
            hand_over(line)
        at_once = "[in one go]" in request.node.name
        assert next(words for words in sent if words[:4] == "mail").count("\r\n") == (3 if at_once else 1)

    def test_keeps_the_line_open(self, server):
        here = server()
        with closing(Line()) as line:
            hand_over(line)
            hand_over(line)
        assert here.lines == 1

    def test_opens_another_where_the_old_one_had_died(self, server):
        here = server(MAIL=[b"250 ok", None])
        with closing(Line()) as line:
            hand_over(line)
            assert hand_over(line) == "Q1"
        assert here.lines == 2

    @pytest.mark.parametrize(
        ("answers", "code", "permanent"),
        [
            ({"MAIL": [b"451 later"]}, "refused_451", False),
            ({"MAIL": [None]}, "line_broke", False),
            ({"RCPT": [b"451 later"]}, "refused_451", False),
            ({"MAIL": [b"550 not from you"]}, "refused_550", False),
            ({"RCPT": [b"550 nobody here"]}, "rcpt_550", True),
            ({"RCPT": [b"550 5.1.1 nobody here"]}, "rcpt_550", True),
            ({"RCPT": [b"550 5.7.1 not from you"]}, "refused_550", False),
            ({"RCPT": [b"550 5.1.8 no such sender"]}, "refused_550", False),
            ({"RCPT": [b"550 relay not permitted"]}, "refused_550", False),
            ({"RCPT": [b"530 who are you"]}, "refused_530", False),
            ({"RCPT": [None]}, "line_broke", False),
            ({"DATA": [b"421 going down"]}, "refused_421", False),
            ({"dot": [b"452 no room"]}, "refused_452", False),
            ({"dot": [b"550 5.1.1 spam"]}, "refused_550", False),
            ({"dot": [b"554 refused"]}, "refused_554", False),
        ],
    )
    def test_knows_what_surely_was_not_taken(self, server, answers, code, permanent):
        server(**answers)
        with closing(Line()) as line, pytest.raises(NotHandedOver) as fault:
            hand_over(line)
        assert (fault.value.code, fault.value.permanent) == (code, permanent)

    @pytest.mark.parametrize("end", [b"200 fine", b"252 perhaps"])
    def test_takes_every_yes_for_a_yes(self, server, end):
        server(dot=[end])
        with closing(Line()) as line:
            assert hand_over(line) == ""

    @pytest.mark.parametrize("end", [None, b"what?", b"354 go on", b"999 x"])
    def test_knows_that_nobody_can_tell_after_the_dot(self, server, end):
        server(dot=[end])
        with closing(Line()) as line, pytest.raises(Unclear):
            hand_over(line)

    def test_begins_nothing_once_a_withdrawal_may_have_been_answered(self, server):
        here = server()
        with closing(Line()) as line, pytest.raises(NotHandedOver, match="line_slow"):
            line.hand_over("relay@example.org", "somebody@example.org", MAIL, began=time.monotonic() - 60)
        assert not [words for words in here.heard if words.startswith(b"mail")]

    def test_begins_nothing_on_a_new_line_where_the_old_one_took_too_long_to_die(self, server, monkeypatch):
        here, ask = server(), email.line._ask

        def late(smtp: Any, command: str, *words: Any, **more: Any) -> None:
            monkeypatch.setattr(email.line, "_ask", ask)
            monkeypatch.setattr(handing_over, "SOON", -1.0)
            raise NotHandedOver("line_broke")

        with closing(Line()) as line:
            hand_over(line)
            monkeypatch.setattr(email.line, "_ask", late)
            with pytest.raises(NotHandedOver, match="line_slow"):
                hand_over(line)
        assert len([words for words in here.heard if words.startswith(b"mail")]) == 1

    def test_begins_anew_after_a_fault(self, server):
        server(dot=[None])
        with closing(Line()) as line:
            with pytest.raises(Unclear):
                hand_over(line)
            assert hand_over(line) == "Q1"

    def test_says_that_nobody_listens(self, settings):
        settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "127.0.0.1", ""
        with socket.create_server(("127.0.0.1", 0)) as free:
            settings.EMAIL_PORT = free.getsockname()[1]
        with closing(Line()) as line, pytest.raises(NotHandedOver, match="no_line"):
            hand_over(line)
