from django.apps import AppConfig


class Config(AppConfig):
    name = "conferral.records.questions"
    label = "questions"
