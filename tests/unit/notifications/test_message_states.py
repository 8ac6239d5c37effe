"""Every room says by the same names where a message stands."""

import ast
from pathlib import Path

from notifications.message_states import GOING, REACHED, REACHED_NOBODY, SETTLED, WAITING, MessageState

FLOOR = Path(__file__).resolve().parents[3] / "notifications"
OF_MESSAGES_ALONE = {"CLAIMED", "SENDING"}
SPELLED_IN = ["message_states.py", "outbox/models/message.py"]  # a constraint has its letters in the database


class TestMessageState:
    def test_is_settled_or_going(self):
        assert set(MessageState) == {*GOING, *SETTLED}
        assert not {*GOING} & {*SETTLED}

    def test_has_reached_somebody_perhaps_or_surely_nobody(self):
        assert set(MessageState) == {*WAITING, *REACHED, *REACHED_NOBODY}
        assert len(WAITING + REACHED + REACHED_NOBODY) == len(MessageState)

    def test_is_spelled_in_one_place(self):
        modules = [path for path in sorted(FLOOR.rglob("*.py")) if "migrations" not in path.parts]
        spelling = [
            path.relative_to(FLOOR).as_posix()
            for path in modules
            if any(
                isinstance(node, ast.Constant) and node.value in OF_MESSAGES_ALONE
                for node in ast.walk(ast.parse(path.read_text()))
            )
        ]
        assert spelling == SPELLED_IN
