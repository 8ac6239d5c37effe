"""Tests of tubes and boxes that need no database."""
