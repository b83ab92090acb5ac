"""How signing in differs from the library's usual ways: nobody signs themselves up, and our own words."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

WORDS = {
    "account_inactive": "This account is closed. Ask your head of centre or the desk",
    "email_password_mismatch": "The address and the password don't fit together. Check both",
    "enter_current_password": "The current password is not right",
    "incorrect_password": "The password is not right",
    "too_many_login_attempts": "Too many attempts. Wait five minutes, or set a new password",
    "same_as_current": "Choose a password other than the current one",
    "rate_limited": "Too many requests. Wait a few minutes",
}


class Accounts(DefaultAccountAdapter):
    """Accounts are made by the desk or a centre, never by a visitor."""

    error_messages = DefaultAccountAdapter.error_messages | WORDS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The page one comes to says that one is signed in or out; nothing more is said."""

    def format_email_subject(self, subject: str) -> str:
        return subject
