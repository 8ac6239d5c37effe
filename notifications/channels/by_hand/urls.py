"""Where calls and visits are made."""

from django.urls import path

from notifications.channels.by_hand import views

app_name = "by_hand"
urlpatterns = [
    path("families/", views.families, name="families"),
    path("families/<uuid:pk>/", views.of_family, name="of_family"),
    path("donors/", views.donors, name="donors"),
    path("donors/<uuid:pk>/", views.of_donor, name="of_donor"),
]
