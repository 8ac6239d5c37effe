"""Addresses of the cases' room; ids only, never personal data."""

from django.urls import URLPattern

app_name = "cases"

urlpatterns: list[URLPattern] = []
