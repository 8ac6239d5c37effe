"""Where staff send a person their own link."""

from django.urls import path

from notifications.links import desk_views

app_name = "link_desk"
urlpatterns = [
    path("donors/<uuid:pk>/", desk_views.to_donor, name="to-donor"),
    path("relatives/<uuid:pk>/", desk_views.to_relative, name="to-relative"),
]
