"""The addresses of the desk pages, each with its permission."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
