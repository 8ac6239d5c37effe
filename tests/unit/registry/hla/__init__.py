"""Tests of typings' form."""
