"""Every address × every role × a thing of one's own, of others, and of nobody × method.

The table is made from the URL map and the table of roles: a view without an entry fails, and so
does an answer that the permission a view names does not explain.

Source: design/security.md section 4.1; security-checklist.md 1, 2, 5, 6, 9, 25, 31
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from foundation.access import NAMED_ROLES, ROLE_PERMISSIONS, Permission, Role, sessions
from foundation.papers import pdf
from tests.factories.foundation import signed_in
from tests.factories.world import AT, World
from tests.injecting import statements
from tests.stillness import digest, is_as_it_was
from tests.sweeps import CI, some

FINE = frozenset(
    {200, 302, 400, 409, 410, 415, 422}
)  # the view was entered: a page, a sentence, or on to the next


@dataclass(frozen=True)
class Entry:
    """
    How to ask for one view.

    ``shared``: its object belongs to no branch. ``top``: only the top of the tree may.
    ``named``: the world names the helper of home on its object. ``only``: of those with
    the permission, these reach this object.
    """

    make: Callable[[World], dict[str, Any]] | None = None
    shared: bool = False
    top: bool = False
    named: bool = False
    only: frozenset[Role] | None = None
    own: frozenset[int] = FINE


def of(name: str, **more: Any) -> Entry:
    """Return an entry whose object is the one of this name in the world, as ``pk``."""
    return Entry(lambda world: {"pk": getattr(world, name).pk}, **more)


def at_drive(name: str, thing: str, **more: Any) -> Entry:
    """Return an entry for a thing of the drive: the drive is ``pk``, the thing stands under its own name."""
    return Entry(lambda world: {"pk": getattr(world, thing).drive_id, name: getattr(world, thing).pk}, **more)


E = Entry
MANAGERS = frozenset({Role.CASEWORKER, Role.REGISTRY_MANAGER})
BESIDE = frozenset({Role.COMPANION})  # named on the match
TREATS, COLLECTS = Role.TRANSPLANT_HOSPITAL, Role.COLLECTION_HOSPITAL
SEE_DONORS = frozenset(role for role in Role if Permission.DONOR_VIEW in ROLE_PERMISSIONS[role])
SEE_FAMILIES = frozenset(role for role in Role if Permission.FAMILY_VIEW in ROLE_PERMISSIONS[role])
ENTRIES: dict[str, Entry] = {
    # the account and the desk
    "healthz": E(),
    "account_login": E(),
    "mfa_authenticate": E(),
    "account_logout": E(),
    "account_reauthenticate": E(),
    "mfa_reauthenticate": E(),
    "account_change_password": E(),
    "account_reset_password": E(),
    "set_password": E(lambda world: {"mark": "x", "token": "y"}, shared=True),
    "mfa_index": E(),
    "mfa_activate_totp": E(),
    "mfa_generate_recovery_codes": E(),
    "desk:today": E(),
    "desk:search": E(),
    "desk:stand": E(),
    "desk:language": E(),
    "desk:me": E(),
    "desk:administration": E(own=FINE | {403}),
    "desk:design": E(),
    "desk:my_logins": E(),
    "desk:my_work": E(),
    "desk:take_back": of("lent", only=frozenset()),
    "desk:staff": E(),
    "desk:staff_add": E(),
    "desk:staff_end_role": of("role"),
    "desk:staff_member": of("member"),
    "desk:staff_grant": of("member"),
    "desk:staff_leave": of("member"),
    "desk:staff_link": of("member"),
    "desk:staff_second_factor": of("member"),
    "desk:staff_logins": of("member"),
    "desk:staff_work": of("member"),
    "desk:helpers": E(),
    "desk:helper_add": E(),
    "desk:helper_end": of("helper_role"),
    "desk:branches": E(),
    "desk:branch_add": E(),
    "desk:branch_edit": E(lambda world: {"pk": world.home.county.pk}),
    "desk:approvals": E(),
    "desk:approval": of("approval", only=MANAGERS),
    "desk:approval_take_back": of("approval", only=frozenset()),
    "desk:jobs": E(),
    "desk:job": of("job", only=frozenset({Role.ADMINISTRATOR})),
    "desk:job_stop": of("job", only=frozenset({Role.ADMINISTRATOR})),
    "desk:trail": E(),
    "desk:trail_verify": E(top=True),
    "desk:trail_export": E(top=True),
    "desk:trail_download": of("job", top=True, own=frozenset({404})),
    "desk:looks": E(),
    "desk:keys": E(top=True),
    "desk:keys_rotate": E(top=True),
    "desk:keys_rotate_index": E(top=True),
    # consent
    "consent:missing": E(),
    "consent:verify": E(),
    "consent:attach": of("unscanned", only=SEE_DONORS),
    "consent:file": of("evidence", only=SEE_DONORS),
    "consent:signature": E(lambda world: {"pk": world.evidence.pk, "slot": "register"}, only=SEE_DONORS),
    "consent:send_back": of("evidence"),
    "consent:withdraw": of("consent", only=SEE_DONORS),
    "consent:sign": E(lambda world: {"pk": world.consent.subject_id}, only=SEE_DONORS),
    "consent:sign_line": E(
        lambda world: {"pk": world.consent.subject_id, "line": "contact"}, only=SEE_DONORS
    ),
    "consent:receipt": E(lambda world: {"pk": world.consent.subject_id}, only=SEE_DONORS),
    "consent:receipt_pdf": E(lambda world: {"pk": world.consent.subject_id}, only=SEE_DONORS),
    "consent:disclosures": E(lambda world: {"pk": world.consent.subject_id}),
    "consent:texts": E(),
    "consent:text": of("text", shared=True),
    "consent:begin": of("text", shared=True),
    "consent:words": E(lambda world: {"pk": world.draft_text.pk, "language": "zh-hans"}, shared=True),
    "consent:uses": of("draft_text", shared=True),
    "consent:publish": of("draft_text", shared=True),
    "consent:approve": of("text", shared=True),
    "consent:paper": E(lambda world: {"pk": world.text.pk, "language": "zh-hans"}, shared=True),
    # donors
    "donors:list": E(),
    "donors:listing": E(),
    "donors:withdraw-by-document": E(only=SEE_DONORS),
    "donors:door-receipt": of("gone_by_the_door", only=frozenset()),
    "donors:take-in": E(),
    "donors:one-move": of("branch_move"),
    "donors:assists": E(),
    "donors:assist": of("assist"),
    "donors:assist-take": of("assist"),
    "donors:assist-end": of("assist"),
    "donors:questions": E(),
    "donors:answer": of("question"),
    "donors:asked-merge": of("asked_merge", only=MANAGERS),
    "donors:merge-with": E(lambda world: {"pk": world.donor.pk, "other": world.twin.pk}),
    "donors:calls": E(),
    "donors:call": of("call"),
    "donors:open-call": of("call"),
    "donors:calling": E(),
    "donors:next-call": E(),
    "donors:calls-done": E(),
    "donors:skip-call": of("call"),
    "donors:undo-call": of("made_call", only=frozenset()),
    "donors:call-stop": of("call", only=frozenset()),
    "donors:losing": E(),
    "donors:new-call-list": E(),
    "donors:call-list": of("call_list"),
    "donors:end-call-list": of("call_list"),
    "donors:call-hours": of("call_list"),
    "donors:caller": of("call_list"),
    "donors:end-caller": E(lambda world: {"pk": world.caller.call_list_id, "helper_id": world.caller.pk}),
    "donors:caller-hours": E(lambda world: {"pk": world.caller.call_list_id, "helper_id": world.caller.pk}),
    **{
        f"donors:{name}": of("donor")
        for name in (
            "detail",
            "reveal",
            "record-call",
            "hold",
            "change-hold",
            "release",
            "recover",
            "list-one",
            "lift-objection",
            "die",
            "lose",
            "exclude",
            "transfer",
            "ask-to-relist",
            "plan-call",
            "details",
            "tell-apart",
            "correct-identity",
            "merge",
            "unmerge",
            "move",
            "ask-assist",
        )
    },
    # whoever may stop something for a person does so for a person they may see
    **{
        f"donors:{name}": of("donor", only=SEE_DONORS)
        for name in ("withdraw", "choose-contact", "object", "report-dead", "lift-death-report", "undo")
    },
    "donors:dispute-typing": of("donor", only=MANAGERS),
    # sheets of donors, and the national register
    "donors:exports": E(),
    "donors:export-ask": E(),
    "donors:export": of("export"),
    "donors:export-go-on": of("export", only=frozenset({Role.COORDINATOR})),
    "donors:export-take": of("export", only=frozenset({Role.COORDINATOR})),
    "donors:export-discard": of("export", only=frozenset({Role.COORDINATOR})),
    "donors:national": E(),
    "donors:national-enter": E(),
    "donors:national-mark-sent": E(),
    "donors:national-sheet": E(),
    "donors:national-sent": E(),
    "donors:national-out": E(),
    "donors:national-mark-out": E(),
    "donors:national-compare": E(),
    "donors:national-compared": of("national_sheet"),
    "donors:national-settle": E(
        lambda world: {"pk": world.national_finding.sheet_id, "finding_id": world.national_finding.pk}
    ),
    "donors:national-record": of("donor"),
    "donors:national-back": of("donor"),
    "donors:receipt": of("gone"),
    "donors:receipt-paper": of("gone"),
    "donors:rejoin": of("gone"),
    "donors:stance": E(lambda world: {"pk": world.donor.pk, "order": 1}),
    # tubes and boxes
    "samples:home": E(),
    "samples:list": E(),
    "samples:ready": E(),
    "samples:swap": E(),
    "samples:labels": E(),
    "samples:to-destroy": E(),
    "samples:destroyed": of("to_destroy"),
    "samples:boxes": E(),
    "samples:open": E(),
    "samples:box": of("box"),
    "samples:scan": of("box"),
    "samples:take-out": E(lambda world: {"pk": world.box.pk, "sample": world.tube_in_box.pk}),
    "samples:seal": of("box"),
    "samples:break-seal": of("box"),
    "samples:set-aside": of("box"),
    "samples:dispatch": of("box"),
    "samples:manifest": of("sent"),
    "samples:incoming": E(),
    "samples:receipt": of("sent"),
    "samples:count-in": of("sent"),
    "samples:finish": of("sent"),
    "samples:reject": of("received"),
    "samples:doubt": of("received", only=frozenset({Role.LABORATORY})),
    "samples:typings": E(),
    "samples:typing": of("received"),
    "samples:laboratory-to-destroy": E(),
    "samples:laboratory-destroyed": of("to_destroy_there"),
    # drives
    "drives:calendar": E(),
    "drives:plan": E(),
    "drives:places": E(),
    "drives:place": E(lambda world: {"place_id": world.place.pk}),
    "drives:office": E(),
    "drives:take": E(lambda world: {"donor_id": world.donor.pk}),
    "drives:board": of("drive", named=True),
    "drives:change": of("drive"),
    "drives:open": of("planned"),
    "drives:call_off": of("drive"),
    "drives:close": of("drive"),
    "drives:slip": at_drive("closing_id", "closing"),
    "drives:slip_pdf": at_drive("closing_id", "closing"),
    "drives:team": of("drive"),
    "drives:unstaff": at_drive("one_id", "on_duty"),
    "drives:helper": of("drive"),
    "drives:end_helper": at_drive("helper_id", "helper"),
    "drives:appointments": E(lambda world: {"pk": world.appointment.drive_id}),
    "drives:came": at_drive("appointment_id", "appointment"),
    "drives:move_appointment": at_drive("appointment_id", "appointment"),
    "drives:card": of("drive", named=True),
    "drives:sign_in": of("drive"),
    "drives:sheet": of("drive"),
    "drives:sheet_report": at_drive("sheet_id", "sheet"),
    "drives:sheet_columns": at_drive("sheet_id", "sheet"),
    "drives:sheet_go_on": at_drive("sheet_id", "sheet"),
    "drives:sheet_stop": at_drive("sheet_id", "sheet"),
    "drives:sheet_mend": at_drive("sheet_id", "sheet"),
    "drives:sheet_discard": at_drive("sheet_id", "sheet"),
    "drives:records": E(),
    "drives:records_report": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:records_columns": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:records_go_on": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:records_stop": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:records_mend": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:records_discard": E(lambda world: {"records_id": world.old_records.pk}),
    "drives:piles": E(only=SEE_DONORS),
    "drives:pile_at_drive": of("drive", only=SEE_DONORS),
    "drives:pile": E(lambda world: {"pile_id": world.pile.pk}, only=SEE_DONORS),
    "drives:pile_stop": E(lambda world: {"pile_id": world.pile.pk}, only=SEE_DONORS),
    "drives:pile_go_on": E(lambda world: {"pile_id": world.pile.pk}, only=SEE_DONORS),
    "drives:pile_throw_away": E(lambda world: {"pile_id": world.pile.pk}, only=SEE_DONORS),
    "drives:pile_page": E(lambda world: {"pile_id": world.pile.pk, "number": 1}, only=SEE_DONORS),
    "drives:pile_form": E(
        lambda world: {"pile_id": world.pile.pk, "form_id": world.pile_form.pk}, only=SEE_DONORS
    ),
    "drives:helping": of("drive", named=True),
    "drives:enrol": of("drive", named=True),
    "drives:discard": at_drive("draft_id", "handed_on", named=True),
    "drives:done": at_drive("draft_id", "enrolled"),
    "drives:handed_on": at_drive("draft_id", "handed_on", only=frozenset({Role.HELPER})),
    "drives:ask_branch": at_drive("draft_id", "handed_on", named=True),
    "drives:poster": of("drive", named=True),
    "drives:poster_pdf": of("drive", named=True),
    "drives:take_own": of("drive", named=True),
    "drives:own": E(lambda world: {"draft_id": world.own_form.pk}, named=True),
    # what strangers open
    **{f"own:{name}": E(lambda world: {"mark": world.mark}) for name in ("start", "number", "leave", "left")},
    "own:part": E(lambda world: {"mark": world.mark, "name": "document"}),
    # what waits
    "waiting:donors": E(),
    "waiting:families": E(),
    "waiting:programme": E(lambda world: {"key": world.unsure.programme_key}, shared=True),
    "waiting:families-restored": E(),
    "waiting:message": of("unsure"),
    "waiting:touchpoint": of("stood_still"),
    "waiting:family-message": of("wordless"),
    # words and alarms
    "wordings:list": E(),
    "programmes:list": E(),
    "programmes:new": E(),
    **{f"programmes:{name}": of("programme", shared=True) for name in ("version", "begin", "counsel")},
    **{
        f"programmes:{name}": of("new_programme", shared=True)
        for name in ("add", "ask", "take_back", "discard")
    },
    **{
        f"programmes:{name}": E(
            lambda world: {"pk": world.new_programme.pk, "step": world.new_programme.steps.first().pk},
            shared=True,
        )
        for name in ("step", "remove")
    },
    **{f"wordings:{name}": of("wording", shared=True) for name in ("version", "begin", "counsel")},
    **{f"wordings:{name}": of("new_wording", shared=True) for name in ("add", "ask", "take_back")},
    "wordings:body": E(
        lambda world: {"pk": world.new_wording.pk, "channel": "SMS", "language": "en"}, shared=True
    ),
    "paging:list": E(),
    "paging:number": E(),
    "paging:duty": E(),
    "paging:off_duty": of("time_on_duty"),
    **{
        f"paging:{name}": of("alarm", only=frozenset(Role))
        for name in ("alarm", "answer", "give_back", "settle")
    },
    # matches
    "cases:list": E(),
    **{
        f"cases:{name}": E(lambda world: {"key": "contact"}, shared=True)
        for name in ("column", "column-sheet")
    },
    **{f"cases:{name}-sheet": E() for name in ("ledger-cases", "follow-ups", "contacting")},
    "cases:advance": E(lambda world: {"pk": world.case.pk, "move": "remobilise"}),
    **{
        f"cases:{name}": of("case")
        for name in ("detail", "reveal", "take", "people", "postpone", "resume", "extend", "close", "note")
    },
    **{
        f"cases:{name}": of("case")
        for name in (
            "sample",
            "result",
            "decision",
            "findings",
            "clear",
            "dates",
            "backup",
            "condition",
            "donate",
        )
    },
    **{f"cases:{name}": E() for name in ("open", "notices", "ledger", "ledger-cases")},
    "cases:notices-pattern": E(),
    **{f"cases:notices-{name}": of("notice_file") for name in ("file", "go-on")},
    "cases:notices-mend": of("notice_file", own=FINE | {404}),  # whose file it is, and no colleague
    "cases:intervene": of("case"),
    "cases:intervention": E(lambda world: {"pk": world.wavering.case_id, "tried_id": world.wavering.pk}),
    "cases:win-back": of("left", only=frozenset({Role.COORDINATOR, Role.CASEWORKER, Role.REGISTRY_MANAGER})),
    "cases:win-back-settle": of("asked_back"),
    "cases:contacting": E(),
    **{f"cases:{name}": of("case") for name in ("attempt", "family", "talk", "peers", "health-check")},
    "cases:talk-settle": of("talk"),
    "cases:health-review": of("doubted"),
    "cases:consent": E(lambda world: {"pk": world.told.pk, "stage": 2}),
    # what hospitals enter of a match on which they are named
    "cases:to-clear": E(),
    "cases:hospital": E(),
    "cases:hospital-case": of("hospital_case", only=frozenset({TREATS, COLLECTS})),
    "cases:hospital-decision": of("hospital_case", only=frozenset({TREATS})),
    "cases:hospital-name": of("hospital_case", only=frozenset({COLLECTS})),
    "cases:hospital-message": of("hospital_case", only=frozenset({Role.REGISTRY_MANAGER, TREATS})),
    "cases:collection": of("hospital_case", only=frozenset({Role.REGISTRY_MANAGER, COLLECTS})),
    "cases:finding": E(
        lambda world: {"pk": world.hospital_case.pk, "kind": "examination"},
        only=frozenset({Role.MEDICAL_REVIEWER, COLLECTS}),
    ),
    **{f"cases:{name}": of("hospital_case", only=MANAGERS | {TREATS}) for name in ("arrival", "transfusion")},
    **{
        f"cases:{name}": of("hospital_case", only=MANAGERS | {COLLECTS})
        for name in ("adverse", "no-harm", "hand-over", "hand-over-second")
    },
    "cases:accompanied": E(),
    "cases:follow-ups": E(),
    **{f"cases:{name}": of("accompanied", only=BESIDE) for name in ("accompany", "stop")},
    **{
        f"cases:{name}": of("accompanied", only=MANAGERS | BESIDE)
        for name in ("journey", "leg", "expense", "journey-pack")
    },
    "cases:insurance": of("accompanied"),
    "cases:tick": of("leg", only=BESIDE),
    "cases:leg-remove": of("leg", only=MANAGERS | BESIDE),
    "cases:expense-paid": of("expense"),
    "cases:follow-up": of("follow_up"),
    "cases:report-event": of("harm"),
    **{f"cases:{name}": of("given") for name in ("wishes", "letters")},
    **{
        f"cases:{name}": of("letter")
        for name in (
            "letter",
            "letter-screen",
            "letter-wanted",
            "letter-forward",
            "letter-return",
            "letter-paper",
        )
    },
    # families
    "families:list": E(),
    "families:enter": E(),
    "families:open": of("giver"),
    "families:correct-giver": of("giver"),
    **{
        f"families:{name}": of("relative", only=SEE_FAMILIES)
        for name in ("correct-member", "put-first", "reach", "no-more", "again", "dead", "not-dead")
    },
    **{
        f"families:{name}": of("relative", only=SEE_FAMILIES)
        for name in ("wall-consent", "wall-no", "wall-no-lifted")
    },
    "families:wall": E(),
    **{
        f"families:wall-{name}": of("wall_page")
        for name in ("proof", "paper", "show", "answer", "put-up", "prolong", "end")
    },
    **{
        f"families:{name}": of("household", only=SEE_FAMILIES)
        for name in ("wall-write", "confidential", "not-confidential")
    },
    "wall:wall": E(),
    "wall:branch": E(lambda world: {"pk": world.home.county.pk}),
    "families:complaint": of("complaint"),
    **{
        f"families:{name}": of("household", only=SEE_FAMILIES)
        for name in (
            "detail",
            "reveal",
            "add-member",
            "sheet",
            "sheet-paper",
            "wishes",
            "address",
            "officer",
            "move",
            "note",
            "decline-events",
            "accept-events",
            "complain",
        )
    },
    "retention:home": E(),
    "retention:new": E(),
    **{f"retention:{name}": of("campaign") for name in ("campaign", "change", "discard", "begin", "end")},
    **{f"links:{name}": E(lambda world: {"token": "x" * 43}) for name in ("open", "other", "one-click")},
    "link_desk:to-donor": of("donor"),
    "link_desk:to-relative": of("relative", only=SEE_FAMILIES),
    # the care desk, and events
    **{f"care:{name}": E() for name in ("home", "not-sent", "letters", "letters-print", "letters-posted")},
    "care:approve-several": E(),
    **{f"care:{name}": of("remembered") for name in ("letters-gone", "came-back")},
    "care:unclear": E(),
    "care:decide": of("unclear"),
    "care:work": E(lambda world: {"work": "approve"}, shared=True),
    "care:occasions": E(),
    "care:occasion": E(
        lambda world: {"year": world.remembered.on_date.year, "key": world.remembered.key}, only=SEE_FAMILIES
    ),
    **{
        f"care:{name}": of("remembered")
        for name in ("touchpoint", "approve", "release-to", "hold", "release", "skip", "done")
    },
    "care:begin": of("household", only=SEE_FAMILIES),
    "care:gift": of("household", only=SEE_FAMILIES),
    "care:pause": of("kept_plan", only=SEE_FAMILIES),
    "care:plan-act": E(lambda world: {"pk": world.kept_plan.pk, "act": "resume"}, only=SEE_FAMILIES),
    "events:list": E(),
    "events:plan": E(),
    **{f"events:{name}": of("event") for name in ("event", "invite", "thank", "move", "call-off")},
    **{f"events:{name}": of("invitation") for name in ("answer", "attended", "tell", "letter")},
    # what comes back, and what people do by hand
    "answers:families": E(),
    "answers:donors": E(),
    "answers:of_family": of("family_answer"),
    "answers:of_donor": of("donor_answer"),
    "answers:works_for_relative": of("shut_way_of_relative"),
    "answers:works_for_donor": of("shut_way_of_donor"),
    "by_hand:families": E(),
    "by_hand:donors": E(),
    "by_hand:of_family": of("call_to_family"),
    "by_hand:of_donor": of("call_to_donor"),
    "provider:overview": E(),
    "provider:sign": E(lambda world: {"pk": world.home.county.pk}),
    "provider:template": of("short_text", shared=True),
    **{f"gateway:{name}": E() for name in ("phone", "mails", "receipt", "inbound")},
    **{
        f"gateway:{name}": E(lambda world: {"pk": world.home.county.pk}, shared=True, own=frozenset({404}))
        for name in ("reply", "mail")
    },
    "moved:moved": E(),
    "moved:thanks": E(),
    "moved:at": E(lambda world: {"pk": world.home.county.pk}),
    "moved:thanks_at": E(lambda world: {"pk": world.home.county.pk}),
    "moved:cards": E(lambda world: {"pk": world.home.county.pk}),
    "moved:cards_pdf": E(lambda world: {"pk": world.home.county.pk}),
    "drives:step": E(
        lambda world: {"pk": world.drive.pk, "draft_id": world.handed_on.pk, "name": "document"}, named=True
    ),
}


def is_public(view: Any) -> bool:
    """Return whether a view says that it is for everybody."""
    return isinstance(view.permission, str) and view.permission.startswith("public")


def views() -> Iterator[tuple[str, Any]]:
    """Return every address by name, with its view."""
    yield from _views(get_resolver().url_patterns, "")


def _views(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _views(pattern.url_patterns, prefix + inner)
        else:
            yield prefix + (pattern.name or str(pattern.pattern)), pattern.callback


VIEWS = dict(views())
GUARDED = sorted(name for name, view in VIEWS.items() if not is_public(view))


pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
COOKIES: dict[UUID, str] = {}  # everybody has signed in once, and is still there in every test


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the whole table, with everything made, gone afterwards."""
    with django_db_blocker.unblock(), time_machine.travel(AT, tick=False), transaction.atomic():
        made = World()
        for entry in ENTRIES.values():
            if entry.make:
                entry.make(made)
        for side in (made.home.staff, made.away.staff, made.top):
            COOKIES.update({staff.pk: at_work(staff) for staff in side.values()})
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world: World, django_db_blocker: Any) -> dict[str, str]:
    """Return the state in which every test finds the world."""
    with django_db_blocker.unblock():
        return digest()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test use up another's budget."""
    cache.clear()


