"""The addresses of the moderator pages, each with its permission."""

from django.urls import URLPattern

from conferral.pages.gate import route
from conferral.pages.moderator import (
    appeals,
    away,
    claims,
    file_notes,
    files,
    parcels,
    questions,
    reports,
    samples,
    standards,
    suspicions,
    waiting,
)

urlpatterns: list[URLPattern] = [
    route("", waiting.queue, name="moderator_waiting", permission="see_work"),
    route("away/", away.listing, name="moderator_away", permission="say_when_away"),
    route("away/<int:id>/take-back/", away.take_back, name="moderator_take_back_absence", permission="say_when_away"),
    route("parcels/", parcels.parcels, name="moderator_parcels", permission="see_work"),
    route("parcels/receive/", parcels.receive, name="moderator_receive", permission="log_parcels"),
    route(
        "parcels/without-a-claim/", parcels.log_unmatched, name="moderator_parcel_unmatched", permission="log_parcels"
    ),
    route("parcels/<int:parcel>/match/", parcels.match, name="moderator_match_parcel", permission="log_parcels"),
    route("parcels/<int:parcel>/return/", parcels.send_back, name="moderator_return_parcel", permission="log_parcels"),
    route("claims/<int:number>/", claims.claim, name="moderator_claim", permission="see_work"),
    route(
        "claims/<int:number>/open-visit/", claims.open_the_visit, name="moderator_open_visit", permission="decide_units"
    ),
    route(
        "claims/<int:number>/units/<int:claimed_unit>/", claims.unit, name="moderator_unit", permission="decide_units"
    ),
    route(
        "claims/<int:number>/files/<int:item>/original/",
        files.original,
        name="moderator_file_original",
        permission="see_work",
    ),
    route(
        "claims/<int:number>/files/<int:item>/pages/<int:page>/",
        files.picture,
        name="moderator_file_picture",
        permission="see_work",
    ),
    route(
        "claims/<int:number>/files/of/<int:registration>/",
        file_notes.bundle,
        name="moderator_bundle",
        permission="see_work",
    ),
    route(
        "claims/<int:number>/files/<int:item>/note/",
        file_notes.note,
        name="moderator_file_note",
        permission="decide_units",
    ),
    route("claims/<int:number>/matrix/", claims.matrix_page, name="moderator_matrix", permission="see_work"),
    route(
        "claims/<int:number>/confirm-remaining/",
        claims.confirm_remaining,
        name="moderator_confirm_remaining",
        permission="decide_units",
    ),
    route(
        "claims/<int:number>/questions/<int:question>/withdraw/",
        questions.withdraw,
        name="moderator_withdraw_question",
        permission="decide_units",
    ),
    route(
        "claims/<int:number>/withdraw-assessor/",
        reports.withdraw_by_assessor,
        name="moderator_withdraw_assessor",
        permission="decide_units",
    ),
    route("claims/<int:number>/sample/", samples.sample, name="moderator_sample", permission="decide_units"),
    route(
        "claims/<int:number>/sample/confirm/",
        samples.confirm,
        name="moderator_confirm_by_sample",
        permission="decide_units",
    ),
    route("standardisation/<int:id>/", standards.exercise, name="moderator_exercise", permission="mark_exercises"),
    route("standardisation/pieces/<int:piece>/", standards.piece, name="moderator_piece", permission="mark_exercises"),
    route(
        "standardisation/pieces/<int:piece>/files/<int:number>/",
        standards.original,
        name="moderator_piece_original",
        permission="mark_exercises",
    ),
    route(
        "standardisation/pieces/<int:piece>/files/<int:number>/<int:page>/",
        standards.picture,
        name="moderator_piece_picture",
        permission="mark_exercises",
    ),
    route("suspicions/", suspicions.listing, name="moderator_suspicions", permission="report_suspicions"),
    route("suspicions/<int:id>/", suspicions.suspicion, name="moderator_suspicion", permission="report_suspicions"),
    route(
        "claims/<int:number>/suspicion/",
        suspicions.report,
        name="moderator_report_suspicion",
        permission="report_suspicions",
    ),
    route("reviews/<int:id>/", appeals.review, name="moderator_review", permission="decide_reviews"),
    route("claims/<int:number>/withdraw/", reports.withdraw, name="moderator_withdraw", permission="decide_units"),
    route("claims/<int:number>/report/", reports.report, name="moderator_report", permission="decide_units"),
    route("claims/<int:number>/report/paper/", reports.paper, name="moderator_report_paper", permission="see_work"),
    route(
        "claims/<int:number>/actions/<int:action>/",
        reports.judge,
        name="moderator_judge_action",
        permission="judge_actions",
    ),
]
