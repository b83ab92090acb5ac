"""A plain Django admin over claims and registrations, for whoever is signed in."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.urls import include, path

from conferral.records.candidates.models import Registration
from conferral.records.claims.models import Claim


class Site(AdminSite):
    """The product's persons have no staff flag: being signed in is enough."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class Everything(ModelAdmin):
    """Nor have they Django's permissions: everybody may do everything, as a superuser may."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


class Claims(Everything):
    list_display = ("id", "scheme", "state", "submitted_at", "moderator", "send_by", "withdraw_after")
    list_select_related = ("scheme", "moderator")


class Registrations(Everything):
    list_display = ("candidate", "uln", "scheme", "registered_on", "state")
    list_select_related = ("candidate", "scheme")
    search_fields = ("candidate__uln",)

    def uln(self, registration: Registration) -> str | None:
        return registration.candidate.uln


site = Site()
site.register(Claim, Claims)
site.register(Registration, Registrations)

urlpatterns = [path("admin/", site.urls), path("", include("conferral.site.urls"))]
