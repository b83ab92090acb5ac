"""A moderator's queue with few and with many consignments in the database, and how the two compare."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from bench import home
from bench.figures import Figure, milliseconds, p95
from bench.load import REGISTRATIONS_A_CLAIM
from bench.server import Visitor, serving, timed
from conferral.records.centres.models import Membership
from conferral.records.claims.models import Claim

MOST_RATIO = 2
# So few that the page of each is full, with a thousand consignments as with many: pages of one length compare.
CENTRES, MODERATORS = 100, 2
ROUNDS = 5


def measure(few: int, many: int, requests: int) -> Iterator[Figure]:
    """The page of what waits for the moderator with the most claims, asked in turns, so that noise falls on both."""
    home.call("bench.signed_in:collect_static", database="postgres", settings=home.ADMIN_SETTINGS)
    cookies = {size: prepare(size) for size in (few, many)}
    seconds: dict[int, list[float]] = {size: [] for size in cookies}
    address = [reverse("moderator_waiting")]
    with ExitStack() as servers:
        ports = {size: servers.enter_context(serving(database(size), home.PRODUCT_SETTINGS)).port for size in cookies}
        for _ in range(ROUNDS):
            for size, cookie in cookies.items():
                seconds[size] += timed(Visitor(ports[size], cookie), address, requests // ROUNDS, warm_up=10)
    for size, taken in seconds.items():
        conditions = f"{size:,} consignments; median {milliseconds(median(taken))}"
        yield Figure("Moderator's queue, p95", conditions, milliseconds(p95(taken)))
    ratio = p95(seconds[many]) / p95(seconds[few])
    yield Figure(
        "Moderator's queue, p95 ratio", f"{many:,} consignments against {few:,}", f"{ratio:.2f}",
        f"at most {MOST_RATIO}", ratio <= MOST_RATIO,
    )  # fmt: skip


def database(size: int) -> str:
    return f"queue_{size}"


def prepare(size: int) -> str:
    """Load so many claims with their consignments and sign in; returns the cookie."""
    name = database(size)
    home.call("bench.load:load", database=name, registrations=size * REGISTRATIONS_A_CLAIM, centres=CENTRES,
              moderators=MODERATORS)  # fmt: skip
    return home.call("bench.queue:sign_in", database=name)


def sign_in() -> str:
    """The name and value of a cookie of the moderator with the most claims under review."""
    waiting = Claim.objects.filter(state="with_moderator").values_list("moderator").annotate(count=Count("pk"))
    person, _ = waiting.order_by("-count").first()
    membership, _ = Membership.objects.get_or_create(person_id=person, role="examiner_moderator")
    client = Client()
    client.force_login(membership.person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
