"""The signed line to a provider of short messages: by HTTPS, or into a folder where one is tried out."""

from notifications.channels.gateway.line import Line, line
from notifications.channels.gateway.signing import SignatureProblem, check, headers

__all__ = ["Line", "SignatureProblem", "check", "headers", "line"]
