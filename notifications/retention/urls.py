"""Where keeping in touch stands."""

from django.urls import path

from notifications.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.home, name="home"),
    path("campaigns/new/", views.new, name="new"),
    path("campaigns/<uuid:pk>/", views.campaign, name="campaign"),
    path("campaigns/<uuid:pk>/change/", views.change, name="change"),
    path("campaigns/<uuid:pk>/discard/", views.discard, name="discard"),
    path("campaigns/<uuid:pk>/begin/", views.begin, name="begin"),
    path("campaigns/<uuid:pk>/end/", views.end, name="end"),
]