@pytest.fixture(autouse=True)
def no_logs() -> Iterator[None]:
    """Write no line for each of ten thousand refusals; what stands in the logs is asked elsewhere."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw no papers: here is asked who gets one, elsewhere how it looks."""
    monkeypatch.setattr(pdf, "from_html", lambda html: b"%PDF-" + html.encode())


@pytest.fixture(autouse=True)
def unread_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no copy of what each template was given: here only the answer itself is read."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)


class Table:
    """One view of the table, and how the people of the world ask for it."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self.world, self.entry = name, world, ENTRIES[name]
        self.permission = VIEWS[name].permission
        self.kwargs = self.entry.make(world) if self.entry.make else {}
        self.url = reverse(name, kwargs=self.kwargs)

    def holds(self, role: Role) -> bool:
        """Return whether a role gives a permission that the view names."""
        if self.permission == "signed in":
            return True
        return bool(ROLE_PERMISSIONS[role] & set(self.permission))

    def reaches(self, role: Role) -> bool:
        """Return whether somebody of home in this role reaches the object."""
        if self.entry.only is not None:
            return role in self.entry.only
        if self.entry.make is None or self.entry.shared:
            return True
        return role not in NAMED_ROLES or (self.entry.named and role == Role.HELPER)

    def asking(self, people: dict[Role, Any]) -> list[tuple[Role, Any]]:
        """Return who asks: everybody, or of a sample one of each whom the table answers alike."""

        def answered(one: tuple[Role, Any]) -> tuple[bool, bool]:
            return (holds := self.holds(one[0])), holds and self.reaches(one[0])

        return some(people.items(), at=self.name, of=answered)

    def missing(self) -> Iterator[str]:
        """Return the address with each of its ids in turn replaced by one of nobody, and of another kind."""
        for name, value in self.kwargs.items():
            if isinstance(value, UUID):
                for other in (uuid4(), self.world.province.pk):
                    yield reverse(self.name, kwargs={**self.kwargs, name: other})
            elif name == "year":  # in which nothing was planned
                yield reverse(self.name, kwargs={**self.kwargs, name: value - 40})


def at_work(staff: Any) -> str:
    """Return the cookie of somebody who signed in and was seen just now: no look of theirs notes it anew."""
    client = signed_in(Client(), staff)
    session = client.session
    session.update(dict.fromkeys((sessions.STARTED, sessions.SEEN), int(time.time())))
    session.save()
    return client.cookies.output()


def browser_of(staff: Any, **options: Any) -> Client:
    """Return a browser in which somebody is signed in; without anybody, a new one."""
    client = Client(**options)
    if staff is not None:
        client.cookies.load(COOKIES[staff.pk].replace("Set-Cookie: ", ""))
    return client


def may(staff: Any, view: Any) -> bool:
    """Return whether somebody's first role holds what a view asks for."""
    held = ROLE_PERMISSIONS[Role(staff.roles.values_list("role", flat=True)[0])]
    return isinstance(view.permission, str) or bool(held & set(view.permission))


