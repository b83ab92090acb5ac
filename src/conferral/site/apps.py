from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _install_access(**_: object) -> None:
    from conferral.records.access import install

    install()


class Config(AppConfig):
    name = "conferral.site"
    label = "site"

    def ready(self) -> None:
        # Access belongs to the schema: whatever migrates, a test database included, installs it. Django
        # tells only apps with models that a migration is over; by then every table exists.
        post_migrate.connect(_install_access, sender=apps.get_app_config("ledger"))
