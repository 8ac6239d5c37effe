"""Whatever code the outbox keeps of a message that did not leave, a person reads a true sentence."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from notifications.care import unsent
from notifications.plans.whys import Why

BASE = Path(__file__).resolve().parents[4]
ITS_OWN = "paging"  # copies of alarms are no messages of the outbox
SAYS_WHY = ("NotNow", "NotHandedOver", "Candidate")
ENDS_BY_WHY = ("hold", "hold_on", "cancel", "cancel_for", "free", "fail", "leave_to_a_person", "_decided")
WERE_SENT = ("decided", "reconciled")


def modules() -> Iterator[ModuleType]:
    for path in sorted((BASE / "notifications").rglob("*.py")):
        if not {"migrations", "commands", ITS_OWN} & set(path.parts):
            name = ".".join(path.relative_to(BASE).with_suffix("").parts).removesuffix(".__init__")
            yield sys.modules.get(name) or import_module(name)


def value_of(node: ast.expr, module: ModuleType) -> object:
    """Return what a literal or a name of a module stands for; None where only its caller knows."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return node.values[0].value
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    return getattr(value_of(node.value, module), node.attr, None) if isinstance(node, ast.Attribute) else None


def said_in(module: ModuleType) -> Iterator[object]:
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in SAYS_WHY and call.args:
            yield value_of(call.args[0], module)
        if name in SAYS_WHY + ENDS_BY_WHY:
            yield from (value_of(one.value, module) for one in call.keywords if one.arg == "why")


def codes() -> set[str]:
    found = {str(code) for module in modules() for code in said_in(module) if isinstance(code, str) and code}
    return (found | set(Why.values)) - set(WERE_SENT)


class TestReasonOf:
    def test_knows_every_code_that_the_program_writes(self):
        unknown = {one for one in codes() if not unsent.known(one) and not unsent.goes_by(one)}

        assert unknown == set()

    def test_reads_the_code_of_the_sources(self):
        assert {"no_address", "rcpt_", "no_line", "answer_settled", "event_called_off"} <= codes()

    @pytest.mark.parametrize("why", Why)
    def test_blames_no_line_for_what_a_person_decided(self, why):
        reason = unsent.reason_of(why.value)

        assert reason.words != unsent.OF_A_LINE.words
        assert not reason.by_itself or why == Why.SILENT_DAY

    @pytest.mark.parametrize("code", ["no_line", "gateway_busy", "refused_451"])
    def test_says_of_a_fault_of_a_line_that_it_goes_by(self, code):
        assert unsent.reason_of(code) == unsent.OF_A_LINE

    def test_promises_nothing_of_a_code_that_nobody_knows(self):
        reason = unsent.reason_of("of_tomorrow")

        assert "of_tomorrow" in str(reason.words)
        assert not reason.by_itself
