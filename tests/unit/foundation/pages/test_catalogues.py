"""Whether every text of the pages has its translations, and whether they are found."""

from pathlib import Path

import polib
import pytest
from django.conf import settings

from foundation.pages import catalogues
from foundation.pages.catalogues import Message


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a house with one module and one page."""
    (tmp_path / "registry").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "registry" / "rooms.py").write_text(
        'A = _("Plain")\nB = ngettext("{n} tube", "{n} tubes", n)\n'
        'C = pgettext_lazy("a month", "May")\nD = _(name)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "Said" %}{% blocktranslate count n=n %}{{ n }} call{% plural %}{{ n }} calls'
        '{% endblocktranslate %}{% include "x" with words=_("Given") %}{# "no" #}{{ x|default:_("Else") }}'
    )
    return tmp_path


class TestExtract:
    def test_finds_the_texts_of_code_and_pages(self, house):
        assert set(catalogues.extract(house)) == {
            Message("Plain"),
            Message("{n} tube", "{n} tubes"),
            Message("May", context="a month"),
            Message("Said"),
            Message("%(n)s call", "%(n)s calls"),
            Message("Given"),
            Message("Else"),
        }


class TestProblems:
    def test_names_what_is_missing_untranslated_and_stale(self, house):
        assert any("no catalogue" in line for line in catalogues.problems(house))
        for locale in catalogues.LOCALES:
            catalogues.update(house, locale, catalogues.extract(house))

        found = catalogues.problems(house)

        assert sum("untranslated" in line for line in found) == 7 * len(catalogues.LOCALES)
        assert sum("older than" in line for line in found) == len(catalogues.LOCALES)

    def test_names_a_translation_that_fills_in_another_place(self, house):
        catalogues.update(house, "zh_Hans", catalogues.extract(house))
        path = catalogues.po_path(house, "zh_Hans")
        catalogue = polib.pofile(str(path))
        catalogue.find("{n} tube").msgstr_plural = {0: "{m} 管"}
        catalogue.save()

        assert any("other places" in line for line in catalogues.problems(house))

    def test_are_none_in_this_house(self):
        assert catalogues.problems(settings.BASE_DIR) == []


class TestUpdate:
    def test_keeps_what_is_translated_and_drops_what_is_gone(self, house):
        catalogue = catalogues.update(house, "zh_Hans", catalogues.extract(house))
        catalogue.find("Plain").msgstr = "平常"
        catalogue.save(str(catalogues.po_path(house, "zh_Hans")))
        (house / "registry" / "rooms.py").write_text('A = _("Plain")\n')

        catalogue = catalogues.update(house, "zh_Hans", catalogues.extract(house))

        assert catalogue.find("Plain").msgstr == "平常"
        assert catalogue.find("May") is None
