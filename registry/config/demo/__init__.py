"""The demo's data: an invented province whose donors went the real way, act by act."""

from registry.config.demo.filling import PASSWORD, fill

__all__ = ["PASSWORD", "fill"]
