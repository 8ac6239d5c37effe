"""Write the ledger's waiting lines, and clear what deleted keys leave behind."""

from celery import shared_task

from foundation.vault import ledger, residue


@shared_task
def write_ledger() -> None:
    """Write what could not be written when it happened; every minute."""
    ledger.flush()
    residue.clear()
