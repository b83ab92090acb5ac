"""The addresses of the public pages, each with its permission."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
