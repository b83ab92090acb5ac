from django.apps import AppConfig


class Config(AppConfig):
    name = "conferral.records.holds"
    label = "holds"
