"""Step 4 of the enrolment: what the volunteer agreed to. The words and signatures stay in what was typed."""

from __future__ import annotations

from consent.forms import LinesForm
from registry.drives.answers import Facts


def facts_of(form: LinesForm) -> Facts:
    """Return which text was answered, in which language; the answers are opened again from what was typed."""
    return {"text": str(form.text.pk), "language": form.body.language}
