"""Piles handed in on a page: kept sealed, worked through as a job, destroyed when all is dealt with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q

from foundation import jobs, trail, vault
from foundation.access import Branch, Permission
from foundation.papers import kept
from registry.drives.actions import rights
from registry.drives.models import Drive, FormProblem, FormState, Pile, PileForm, PilePage
from registry.drives.piles import filing, splitting
from registry.drives.piles.problems import NotFiled, PileProblem
from registry.drives.piles.reading import Drawn, Scan, check
from registry.samples import barcodes

if TYPE_CHECKING:
    from foundation.jobs import Job, Running
    from foundation.trail import Actor

KIND: Final = "drives.work_through_pile"


@transaction.atomic
def hand_in(
    content: bytes, *, name: str, branch: Branch, drive: Drive | None = None, by: Actor, at: datetime
) -> Pile:
    """
    Keep a scanned pile, sealed, and have it worked through. The same file again is the same pile.

    :raises PileProblem: if it is no scan, by its first bytes, or too large.
    :raises NotAllowed: without the right to bring scans there.
    """
    rights.check(by, Permission.CONSENT_RECORD, on=drive or branch, at=at)
    check(content)
    sha256 = hashlib.sha256(content).hexdigest()
    if (known := _known(branch, sha256)) is not None:
        return known
    pile = Pile(branch=branch, branch_path=branch.path, drive=drive, at=at, **by.columns())
    kept.keep(pile, content, name=name)
    trail.record("pile.handed_in", by=by, at=at, object=pile, branch=branch.pk, bytes=pile.size_bytes)
    jobs.start(KIND, {"pile": str(pile.pk)}, about=pile.pk, by=by, at=at, branch=branch)
    return pile


def _known(branch: Branch, sha256: str) -> Pile | None:
    """Return the pile of this very file; one that was thrown away may come again."""
    same = Pile.objects.filter(branch=branch, sha256=sha256).annotate(
        left=Count("forms", filter=Q(forms__state__in=filing.OPEN))
    )
    return same.filter(Q(key__isnull=False) | Q(read_at__isnull=False, left=0)).order_by("-id").first()


def job_of(pile: Pile) -> Job | None:
    """Return the work on a pile that was asked for last."""
    return jobs.latest(KIND, about=pile.pk)


@transaction.atomic
def go_on(pile: Pile, *, by: Actor, at: datetime) -> Job | None:
    """Have a pile worked through further, if the work on it has ended before its time."""
    rights.check(by, Permission.CONSENT_RECORD, on=pile, at=at)
    pile = Pile.objects.select_for_update(of=("self",)).select_related("branch").get(pk=pile.pk)
    job = job_of(pile)
    if pile.key_id is None or (job is not None and not job.has_ended):
        return job
    return jobs.start(KIND, {"pile": str(pile.pk)}, about=pile.pk, by=by, at=at, branch=pile.branch)


def work(running: Running) -> Mapping[str, Any]:
    """
    Draw the pages of a pile, tell its forms apart and file them: the handler of the job.

    Run again it goes on with the first page that is not there, and the first form that waits.

    :raises PileProblem: if the file cannot be read, or was thrown away meanwhile.
    """
    pile = Pile.objects.filter(pk=running.args["pile"]).first()
    if pile is None or pile.key_id is None:
        raise PileProblem("gone")
    if pile.read_at is None:
        _read(pile, running)
        _tell_apart(pile, by=running.by, at=running.at)
    _file(pile, running)
    return counts(pile)


def counts(pile: Pile) -> dict[str, int]:
    """Return how many forms of a pile are in each state, and how many pages are blank."""
    states = dict(pile.forms.order_by().values_list("state").annotate(n=Count("pk")))
    counted = {state.value.lower(): states.get(state.value, 0) for state in FormState}
    return {**counted, "blank": pile.scanned.filter(blank=True).count()}


def _read(pile: Pile, running: Running) -> None:
    content = vault.open_one(pile, "content")["content"]
    if not isinstance(content, bytes):
        raise PileProblem("gone")
    with Scan(content) as scan:
        if pile.pages is None:
            pile.pages = scan.count()
            Pile.objects.filter(pk=pile.pk).update(pages=pile.pages)
        done = pile.scanned.aggregate(last=Max("number"))["last"] or 0
        pages = _reporting(scan.pages(done + 1, pile.pages - done), pile.pages, running)
        while piece := list(islice(pages, settings.PILE_PIECE)):
            _keep(pile, piece)


def _reporting(pages: Iterable[Drawn], total: int, running: Running) -> Iterable[Drawn]:
    for page in pages:
        running.progress(page.number, 2 * total)
        yield page


@transaction.atomic
def _keep(pile: Pile, pages: Iterable[Drawn]) -> None:
    """Seal some pages and keep them, unless the pile was thrown away or somebody was faster."""
    held = Pile.objects.select_for_update(of=("self",)).get(pk=pile.pk)
    if held.key_id is None:
        raise PileProblem("gone")
    there = set(held.scanned.values_list("number", flat=True))
    PilePage.objects.bulk_create(_row(held, page) for page in pages if page.number not in there)


def _row(pile: Pile, page: Drawn) -> PilePage:
    row = PilePage(pile=pile, number=page.number, codes=_codes(page), mark=page.mark, blank=page.blank)
    if page.picture is not None:
        vault.seal(row, key=pile.key_id, picture=page.picture, sketch=page.sketch)
    return row


def _codes(page: Drawn) -> list[str]:
    """Return what was read and is written as a tube's barcode is."""
    found = []
    for text in page.codes:
        try:
            found.append(barcodes.check(text))
        except barcodes.BarcodeProblem:
            continue
    return found


