"""What the cases' room shows elsewhere: at the desk, in sections of a case's page, on a receipt."""

from registry.cases.shows import after, contact, desk, preparing, receipt


def register() -> None:
    """Register all of it."""
    desk.register()
    preparing.register()
    after.register()
    contact.register()
    receipt.register()
