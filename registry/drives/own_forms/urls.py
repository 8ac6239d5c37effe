"""Where volunteers fill their own form: the mark of a poster, and nothing of a person."""

from django.urls import path, register_converter

from registry.drives.own_forms import views
from registry.drives.own_forms.parts import PARTS


class PartConverter:
    """One of the pages of the form."""

    regex = "|".join(PARTS)

    def to_python(self, value: str) -> str:
        """Return the page's name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the page's name."""
        return value


class MarkConverter:
    """The signed mark of a poster."""

    regex = r"[A-Za-z0-9_-]{20,40}\.[A-Za-z0-9_-]{20,64}"

    def to_python(self, value: str) -> str:
        """Return the mark."""
        return value

    def to_url(self, value: str) -> str:
        """Return the mark."""
        return value


register_converter(PartConverter, "ownpart")
register_converter(MarkConverter, "mark")

app_name = "own"
urlpatterns = [
    path("<mark:mark>/", views.start, name="start"),
    path("<mark:mark>/number/", views.number, name="number"),
    path("<mark:mark>/leave/", views.leave, name="leave"),
    path("<mark:mark>/left/", views.left, name="left"),
    path("<mark:mark>/<ownpart:name>/", views.part, name="part"),
]
