"""What is told when the provider has approved something, inside the transaction."""

from django.dispatch import Signal

sign_approved = Signal()  # sign, by, at: holds for its branch and those below
template_approved = Signal()  # template, by, at: of one version, channel and language
