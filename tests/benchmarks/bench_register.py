"""Lists and finding in a register of a million: no page costs more because the register is larger."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from foundation import access
from foundation.access import Permission, Role
from foundation.desk.views import search
from foundation.pages import keyset
from registry.donors.models import Donor
from registry.donors.views import lists
from tests.benchmarks import crowd
from tests.benchmarks.asking import ask, queries_of
from tests.benchmarks.figures import Out, median_ms
from tests.factories.foundation import StaffFactory

SMALL = int(os.environ.get("BENCH_SMALL", "10000"))
LARGE = int(os.environ.get("BENCH_LARGE", "1000000"))


def run(out: Out) -> None:
    """Measure at 10,000 and 1,000,000 donors; ``BENCH_LARGE`` sets another size."""
    counties = crowd.tree()
    officer = StaffFactory(role=Role.COORDINATOR, branch=counties[0])
    manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=counties[0].parent.parent)
    with out.timed(f"{SMALL:,} donors written"):
        crowd.fill(counties, SMALL)
    crowd.settle()
    small = _pages(manager)
    with out.timed(f"{LARGE:,} donors written"):
        crowd.fill(counties, LARGE - SMALL, start=SMALL)
    crowd.settle()
    large = _pages(manager)
    for name in small:
        out.figure(f"donor list, {name} page, {SMALL:,} donors", small[name][0], "ms")
        out.figure(f"donor list, {name} page, {LARGE:,} donors", large[name][0], "ms")
        out.figure(
            f"donor list, {name} page, larger ÷ smaller", large[name][0] / small[name][0], "×", at_most=3
        )
        out.figure(
            f"donor list, {name} page, queries more than in the smaller",
            large[name][1] - small[name][1],
            "",
            at_most=0,
        )
    slowest = max(ms for ms, _ in large.values()) / min(ms for ms, _ in large.values())
    out.figure("donor list, slowest ÷ fastest page of the larger", slowest, "×", at_most=1.5)
    _find(out, manager)
    _county(out, officer, counties[0].path)


def _pages(staff: Any) -> dict[str, tuple[float, int]]:
    half = Donor.objects.count() // 2
    middle = Donor.objects.order_by("-service_path", "-id")[half]
    token = keyset._token(keyset.NEXT, ["service_path", "id"], middle)
    tokens = {"first": "", "middle": token, "last": keyset.END}
    found = {}
    for name, token in tokens.items():
        get = {keyset.PARAMETER: token} if token else {}

        def act(get: dict[str, str] = get) -> None:
            assert ask(lists.donors, staff, "/donors/", **get).status_code == 200

        found[name] = (median_ms(act), queries_of(act))
    return found


def _find(out: Out, staff: Any) -> None:
    numbers = count(7)

    def act() -> None:
        number = next(numbers) * 17 % LARGE
        answer = ask(search.box, staff, "/search/", post={"q": crowd.document_of(number)})
        assert answer.status_code == 302, "the one hit is opened"

    found = f"find by document in {LARGE:,}"
    ours = median_ms(act)
    out.figure(f"{found}, the view, warm, median of 50", ours, "ms", at_most=5)
    bare = median_ms(_bare(act))
    out.figure(f"{found}, its queries and one durable commit, bare", bare, "ms")
    out.figure(f"{found}, the view ÷ bare", ours / bare, "×")


def _bare(act: Callable[[], None]) -> Callable[[], None]:
    """Return an act that asks the database what this one asks, and writes one line as durably."""
    with CaptureQueriesContext(connection) as captured:
        act()
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_line (words TEXT)")

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in asked:
                cursor.execute(statement)
                cursor.fetchall()
            cursor.execute("INSERT INTO bench_line VALUES (%s)", ["x" * 400])

    return bare


def _county(out: Out, staff: Any, path: str) -> None:
    scope = access.Scope.of([path])

    def rows() -> QuerySet[Donor]:
        return Donor.objects.served_by(scope)

    assert access.scope_of(staff.pk, Permission.DONOR_VIEW, at=crowd.AT).covers(path)
    listed = median_ms(lambda: list(rows().order_by("-service_path", "-id")[:51]))
    counted = median_ms(lambda: keyset.count_words(rows()))
    out.figure(f"county officer's list in {LARGE:,}: the query", listed, "ms", at_most=10)
    out.figure(f"county officer's count in {LARGE:,}: the query", counted, "ms", at_most=10)
    view = median_ms(lambda: ask(lists.donors, staff, "/donors/"))
    out.figure("county officer's page as a whole", view, "ms")
    out.say(f"  ({connection.vendor}; {len(list(rows()[:10001])):,} donors in that county)")