def ask(
    staff: Any, url: str, method: str = "get", *, still: dict[str, str] | None = None, **data: Any
) -> HttpResponse:
    """
    Ask as somebody who has just signed in; no cache may keep what a page or an act answers them.

    ``still`` is the state that the question must not change.
    """
    client = browser_of(staff)
    point = transaction.savepoint()
    with statements() as sent:
        response = getattr(client, method)(url, **data)
        getattr(response, "streaming_content", None) and b"".join(response.streaming_content)
    if staff is not None and method in {"get", "post"}:
        assert "no-store" in response["Cache-Control"], (url, method)
    assert still is None or is_as_it_was(still, sent), (url, method)
    transaction.savepoint_rollback(point)
    return response


def both(staff: Any, url: str, *, still: dict[str, str] | None = None) -> set[int]:
    """Return the answers to GET and POST, without "not this method"."""
    return {ask(staff, url, method, still=still).status_code for method in ("get", "post")} - {405}


def size(response: HttpResponse) -> int:
    """Return how long an answer is, without what differs by itself."""
    return len(re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"", response.content))


class TestTheTable:
    def test_has_every_view(self):
        assert sorted(VIEWS) == sorted(ENTRIES)

    def test_every_view_names_the_permission_it_needs(self):
        assert [name for name, view in VIEWS.items() if not hasattr(view, "permission")] == []


