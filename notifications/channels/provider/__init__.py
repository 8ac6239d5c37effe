"""What the provider of short messages has approved: the sign of a branch, the template of a wording."""

from notifications.channels.provider.queries import NO_SIGN, NO_TEMPLATE, missing, sign_of, template_of

__all__ = ["NO_SIGN", "NO_TEMPLATE", "missing", "sign_of", "template_of"]
