"""The addresses of the desk pages, each with its permission."""

from django.urls import URLPattern

from conferral.pages.desk import (
    allocation,
    awards,
    candidates,
    catalogue,
    centres,
    checkpoints,
    claims,
    contacts,
    documents,
    fees,
    notices,
    parcels,
    people,
    register,
    reports,
    subjects,
    today,
)
from conferral.pages.gate import route

urlpatterns: list[URLPattern] = [
    route("", today.today, name="desk_today", permission="see_desk"),
    route("awards/claims/<int:number>/", claims.claim, name="desk_claim", permission="see_desk"),
    route("awards/claims/<int:number>/process/", claims.process, name="desk_process", permission="process_claims"),
    route("allocation/", allocation.listing, name="desk_allocation", permission="see_desk"),
    route("allocation/<slug:centre>/<slug:scheme>/", allocation.change, name="desk_allocate", permission="allocate"),
    route("allocation/interest/", allocation.interest, name="desk_interest", permission="allocate"),
    route("centres/", centres.listing, name="desk_centres", permission="see_desk"),
    route("centres/add/", centres.add, name="desk_add_centre", permission="manage_centres"),
    route("fees/", fees.listing, name="desk_fees", permission="see_desk"),
    route("fees/file/", fees.file, name="desk_fees_file", permission="see_desk"),
    route("checkpoints/", checkpoints.listing, name="desk_checkpoints", permission="see_desk"),
    route("checkpoints/set/", checkpoints.add, name="desk_add_checkpoint", permission="set_checkpoints"),
    route("checkpoints/<int:id>/", checkpoints.checkpoint, name="desk_checkpoint", permission="see_desk"),
    route("checkpoints/<int:id>/<slug:kind>/", checkpoints.file, name="desk_checkpoint_file", permission="see_desk"),
    route("centres/without-contact/", contacts.listing, name="desk_without_contact", permission="see_desk"),
    route("centres/contacts/<int:id>/dead/", contacts.mark_dead, name="desk_contact_dead", permission="handle_letters"),
    route("centres/people/", people.listing, name="desk_people", permission="see_desk"),
    route("centres/people/add/", people.add, name="desk_add_staff", permission="manage_centres"),
    route("centres/<slug:number>/", centres.centre, name="desk_centre", permission="see_desk"),
    route("centres/<slug:number>/approve/", centres.approve, name="desk_approve", permission="manage_centres"),
    route("centres/<slug:number>/people/", centres.add_to_centre, name="desk_add_person", permission="manage_centres"),
    route("catalogue/", catalogue.listing, name="desk_catalogue", permission="see_desk"),
    route("catalogue/register/", register.upload, name="desk_register", permission="manage_catalogue"),
    route(
        "catalogue/register/<int:export>/",
        register.difference,
        name="desk_register_difference",
        permission="manage_catalogue",
    ),
    route("catalogue/<slug:code>/", catalogue.scheme, name="desk_scheme", permission="see_desk"),
    route("catalogue/<slug:code>/number/", catalogue.number, name="desk_scheme_number", permission="manage_catalogue"),
    route("catalogue/<slug:code>/notice/", notices.publish, name="desk_publish_notice", permission="publish_notices"),
    route("guidance/", documents.listing, name="desk_guidance", permission="see_desk"),
    route("guidance/add/", documents.add, name="desk_add_document", permission="keep_library"),
    route("guidance/subjects/", subjects.listing, name="desk_subjects", permission="see_desk"),
    route("guidance/subjects/<slug:id>/", subjects.subject, name="desk_subject", permission="keep_library"),
    route("guidance/documents/<slug:id>/", documents.document, name="desk_document", permission="see_desk"),
    route(
        "guidance/documents/<slug:id>/change/", documents.change, name="desk_change_document", permission="keep_library"
    ),
    route("guidance/documents/<slug:id>/version/", documents.version, name="desk_version", permission="keep_library"),
    route("guidance/documents/<slug:id>/link/", documents.link, name="desk_link_section", permission="keep_library"),
    route("guidance/links/<int:id>/", documents.unlink, name="desk_unlink_section", permission="keep_library"),
    route("guidance/reports/", reports.listing, name="desk_reports", permission="see_desk"),
    route("guidance/reports/draft/", reports.draft, name="desk_draft_report", permission="write_reports"),
    route("guidance/reports/<int:number>/", reports.report, name="desk_report", permission="see_desk"),
    route("guidance/reports/<int:number>/again/", reports.again, name="desk_report_again", permission="write_reports"),
    route(
        "guidance/reports/<int:number>/publish/",
        reports.publish,
        name="desk_publish_report",
        permission="write_reports",
    ),
    route(
        "guidance/reports/<int:number>/<slug:key>/",
        reports.section,
        name="desk_report_section",
        permission="write_reports",
    ),
    route("awards/", awards.listing, name="desk_awards", permission="see_desk"),
    route(
        "awards/certificates/<slug:certificate>/", awards.certificate, name="desk_certificate", permission="see_desk"
    ),
    route("awards/certificates/<slug:certificate>/paper/", awards.paper, name="desk_paper", permission="see_desk"),
    route(
        "awards/certificates/<slug:certificate>/revoke/",
        awards.revoke,
        name="desk_revoke",
        permission="revoke_certificates",
    ),
    route("candidates/", candidates.listing, name="desk_candidates", permission="see_desk"),
    route(
        "registrations/<int:registration>/", candidates.registration, name="desk_registration", permission="see_desk"
    ),
    route(
        "registrations/<int:registration>/carry-over/",
        candidates.carry_over,
        name="desk_carry_over",
        permission="carry_over_units",
    ),
    route("parcels/", parcels.listing, name="desk_parcels", permission="see_desk"),
    route("parcels/<int:parcel>/return/", parcels.send_back, name="desk_return_parcel", permission="manage_centres"),
]
