"""What holds for every request."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from foundation.access import sessions
from foundation.desk import middleware


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def asked(**meta: str) -> HttpRequest:
    return RequestFactory().get("/", **meta)


class TestTrustedProxies:
    FORGED = {
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
    }

    def test_drop_what_a_stranger_says_of_itself(self, settings) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
        request = asked(REMOTE_ADDR="198.51.100.7", **self.FORGED)

        middleware.TrustedProxies(answer)(request)

        assert request.META["REMOTE_ADDR"] == "198.51.100.7"
        assert request.get_host() == "testserver"
        assert not request.is_secure()
        assert not [name for name in request.META if name.startswith("HTTP_X_FORWARDED")]

    def test_take_the_word_of_the_proxy(self, settings) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
        settings.ALLOWED_HOSTS = ["relay.example"]
        request = asked(REMOTE_ADDR="10.0.0.2", **self.FORGED | {"HTTP_X_FORWARDED_HOST": "relay.example"})

        middleware.TrustedProxies(answer)(request)

        assert request.META["REMOTE_ADDR"] == "203.0.113.9"
        assert request.get_host() == "relay.example"
        assert request.is_secure()

    def test_take_the_hop_that_the_proxy_saw_itself(self, settings) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
        hops = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9, 10.0.0.3"}  # the first was made up
        request = asked(REMOTE_ADDR="10.0.0.2", **hops)

        middleware.TrustedProxies(answer)(request)

        assert request.META["REMOTE_ADDR"] == "203.0.113.9"

    @pytest.mark.parametrize("hops", ["", "nonsense", "10.0.0.9", ", ,"])
    def test_keep_the_address_when_the_proxy_names_none(self, settings, hops) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
        request = asked(REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=hops)

        middleware.TrustedProxies(answer)(request)

        assert request.META["REMOTE_ADDR"] == "10.0.0.2"


class TestKnownVerbs:
    @pytest.mark.parametrize("verb", ["TRACE", "TRACK", "CONNECT", "BREW", "get"])
    def test_are_the_only_ones(self, verb) -> None:
        request = asked()
        request.method = verb

        assert middleware.KnownVerbs(answer)(request).status_code == 405

    def test_are_let_through(self) -> None:
        assert middleware.KnownVerbs(answer)(asked()).status_code == 200


class TestPrivacy:
    def test_keeps_what_staff_saw_out_of_caches(self) -> None:
        request = asked()
        request.user = SimpleNamespace(is_authenticated=True)

        assert middleware.Privacy(answer)(request)["Cache-Control"] == "no-store, private"

    def test_clears_the_browser_at_logout(self) -> None:
        request = asked()
        request.was_signed_in = True
        request.user = SimpleNamespace(is_authenticated=False)

        assert middleware.Privacy(answer)(request)["Clear-Site-Data"] == '"cache"'

    def test_lets_public_pages_be_kept(self) -> None:
        request = asked()
        request.user = SimpleNamespace(is_authenticated=False)

        response = middleware.Privacy(answer)(request)

        assert not {"Cache-Control", "Clear-Site-Data"} & set(response.headers)


class TestSessionLimits:
    @pytest.fixture
    def logged_out(self, monkeypatch) -> list[HttpRequest]:
        ended: list[HttpRequest] = []
        monkeypatch.setattr(middleware, "logout", ended.append)
        return ended

    def at_work(self, **session: object) -> HttpRequest:
        request = asked()
        request.user = SimpleNamespace(is_authenticated=True)
        request.session = session
        return request

    @pytest.mark.parametrize(
        ("idle", "whole", "is_over"),
        [(0, 0, False), (29, 29, False), (31, 31, True), (1, 11 * 60 + 59, False), (1, 12 * 60 + 1, True)],
        ids=["just in", "back in time", "back too late", "nearly all day", "all day"],
    )
    def test_end_a_login(self, logged_out, monkeypatch, idle, whole, is_over) -> None:
        now = 1_800_000_000
        monkeypatch.setattr(middleware.time, "time", lambda: now)
        seen = {sessions.STARTED: now - whole * 60, sessions.SEEN: now - idle * 60}

        middleware.SessionLimits(answer)(self.at_work(**seen))

        assert bool(logged_out) is is_over

    def test_write_only_once_a_minute(self, logged_out, monkeypatch) -> None:
        now = 1_800_000_000
        monkeypatch.setattr(middleware.time, "time", lambda: now)
        request = self.at_work(**{sessions.STARTED: now - 500, sessions.SEEN: now - 59})

        middleware.SessionLimits(answer)(request)

        assert request.session[sessions.SEEN] == now - 59
