"""Signing in with two factors, being locked out or not, and staying signed in for a while."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation.access import Staff, links, login, sessions, staffing
from foundation.desk.tasks import send_password_link
from foundation.trail.models import TrailRow
from registry.config import logs
from tests.factories.foundation import PASSWORD, SECRET, SETTER_UP, StaffFactory, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "account_login"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // login.STEP_SECONDS))


def try_password(client: Client, staff: Staff | str, password: str = PASSWORD, **extra: str):
    name = staff if isinstance(staff, str) else staff.username
    return client.post(reverse(LOGIN), {"login": name, "password": password}, **extra)


def come_in(client: Client, staff: Staff, *, back: str = ""):
    data = {"login": staff.username, "password": PASSWORD} | ({"next": back} if back else {})
    client.post(reverse(LOGIN), data)
    return client.post(reverse("mfa_authenticate"), {"code": code_now()})


def without_token(page) -> str:
    return page.content.decode().replace(str(page.context["csrf_token"]), "")


def is_in(client: Client) -> bool:
    return client.get(reverse("desk:my_logins")).status_code == 200


class TestTwoFactors:
    def test_lead_in_together(self, client):
        staff = StaffFactory()
        response = come_in(client, staff)
        assert response.status_code == 302
        assert response["Location"] == "/"
        assert is_in(client)

    def test_leave_out_who_has_only_the_password(self, client):
        response = try_password(client, StaffFactory())
        assert response["Location"] == reverse("mfa_authenticate")
        assert not is_in(client)

    def test_lead_back_to_where_one_was(self, client):
        staff = StaffFactory()
        with time_machine.travel(AT):
            asked = client.get(reverse("desk:my_logins"))
            assert unquote(asked["Location"]) == f"{reverse(LOGIN)}?next={reverse('desk:my_logins')}"
            assert come_in(client, staff, back=reverse("desk:my_logins"))["Location"] == reverse(
                "desk:my_logins"
            )

    def test_are_written_down(self, client):
        staff = StaffFactory()
        come_in(client, staff)
        client.post(reverse("account_logout"))
        verbs = list(
            TrailRow.objects.filter(by_id=str(staff.pk)).order_by("id").values_list("verb", flat=True)
        )
        assert verbs == ["login.opened", "login.closed"]

    def test_take_a_new_session_id(self, client):
        staff = StaffFactory()
        client.get(reverse(LOGIN))
        try_password(client, staff)
        before = client.session.session_key
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert client.session.session_key != before


class TestCode:
    def test_opens_once(self):
        staff = StaffFactory()
        with time_machine.travel(AT, tick=False):
            code = code_now()
            assert login.opens(staff, code, at=AT)
            assert login.opens(staff, code, at=AT) is None

    def test_opens_in_the_half_minute_after(self):
        staff = StaffFactory()
        with time_machine.travel(AT, tick=False):
            code = code_now()
        assert login.opens(staff, code, at=AT + timedelta(seconds=30))

    def test_is_too_old_after_a_minute(self):
        staff = StaffFactory()
        with time_machine.travel(AT, tick=False):
            code = code_now()
        assert login.opens(staff, code, at=AT + timedelta(seconds=61)) is None

    def test_is_sealed_at_rest(self):
        staff = StaffFactory()
        kept = Authenticator.objects.get(user=staff).data["secret"]
        assert SECRET not in kept

    def test_of_recovery_opens_once(self):
        staff = StaffFactory(role=None)
        first, *_others = login.set_up(staff, SECRET, step=0, at=AT)
        assert login.opens(staff, first, at=AT)
        assert login.opens(staff, first, at=AT) is None

    def test_is_limited(self, client):
        staff = StaffFactory()
        try_password(client, staff)
        for _turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert not is_in(client)


class TestSecondFactor:
    def test_is_asked_of_everybody(self, client):
        staff = StaffFactory()
        Authenticator.objects.all().delete()
        client.force_login(staff)
        response = client.get("/")
        assert response["Location"] == reverse("mfa_activate_totp")

    def test_is_set_up_with_the_first_code_and_shows_recovery_codes_once(self, client):
        staff = StaffFactory()
        Authenticator.objects.all().delete()
        try_password(client, staff)
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["secret"].replace(" ", "")
        done = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        assert len(done.context["codes"]) == 10
        assert login.has_second_factor(staff)
        assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("mfa_index")
        assert secret not in str(dict(client.session))

    def test_waits_sealed_in_the_session(self, client):
        staff = StaffFactory()
        Authenticator.objects.all().delete()
        try_password(client, staff)
        secret = client.get(reverse("mfa_activate_totp")).context["secret"].replace(" ", "")
        assert secret not in str(dict(client.session))


class TestLockout:
    def test_stops_guessing_from_one_address(self, client):
        staff = StaffFactory()
        for _turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS):
            try_password(client, staff, "wrong")
        assert try_password(client, staff).status_code == 200

    def test_ends_by_itself(self, client):
        staff = StaffFactory()
        with time_machine.travel(AT, tick=False):
            for _turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS):
                try_password(client, staff, "wrong")
        with time_machine.travel(AT + timedelta(minutes=settings.LOGIN_LOCK_MINUTES), tick=False):
            assert try_password(client, staff).status_code == 302

    def test_never_stops_the_known_device(self, client):
        staff = StaffFactory()
        with time_machine.travel(AT):
            come_in(client, staff)
            client.post(reverse("account_logout"))
            for turn in range(settings.LOGIN_TRIES_PER_ACCOUNT + 5):
                try_password(Client(), staff, "wrong", REMOTE_ADDR=f"203.0.113.{turn % 20}")
            for _turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS):
                try_password(Client(), staff, "wrong")
            assert try_password(client, staff).status_code == 302

    def test_lets_the_right_password_in_from_a_new_place(self, client):
        staff = StaffFactory()
        for turn in range(settings.LOGIN_TRIES_PER_ACCOUNT + 5):
            try_password(Client(), staff, "wrong", REMOTE_ADDR=f"203.0.113.{turn % 20}")
        assert try_password(client, staff, REMOTE_ADDR="198.51.100.7").status_code == 302

    def test_does_not_lock_a_drive_that_shares_an_address(self, client):
        crew = [StaffFactory() for _one in range(8)]
        for staff in crew:
            for _turn in range(3):
                try_password(Client(), staff, "mistyped")
        assert all(try_password(Client(), staff).status_code == 302 for staff in crew)

    def test_is_not_fooled_by_a_forged_address(self, client):
        staff = StaffFactory()
        for turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS):
            try_password(client, staff, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{turn}")
        response = try_password(client, staff, HTTP_X_FORWARDED_FOR="203.0.113.99")
        assert response.status_code == 200

    def test_is_written_down(self, client):
        staff = StaffFactory()
        for _turn in range(settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS + 1):
            try_password(client, staff, "wrong")
        verbs = list(TrailRow.objects.filter(by_id=str(staff.pk)).values_list("verb", flat=True))
        assert verbs.count("login.failed") == settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS
        assert verbs.count("login.locked") == 1


class TestAnswers:
    def test_are_alike_for_unknown_names_and_wrong_passwords(self, client):
        staff, gone = StaffFactory(), StaffFactory(is_active=False)
        pages = [
            try_password(Client(), staff, "wrong"),
            try_password(Client(), "nobody-of-this-name", "wrong"),
            try_password(Client(), gone),
        ]
        assert {page.status_code for page in pages} == {200}
        assert len({str(page.context["form"].errors) for page in pages}) == 1

    def test_are_alike_for_a_forgotten_password(self, client):
        staff = StaffFactory()
        pages = [
            client.post(reverse("account_reset_password"), {"login": name})
            for name in (staff.username, "nobody")
        ]
        assert without_token(pages[0]) == without_token(pages[1])

    def test_never_lead_to_another_site(self, client):
        for away in (
            "//evil.example",
            "https:evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "\t//evil",
        ):
            staff = StaffFactory()
            response = come_in(Client(), staff, back=away)
            assert response["Location"] == "/", away


class TestPassword:
    @pytest.mark.parametrize(
        "password", ["x" * 64, "пароль из слов и рек", "四个字和另外八个汉字啊嗯", "a" * 40 + " b" * 40]
    )
    def test_may_be_long_and_of_any_letters(self, client, password):
        staff = StaffFactory()
        path = links.path_for(staff)
        client.post(path, {"password": password})
        staff.refresh_from_db()
        assert staff.check_password(password)
        assert not staff.check_password(password[:-1])

    @pytest.mark.parametrize(
        "password", ["password1234", "qwertyuiop12", "123456789012", "short", "football"]
    )
    def test_is_not_common_or_short(self, client, password):
        staff = StaffFactory()
        response = client.post(links.path_for(staff), {"password": password})
        assert response.context["form"].errors

    def test_needs_the_present_one_to_change(self, client):
        staff = StaffFactory()
        signed_in(client, staff)
        url = reverse("account_change_password")
        client.post(url, {"oldpassword": "wrong", "password": "another quiet river"})
        staff.refresh_from_db()
        assert staff.check_password(PASSWORD)
        client.post(url, {"oldpassword": PASSWORD, "password": "another quiet river"})
        staff.refresh_from_db()
        assert staff.check_password("another quiet river")
        assert is_in(client)

    def test_when_changed_ends_every_other_login(self, client):
        staff = StaffFactory()
        other = signed_in(Client(), staff)
        signed_in(client, staff)
        client.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password": "another quiet river"}
        )
        assert not is_in(other)


class TestLink:
    def test_opens_once(self, client):
        staff = StaffFactory()
        path = links.path_for(staff)
        client.post(path, {"password": "another quiet river"})
        assert client.get(path).status_code == 410

    def test_is_over_after_a_day(self, client):
        staff = StaffFactory()
        with time_machine.travel(AT):
            path = links.path_for(staff)
        with time_machine.travel(AT + timedelta(hours=settings.SET_PASSWORD_LINK_HOURS, minutes=1)):
            assert client.get(path).status_code == 410

    def test_is_void_after_the_address_changed(self, client):
        staff = StaffFactory()
        path = links.path_for(staff)
        Staff.objects.filter(pk=staff.pk).update(email="new@example.org")
        assert client.get(path).status_code == 410

    def test_in_the_mail_is_made_from_the_settings(self, client, mailoutbox):
        staff = StaffFactory()
        send_password_link(str(staff.pk))
        assert f"{settings.SITE_URL}/account/password/" in mailoutbox[0].body
        assert staff.username not in mailoutbox[0].subject

    def test_goes_nowhere_where_the_id_is_nobodys(self, mailoutbox):
        send_password_link(str(uuid4()))
        assert mailoutbox == []

    def test_is_asked_for_in_a_job_of_one_length_whoever_it_is_for(
        self, client, monkeypatch, django_capture_on_commit_callbacks
    ):
        jobs: list[str] = []
        monkeypatch.setattr(send_password_link, "delay", jobs.append)
        with django_capture_on_commit_callbacks(execute=True):
            for name in (StaffFactory().username, "nobody"):
                client.post(reverse("account_reset_password"), {"login": name})
        assert [len(job) for job in jobs] == [36, 36]


class TestSession:
    def test_ends_after_half_an_hour_without_work(self, client):
        staff = StaffFactory()
        with time_machine.travel(AT):
            signed_in(client, staff)
            assert is_in(client)
        with time_machine.travel(AT + timedelta(minutes=31)):
            assert not is_in(client)

    def test_leads_back_to_the_page_a_form_was_typed_on(self, client):
        page = reverse("desk:my_work")
        answer = client.post(page, HTTP_REFERER=f"http://testserver{page}")
        assert unquote(answer["Location"]) == f"{reverse(LOGIN)}?next={page}"
        answer = client.post(page, HTTP_REFERER="http://evil.example/away/")
        assert unquote(answer["Location"]) == f"{reverse(LOGIN)}?next=/"

    def test_ends_after_a_day_of_work(self, client):
        staff = StaffFactory()
        for minutes in range(0, 12 * 60 + 20, 20):
            with time_machine.travel(AT + timedelta(minutes=minutes)):
                if minutes == 0:
                    signed_in(client, staff)
                here = is_in(client)
        assert not here

    def test_is_dead_after_signing_out(self, client):
        staff = StaffFactory()
        signed_in(client, staff)
        old = client.cookies[settings.SESSION_COOKIE_NAME].value
        response = client.post(reverse("account_logout"))
        assert "cache" in response["Clear-Site-Data"]
        client.cookies[settings.SESSION_COOKIE_NAME] = old
        assert not is_in(client)

    def test_is_ended_from_another(self, client):
        staff = StaffFactory()
        other = signed_in(Client(), staff)
        signed_in(client, staff)
        [handle] = [
            one.handle
            for one in sessions.open_logins(staff, this=client.session.session_key)
            if not one.is_this
        ]
        client.post(reverse("desk:my_logins"), {"login": handle})
        assert is_in(client)
        assert not is_in(other)

    def test_takes_a_new_id_when_rights_change(self, client):
        staff = StaffFactory()
        signed_in(client, staff)
        before = client.session.session_key
        staffing.end_role(staff.roles.get(), by=SETTER_UP, at=AT)
        assert is_in(client)
        assert client.session.session_key != before


class TestLog:
    def test_never_shows_a_link_to_set_a_password(self, client, caplog):
        with caplog.at_level("INFO"):
            client.get("/account/password/c29tZWJvZHk/bq2f3-abcdef/")
        lines = [
            logs.hide_links(None, "", {"event": record.getMessage()})["event"] for record in caplog.records
        ]
        assert lines
        assert not any("abcdef" in line for line in lines)
