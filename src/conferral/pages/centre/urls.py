"""The addresses of the centre pages, each with its permission."""

from django.urls import URLPattern

from conferral.pages.centre import (
    candidates,
    claim_builder,
    claims,
    consignments,
    cover_sheet,
    own,
    readiness,
    readiness_files,
    results,
    today,
    uploads,
)
from conferral.pages.gate import route

urlpatterns: list[URLPattern] = [
    route("", today.today, name="centre_today", permission="see_centre"),
    route("candidates/", candidates.listing, name="centre_candidates", permission="see_centre"),
    route("candidates/register/", candidates.register, name="centre_register", permission="register_candidates"),
    route("candidates/upload/", uploads.upload, name="centre_upload", permission="register_candidates"),
    route("candidates/upload/registrations.csv", uploads.columns, name="centre_upload_columns",
          permission="register_candidates"),
    route("candidates/uploads/<int:upload>/", uploads.preview, name="centre_upload_preview",
          permission="register_candidates"),
    route("candidates/uploads/<int:upload>/refused.csv", uploads.refused, name="centre_upload_refused",
          permission="register_candidates"),
    route("candidates/<int:candidate>/", candidates.candidate, name="centre_candidate", permission="see_centre"),
    route("readiness/", readiness.readiness, name="centre_readiness", permission="see_centre"),
    route("readiness/readiness.<str:kind>", readiness_files.file, name="centre_readiness_file",
          permission="see_centre"),
    route("results/", results.results, name="centre_results", permission="see_centre"),
    route("results/<int:claim>/read/", results.read, name="centre_report_read", permission="see_centre"),
    route("certificates/<str:certificate>/", results.certificate, name="centre_certificate",
          permission="see_centre"),
    route("own/", own.own, name="centre_own", permission="see_centre"),
    route("claims/", claims.listing, name="centre_claims", permission="see_centre"),
    route("claims/new/", claims.new, name="centre_new_claim", permission="build_claims"),
    route("claims/<int:number>/", claims.claim, name="centre_claim", permission="see_centre"),
    route("claims/<int:number>/check/", claims.check, name="centre_claim_check", permission="submit_claims"),
    route("claims/<int:number>/take-back/", claims.take_back, name="centre_take_back", permission="submit_claims"),
    route("claims/<int:number>/again/", claims.again, name="centre_claim_again", permission="build_claims"),
    route("claims/<int:number>/judged/", consignments.judged, name="centre_claim_judged", permission="see_centre"),
    route("claims/<int:number>/despatch/", consignments.despatch, name="centre_despatch", permission="send_work"),
    route("claims/<int:number>/cover-sheet/", cover_sheet.cover_sheet, name="centre_cover_sheet",
          permission="see_centre"),
    route("claims/<int:number>/candidates/<int:registration>/", claim_builder.by_candidate,
          name="centre_claim_candidate", permission="build_claims"),
    route("claims/<int:number>/units/<path:unit>/", claim_builder.by_unit, name="centre_claim_units",
          permission="build_claims"),
]  # fmt: skip
