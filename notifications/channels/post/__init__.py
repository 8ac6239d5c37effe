"""Letters and neutral envelopes, printed here, posted by a person who then says so."""

from notifications.channels.post.letters import Letter, letter_of, letters_of
from notifications.channels.post.papers import ENVELOPES, letters_pdf, pages
from notifications.channels.post.piles import papers_of, printed, strays, take_out
from notifications.channels.post.posting import NotAsPrinted, posted, posted_as_printed

__all__ = [
    "ENVELOPES",
    "Letter",
    "NotAsPrinted",
    "letter_of",
    "letters_of",
    "letters_pdf",
    "pages",
    "papers_of",
    "posted",
    "posted_as_printed",
    "printed",
    "strays",
    "take_out",
]
