from django.apps import AppConfig


class Config(AppConfig):
    name = "conferral.records.standards"
    label = "standards"
