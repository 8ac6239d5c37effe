"""Where the pages of wordings are."""

from django.urls import path, register_converter

from notifications.channel_names import Channel
from notifications.wordings import views
from notifications.wordings.models import LANGUAGES


class Words:
    """A fixed word of an address."""

    def to_python(self, value: str) -> str:
        """Return the word."""
        return value

    def to_url(self, value: str) -> str:
        """Return the word."""
        return value


class Language(Words):
    """One of the three languages."""

    regex = "|".join(LANGUAGES)


class Way(Words):
    """One of the channels."""

    regex = "|".join(Channel.values)


register_converter(Language, "wording_language")
register_converter(Way, "wording_channel")

app_name = "wordings"
urlpatterns = [
    path("", views.listed, name="list"),
    path("<uuid:pk>/", views.version, name="version"),
    path("<uuid:pk>/new-version/", views.begin, name="begin"),
    path("<uuid:pk>/ways/", views.add, name="add"),
    path("<uuid:pk>/<wording_channel:channel>/<wording_language:language>/", views.body, name="body"),
    path("<uuid:pk>/ask/", views.ask, name="ask"),
    path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("<uuid:pk>/counsel/", views.counsel, name="counsel"),
]
