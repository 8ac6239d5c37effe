"""Keeping volunteers in touch: what everybody on the register is told, and when."""
