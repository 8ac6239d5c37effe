"""Where a person's own links lead; short, for it stands in a text message."""

from django.urls import path

from notifications.links import views

app_name = "links"
urlpatterns = [
    path("<str:token>/", views.page, name="open"),
    path("<str:token>/other/", views.other, name="other"),
    path("<str:token>/stop/", views.one_click, name="one-click"),
]
