"""Every way in which a tube or a box changes."""

from registry.samples.actions.boxes import (
    break_seal,
    dispatch_batch,
    open_batch,
    scan_in,
    seal_batch,
    set_aside,
    take_out,
)
from registry.samples.actions.destruction import (
    call_for_destruction,
    destroy,
    lift_destruction,
    order_destruction,
    pull,
)
from registry.samples.actions.laboratory import finish_receipt, receive, reject
from registry.samples.actions.merging import bring_back, bring_over
from registry.samples.actions.swaps import SWAP, SwapReason, ask_swap, swap
from registry.samples.actions.taking import collect
from registry.samples.actions.typings import (
    Row,
    lift_dispute,
    record_typing,
    record_typings,
    set_typings_aside,
)

__all__ = [
    "SWAP",
    "Row",
    "SwapReason",
    "ask_swap",
    "break_seal",
    "bring_back",
    "bring_over",
    "call_for_destruction",
    "collect",
    "destroy",
    "dispatch_batch",
    "finish_receipt",
    "lift_destruction",
    "lift_dispute",
    "open_batch",
    "order_destruction",
    "pull",
    "receive",
    "record_typing",
    "record_typings",
    "reject",
    "scan_in",
    "seal_batch",
    "set_aside",
    "set_typings_aside",
    "swap",
    "take_out",
]