@transaction.atomic
def _tell_apart(pile: Pile, *, by: Actor, at: datetime) -> None:
    """Make the forms of a pile whose pages are all there, and let go of the file."""
    held = Pile.objects.select_for_update(of=("self",)).get(pk=pile.pk)
    if held.read_at is not None:
        return
    groups = splitting.split(_seen(held), alike=settings.PILE_LIKENESS)
    twice = splitting.said_twice(groups)
    for group in groups:
        form = PileForm(pile=held, first_page=group.pages[0].number, **by.columns())
        form.barcode = group.codes[0] if len(group.codes) == 1 else ""
        problem = _problem(group, twice)
        form.state, form.problem = (FormState.LOOK, problem) if problem else (FormState.WAITING, "")
        form.save(force_insert=True)
        numbers = [page.number for page in group.pages]
        held.scanned.filter(number__in=numbers).update(form=form)
    held.read_at = pile.read_at = at
    held.save(update_fields=[*vault.seal(held, content=None), "read_at"])
    trail.record(
        "pile.read", by=by, at=at, object=held, branch=held.branch_id, pages=held.pages, forms=len(groups)
    )


def _seen(pile: Pile) -> list[splitting.Page]:
    rows = list(pile.scanned.defer("picture").order_by("number"))
    return [
        splitting.Page(
            row.number,
            tuple(row.codes),
            row.mark,
            row.blank,
            row.blank or isinstance(opened["sketch"], bytes),
            opened["sketch"] if isinstance(opened["sketch"], bytes) else b"",
        )
        for row, opened in zip(rows, vault.open(rows, ["sketch"]), strict=True)
    ]


def _problem(group: splitting.Group, twice: set[str]) -> str:
    if not all(page.drawn for page in group.pages):
        return FormProblem.NO_PICTURE
    if not group.codes:
        return FormProblem.NO_BARCODE
    if len(group.pages) > settings.PILE_FORM_PAGES_MOST:
        return FormProblem.TOO_LONG
    return FormProblem.TWICE if twice & set(group.codes) else ""


def _file(pile: Pile, running: Running) -> None:
    total = pile.pages or 0
    reach = filing.reach_of(running.by, at=running.clock())
    for form in pile.forms.filter(state=FormState.WAITING).order_by("first_page"):
        _file_one(form, reach, by=running.by, at=running.at)
        running.progress(min(total + form.first_page, 2 * total), 2 * total)


def _file_one(form: PileForm, reach: filing.Reach, *, by: Actor, at: datetime) -> None:
    try:
        evidence = filing.evidence_of_tubes(filing.codes_of(form), filing.mark_of(form), reach)
        filing.file(form, evidence, by=by, at=at)
    except NotFiled as why:
        waiting = PileForm.objects.filter(pk=form.pk, state=FormState.WAITING)
        waiting.update(state=FormState.LOOK, problem=why.problem)


@transaction.atomic
def throw_away(piles: Any, *, by: Actor, at: datetime) -> int:
    """Destroy piles with their keys; what was filed from them stays. Returns how many."""
    held = list(piles.select_for_update(of=("self",)).filter(key__isnull=False))
    filing.let_go(held, at=at)
    if held:
        trail.record("pile.thrown_away", by=by, at=at, files=len(held))
    return len(held)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the piles handed in more than ``PILE_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.PILE_DAYS)
    return throw_away(Pile.objects.filter(at__lt=before), by=by, at=at)