@pytest.mark.parametrize("name", GUARDED)
class TestEveryView:
    def test_sends_strangers_to_the_login(self, world, name):
        table = Table(name, world)
        answers = [ask(None, table.url), ask(None, table.url, "post")]
        assert {answer.status_code for answer in answers} - {405} == {302}
        assert all(
            reverse("account_login") in answer["Location"] for answer in answers if answer.status_code == 302
        )

    def test_lets_in_who_holds_the_permission_and_nobody_else(self, world, before, name):
        """And nobody else changes anything."""
        table, found = Table(name, world), {}
        for role, staff in table.asking(world.home.staff):
            if not table.holds(role) or table.entry.top:
                right = (answers := both(staff, table.url, still=before)) == {403}
            elif table.reaches(role):
                right = (answers := both(staff, table.url)) and answers <= table.entry.own
            else:
                right = (answers := both(staff, table.url, still=before)) == {404}
            if not right:
                found[str(role)] = answers
        assert found == {}

    def test_answers_for_what_is_another_branch_s_as_for_what_is_not_there(self, world, before, name):
        table = Table(name, world)
        if table.entry.make is None or table.entry.shared or table.entry.top:
            pytest.skip("its object is no branch's")
        for role, staff in table.asking(world.away.staff):
            if table.holds(role):
                there = [ask(staff, table.url, method, still=before) for method in ("get", "post")]
                gone = [ask(staff, next(table.missing()), method) for method in ("get", "post")]
                assert {answer.status_code for answer in there} - {405} == {404}, role
                assert [answer.status_code for answer in there] == [answer.status_code for answer in gone]
                assert [size(answer) for answer in there] == [size(answer) for answer in gone]

    def test_knows_no_id_of_nobody_or_of_another_kind(self, world, name):
        table = Table(name, world)
        holders = [role for role in world.home.staff if table.holds(role) and not table.entry.top]
        holders = holders[: 2 if CI else 1]
        for url in table.missing():
            for role in holders:
                assert both(world.home.staff[role], url) == {404}, (role, url)

    @pytest.mark.slow
    def test_changes_nothing_when_it_is_only_looked_at(self, world, before, name):
        table = Table(name, world)
        for role, staff in {**world.home.staff, **({} if not table.entry.top else world.top)}.items():
            if table.holds(role):
                client = browser_of(staff)
                with statements() as sent:
                    client.get(table.url)
                    client.head(table.url)
                assert is_as_it_was(before, sent), role
                break

    @pytest.mark.slow
    def test_knows_no_other_verbs(self, world, name):
        table = Table(name, world)
        staff = next(staff for role, staff in world.home.staff.items() if table.holds(role))
        for verb in ("put", "patch", "delete", "trace"):
            assert ask(staff, table.url, verb).status_code == 405, verb

    def test_wants_the_token_of_its_own_pages(self, world, name):
        table = Table(name, world)
        staff = next(staff for role, staff in world.home.staff.items() if table.holds(role))
        client = browser_of(staff, enforce_csrf_checks=True)
        assert client.post(table.url).status_code == 403

    @pytest.mark.slow
    def test_survives_bad_encodings_and_doubled_fields(self, world, name):
        table = Table(name, world)
        bad = b"name=%ff%fe&name=%00&page=%ED%A0%80&q=\xff&state=LISTED&pk=1&branch=x"
        form = {"content_type": "application/x-www-form-urlencoded"}
        for role, staff in world.home.staff.items():
            if table.holds(role):
                assert ask(staff, f"{table.url}?page=%ff&page=n.x&role=%00").status_code < 500
                assert ask(staff, table.url, "post", data=bad, **form).status_code < 500
                break


