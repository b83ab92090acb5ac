"""The addresses of the public pages, each with its permission."""

from conferral.pages.accounts import views as accounts
from conferral.pages.gate import ACCOUNT, OPEN, SIGNED_IN, route
from conferral.pages.public import alerts, certificates, faq, front, journeys, library, qualifications, rulebook, verbs

urlpatterns = [
    route("", front.home, name="home", permission=OPEN),
    route("help/", front.help_and_contact, name="help", permission=OPEN),
    route("accessibility/", front.accessibility, name="accessibility", permission=OPEN),
    route("privacy/", front.privacy, name="privacy", permission=OPEN),
    route("check/", certificates.check, name="check_certificate", permission=OPEN),
    route("check/<str:certificate>/", certificates.certificate, name="certificate", permission=OPEN),
    route("qualifications/", qualifications.listing, name="qualifications", permission=OPEN),
    route("qualifications/<str:code>/", qualifications.qualification, name="qualification", permission=OPEN),
    route("rules/", rulebook.listing, name="rule_book", permission=OPEN),
    route("rules/policy/", rulebook.policy_values, name="policy_values", permission=OPEN),
    route("rules/<slug:id>/", rulebook.rule, name="rule", permission=OPEN),
    route("verbs/", verbs.verbs, name="verbs", permission=OPEN),
    route("journeys/", journeys.listing, name="journeys", permission=OPEN),
    route("journeys/<slug:name>/", journeys.journey, name="journey", permission=OPEN),
    route("faq/", faq.listing, name="faq", permission=OPEN),
    route("faq/<int:number>/", faq.one, name="faq_question", permission=OPEN),
    route("faq/document/<slug:id>/", faq.whole, name="faq_document", permission=OPEN),
    route("faq/document/<slug:id>/pdf/", faq.pdf, name="faq_pdf", permission=OPEN),
    route("library/", library.listing, name="library", permission=OPEN),
    route("library/<slug:id>/", library.document, name="document", permission=OPEN),
    route("library/<slug:id>/changes/", library.changes, name="document_changes", permission=OPEN),
    route("library/<slug:id>/<int:number>/", library.version, name="document_version", permission=OPEN),
    route("library/<slug:id>/<int:number>/file/", library.file, name="document_file", permission=OPEN),
    route("alerts/", alerts.listing, name="alerts", permission="subscribe"),
    route("alerts/<int:id>/stop/", alerts.stop, name="stop_alert", permission="subscribe"),
    route("alerts/stop/<str:token>/", alerts.stop_by_link, name="stop_alerts", permission=OPEN),
    route("feeds/<slug:id>/", alerts.feed, name="feed", permission=OPEN),
    route("place/", accounts.change_place, name="change_place", permission=SIGNED_IN),
    route("first-desk-account/", accounts.first_desk_account, name="first_desk_account", permission=ACCOUNT),
]
