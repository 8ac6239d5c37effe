"""What every template keeps to, so that no button of a page is dead."""

import re
from pathlib import Path

import pytest

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
