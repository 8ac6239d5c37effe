"""Write the ledger's waiting lines."""

from celery import shared_task

from foundation.vault import ledger


@shared_task
def write_ledger() -> None:
    """Write what could not be written when it happened; every minute."""
    ledger.flush()