@pytest.mark.parametrize("name", [name for name in GUARDED if ENTRIES[name].make is None])
def test_lists_and_counts_show_nothing_of_another_branch(world, name):
    table, marks = Table(name, world), marks_of(world)
    for role, staff in table.asking(world.away.staff):
        if table.holds(role):
            page = ask(staff, table.url).content.decode(errors="replace")
            assert [mark for mark in marks if mark in page] == [], role


def test_searching_finds_nothing_of_another_branch(world):
    for mark in marks_of(world):
        for role in (Role.COORDINATOR, Role.CASEWORKER, Role.LABORATORY):
            answer = ask(world.away.staff[role], reverse("desk:search"), "post", data={"q": mark})
            assert answer.status_code in {200, 422}, (role, mark)
            assert reverse("donors:detail", args=[world.donor.pk]) not in answer.content.decode()


def marks_of(world: World) -> list[str]:
    """Return what would give the people and things of home away."""
    people = [world.member, world.helper_role.staff, *world.home.staff.values()]
    things = [
        world.donor,
        world.gone,
        world.call,
        world.consent,
        world.box,
        world.sent,
        world.drive,
        world.draft,
    ]
    ids = [str(thing.pk) for thing in (*people, *things, world.home.county, world.job, world.approval)]
    words = [world.drive.name, world.place.name, world.tube_in_box.barcode, world.box.code, world.donor.grid]
    return ids + words


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.top])
def test_the_top_of_the_tree_reaches_what_belongs_to_everybody(world, name):
    table = Table(name, world)
    for role, staff in world.top.items():
        if table.holds(role):
            assert both(staff, table.url) <= table.entry.own
