"""The addresses of the moderator pages, each with its permission."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
