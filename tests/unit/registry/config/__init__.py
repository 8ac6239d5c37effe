"""Tests: the wiring."""
