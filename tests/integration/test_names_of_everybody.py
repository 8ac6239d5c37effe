"""A name stays as it is written on the document, byte for byte, and is found however it is typed.

Source: design/security.md section 1, "Finding"
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from foundation import vault
from foundation.access import Role, Scope
from foundation.ids import uuid7
from foundation.papers import sheets as files
from foundation.vault import index, normal
from registry.donors import names, queries
from registry.donors.models import Donor
from registry.drives.forms.document import DocumentForm
from registry.drives.imports import import_rows
from tests.factories import consent as consents
from tests.factories import donors, sheets
from tests.factories.drives import AT, ON, DriveFactory, enrolled
from tests.factories.foundation import StaffFactory, actor
from tests.integration.test_bad_input import NASTY
from tests.racing import CI

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MILLION = 1_000_000  # characters
ROWS = 90_000  # of one sheet
DOTS = "·•・‧"
HAN = ["𠮷", "䶮", "㛃", "𬱖", "𫖯", "龘", "\U00020087", "\U0002a6d6", "王", "丽", "华", "欧", "阳", "静"]
PRIVATE = {"\ue863": "䶮", "\ue864": "\u9fbb", "\ue816": "\U00020087", "\ue81e": "\u9fb4"}
TIBETAN = ["བསྟན", "འཛིན", "བཀྲ", "ཤིས", "སྐལ", "བཟང", "རྡོ", "རྗེ"]
UYGHUR = ["ئابدۇ", "رەھمان", "گۈلنار", "نۇر", "مۇھەممەت", "ئايشە"]
LATIN = ["José", "Zoë", "Ødegård", "Nguyễn", "O'Neil", "Ἀλέξης", "Łukasz"]


def made(seed: int = 20261120) -> Iterator[str]:
    """Yield names as people of this country and its guests bear them, the same at every run."""
    dice = random.Random(seed)  # noqa: S311 these are no secrets
    while True:
        kind = dice.randrange(6)
        if kind == 0:
            yield "".join(dice.choices(HAN, k=dice.randint(2, 4)))
        elif kind == 1:
            yield "".join(dice.choices(HAN, k=2)) + dice.choice(list(PRIVATE))
        elif kind == 2:
            parts = ["".join(dice.choices(HAN, k=dice.randint(2, 8))) for _ in range(dice.randint(2, 3))]
            yield dice.choice(DOTS).join(parts)
        elif kind == 3:
            yield "་".join(dice.choices(TIBETAN, k=dice.randint(2, 6)))
        elif kind == 4:
            yield " ".join(dice.choices(UYGHUR, k=dice.randint(1, 3)))
        else:
            yield " ".join(dice.choices(LATIN, k=dice.randint(1, 3)))


def together(characters: int) -> list[str]:
    """Return names of so many characters in all."""
    found, left = [], characters
    for name in made():
        found.append(name)
        left -= len(name)
        if left <= 0:
            return found
    raise AssertionError


def naughty() -> list[str]:
    """Return the strings of the big list that can be a name: the others are refused with a sentence."""
    if not NASTY.is_dir():
        return ["\u202etest\u202c", "Ω≈ç√∫", "ﬁ", "田中さん", "찦차를", "𝓣𝓱𝓮", "'; DROP TABLE users"]
    return [text for text in json.loads((NASTY / "blns.json").read_text()) if is_name(text)]


def is_name(text: str) -> bool:
    try:
        return names.check(text) == text
    except names.NameProblem:
        return False


def typed(name: str) -> set[str]:
    """Return the forms in which somebody may type a name who looks for it."""
    dotted = {name.translate({ord(each): dot for each in DOTS}) for dot in DOTS}
    private = {name.translate({ord(new): old for old, new in PRIVATE.items()})}
    public = {name.translate({ord(old): new for old, new in PRIVATE.items()})}
    composed = {unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    wide = {"".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name).replace(" ", "\u3000")}
    large = {name.upper()} if name.upper().casefold() == name.casefold() else set()  # not so of a dotless i
    return {name, f" {name} ", *large, *dotted, *private, *public, *composed, *wide}


@pytest.mark.one_database  # what is sealed is bytes to both
class TestTheVault:
    @pytest.mark.slow
    def test_gives_a_million_characters_back_as_they_were(self) -> None:
        """Each under the key of its own row: nothing is normalised, trimmed or replaced on the way."""
        borne = [*together(MILLION if CI else MILLION // 5), *naughty()]
        key = vault.new_key()
        rows = [Donor(id=uuid7()) for _ in borne]
        for row, name in zip(rows, borne, strict=True):
            vault.seal(row, key=key, name=name)
        opened = [one["name"] for one in vault.open(rows, ["name"])]
        assert [one for one, name in zip(opened, borne, strict=True) if one != name] == []
        assert "".join(map(str, opened)).encode() == "".join(borne).encode()


@pytest.mark.one_database  # asks none
class TestTheIndex:
    def test_is_the_same_for_every_form_of_a_name(self) -> None:
        for name in {*together(MILLION // (1 if CI else 50)), *naughty()}:
            forms = {normal.name(form) for form in typed(name)}
            assert len(forms) == 1, (name, forms)

    def test_of_the_same_form_is_the_same_number(self) -> None:
        for name in together(2000):
            assert len({index.name(form) for form in typed(name)}) == 1, name


class TestTheForm:
    @pytest.mark.one_database  # asks none
    def test_keeps_a_name_as_it_is_typed(self) -> None:
        person = donors.person()
        borne = together(MILLION // (10 if CI else 200))
        for name in [*borne, *naughty()]:
            told = {"name": name, "kind": "RESIDENT_ID", "number": person.document_number}
            form = DocumentForm(told, on=ON)
            if form.is_valid():
                assert form.cleaned_data["name"].encode() == name.encode()
            else:  # a sheet may bring a mark of direction; whoever types is asked for the name without
                assert name not in borne, (name, form.errors)
                assert form.errors["name"]

    @pytest.mark.slow
    def test_and_the_enrolment_behind_it_keep_and_find_it(self) -> None:
        consents.text()
        drive = DriveFactory()
        lin = StaffFactory(role=Role.COORDINATOR, branch=drive.branch)
        for name in together(600 if CI else 120):
            donor = enrolled(drive, staff=lin, by=actor(lin), name=name)
            is_kept_and_found(donor, name)


class TestTheSheet:
    @pytest.mark.one_database  # asks none
    @pytest.mark.parametrize("write", ["xlsx", "csv"])
    def test_hands_a_million_characters_on_as_they_were(self, write: str) -> None:
        borne = [*together(MILLION if CI else MILLION // 10), *naughty()]
        read: list[str] = []
        for first in range(0, len(borne), ROWS):
            cells = [["姓名"], *[[name] for name in borne[first : first + ROWS]]]
            content = files.write_xlsx(cells) if write == "xlsx" else b"".join(files.write_csv(cells))
            read += [str(row.cells[0]) for row in files.read(content)][1:]
        wrong = [(a, b) for a, b in zip(read, borne, strict=True) if a != b]
        assert wrong == []

    @pytest.mark.slow
    @pytest.mark.parametrize("write", [sheets.xlsx, sheets.csv])
    def test_brings_people_in_under_their_own_names(self, write: Any) -> None:
        consents.text()
        drive = DriveFactory()
        by = actor(StaffFactory(role=Role.COORDINATOR, branch=drive.branch))
        borne = list(dict.fromkeys([*together(20_000 if CI else 1000), *naughty()]))
        rows = [
            sheets.row(n, NAME=name, DOCUMENT_NUMBER=number(n), BORN_ON="") for n, name in enumerate(borne)
        ]
        report = import_rows(write(*rows), drive, by=by, at=AT).report
        assert report.rejected == {}
        assert report.accepted == len(borne)
        people = list(Donor.objects.order_by("samples__barcode"))
        opened = [str(one["name"]) for one in vault.open(people, ["name"])]
        assert sorted(opened) == sorted(borne)
        for donor, name in list(zip(people, opened, strict=True))[:: max(1, len(people) // 40)]:
            is_kept_and_found(donor, name)


def number(n: int) -> str:
    """Return the n-th valid number."""
    return sheets.resident_number(n % 499, born_on=date(1995, 5, 17) + timedelta(days=n // 499))


def is_kept_and_found(donor: Donor, name: str) -> None:
    """Check that a donor's name opens as it was written, and that each form of it finds them."""
    kept = str(vault.open_one(Donor.objects.get(pk=donor.pk), "name")["name"])
    assert kept.encode() == name.encode()
    scope = Scope.of([donor.service_path])
    for form in typed(name):
        assert donor in queries.find(form, scope=scope), (name, form)
