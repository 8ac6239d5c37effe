"""Where the desk answers."""

from django.urls import path

from foundation.desk import office_urls
from foundation.desk.views import administration, gallery, places, search, today

app_name = "desk"
urlpatterns = [
    path("", today.home, name="today"),
    path("search/", search.box, name="search"),
    path("stand/", places.stand, name="stand"),
    path("language/", places.language, name="language"),
    path("me/", places.me, name="me"),
    path("administration/", administration.doors, name="administration"),
    path("design/", gallery.design, name="design"),
    *office_urls.urlpatterns,
]
