"""What every template keeps to, so that no button of a page is dead."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from foundation.templatetags import relay

TEMPLATES = Path(__file__).parents[4] / "templates"
POSTING = {
    path.name for path in (TEMPLATES / "components").glob("*.html") if "csrf_token" in path.read_text()
}
INCLUDED = re.compile(r'\{% include "components/(\w+\.html)"([^%]*)%\}')


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
class TestATemplate:
    def test_hands_its_token_to_every_button_that_posts(self, template):
        alone = [
            name
            for name, given in INCLUDED.findall(template.read_text())
            if name in POSTING and given.rstrip().endswith(" only") and "csrf_token=" not in given
        ]

        assert alone == []  # "only" keeps the token out, and the button answers 403


@pytest.mark.parametrize(
    ("language", "label", "shown"),
    [
        ("en", "Will you come?", "Will you come? "),
        ("en", "Note", "Note: "),
        ("zh-hans", "多久？", "多久？ "),
        ("zh-hant", "備註", "備註："),
    ],
)
def test_a_label_leads_to_what_is_said_of_it(language: str, label: str, shown: str) -> None:
    with override(language):
        assert relay.leading(label) == shown
