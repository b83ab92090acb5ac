from django.apps import AppConfig


class Config(AppConfig):
    name = "conferral.records.samples"
    label = "samples"
