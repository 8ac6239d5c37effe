"""Where signs and templates are looked after."""

from django.urls import path

from notifications.channels.provider import views

app_name = "provider"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("signs/<uuid:pk>/", views.sign, name="sign"),
    path("templates/<uuid:pk>/", views.template, name="template"),
]
