"""Calls and visits: tasks with a script, the way to the person, tries in vain, and what came of it."""
