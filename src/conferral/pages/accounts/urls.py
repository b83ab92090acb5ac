"""Signing in and out: the account library's own views, put behind the gate."""

from allauth.account import urls as account_urls
from django.urls import URLPattern

from conferral.pages.gate import ACCOUNT, gate

KEPT = {
    "account_login", "account_logout", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_change_password", "account_signup",
}  # fmt: skip


def _gated(pattern: URLPattern) -> URLPattern:
    pattern.callback = gate(pattern.callback, ACCOUNT)
    return pattern


urlpatterns = [_gated(pattern) for pattern in account_urls.urlpatterns if pattern.name in KEPT]
