"""What every page is made of: keyset pages, masks, forms, and trying an action for a page."""

from foundation.pages.attempt import Attempt, pressed
from foundation.pages.forms import RelayForm
from foundation.pages.keyset import Page, paginate

__all__ = ["Attempt", "Page", "RelayForm", "paginate", "pressed"]
