"""The addresses of the centre pages, each with its permission."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
