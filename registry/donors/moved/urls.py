"""Where a new number is left, and where the cards for it are printed."""

from django.urls import path

from registry.donors.moved import views

app_name = "moved"
urlpatterns = [
    path("", views.moved, name="moved"),
    path("thanks/", views.thanks, name="thanks"),
    path("at/<uuid:pk>/", views.moved, name="at"),
    path("at/<uuid:pk>/thanks/", views.thanks, name="thanks_at"),
    path("cards/<uuid:pk>/", views.cards, name="cards"),
    path("cards/<uuid:pk>/pdf/", views.cards_pdf, name="cards_pdf"),
]
