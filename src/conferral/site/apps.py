from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install_access(**_: object) -> None:
    from conferral.records.access import install

    install()


class Config(AppConfig):
    name = "conferral.site"
    label = "site"

    def ready(self) -> None:
        # Access belongs to the schema: whatever migrates, a test database included, installs it.
        post_migrate.connect(_install_access, sender=self)
