"""How signing in differs from the library's usual ways: nobody signs themselves up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):
    """Accounts are made by the desk or a centre, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
