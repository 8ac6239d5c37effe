"""What every test may ask for: a moment, a clean home, a signed-in browser."""

from __future__ import annotations
