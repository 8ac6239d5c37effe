"""Addresses of the public memorial wall; no name has one of its own."""

from django.urls import path

from registry.families.views import public_wall

app_name = "wall"

urlpatterns = [
    path("", public_wall.wall, name="wall"),
    path("<uuid:pk>/", public_wall.wall, name="branch"),
]
