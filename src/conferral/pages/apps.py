from django.apps import AppConfig


class Config(AppConfig):
    name = "conferral.pages"
    label = "pages"
