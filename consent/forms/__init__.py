"""What is typed, drawn or brought: the lines of a text, a scan, a withdrawal, a new text."""

from consent.forms.evidence import Return, Scan, Verify
from consent.forms.lines import LinesForm, LinesResult, TeachBackAnswers
from consent.forms.texts import Uses, Words
from consent.forms.withdrawal import Withdraw

__all__ = [
    "LinesForm",
    "LinesResult",
    "Return",
    "Scan",
    "TeachBackAnswers",
    "Uses",
    "Verify",
    "Withdraw",
    "Words",
]
