"""The door "already registered", as drives use it."""

from registry.donors.actions.doors import AskedTooOften, ask_its_branch, is_registered

__all__ = ["AskedTooOften", "ask_its_branch", "is_registered"]
