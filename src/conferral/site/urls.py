"""Every address of the product."""

from django.urls import include, path

urlpatterns = [
    path("", include("conferral.pages.public.urls")),
    path("account/", include("conferral.pages.accounts.urls")),
    path("centre/", include("conferral.pages.centre.urls")),
    path("moderator/", include("conferral.pages.moderator.urls")),
    path("desk/", include("conferral.pages.desk.urls")),
]
handler403 = "conferral.pages.errors.forbidden"
handler404 = "conferral.pages.errors.not_found"
handler500 = "conferral.pages.errors.broken"
