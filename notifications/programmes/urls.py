"""Where the pages of programmes are."""

from django.urls import path

from notifications.programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.listed, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.version, name="version"),
    path("<uuid:pk>/new-version/", views.begin, name="begin"),
    path("<uuid:pk>/steps/", views.step, name="add"),
    path("<uuid:pk>/steps/<uuid:step>/", views.step, name="step"),
    path("<uuid:pk>/steps/<uuid:step>/remove/", views.remove, name="remove"),
    path("<uuid:pk>/ask/", views.ask, name="ask"),
    path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("<uuid:pk>/counsel/", views.counsel, name="counsel"),
    path("<uuid:pk>/discard/", views.discard, name="discard"),
]
