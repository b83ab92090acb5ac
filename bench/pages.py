"""Lists and the search for a learner number: with few and with many rows, and beside a Django admin.

The layouts take turns, and so do the product and the admin: whatever else the machine does falls on all alike.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from django.urls import reverse

from bench import home
from bench.figures import Figure, milliseconds, p95
from bench.server import Crowd, Server, Visitor, crowd, serving, timed

MOST_RATIO, LEAST_TIMES = 1.5, 10
CENTRES_SHARING = 100
NUMBERS = 100
ROUNDS = 5
CLAIMS, CANDIDATES, SEARCH = "Claim list", "Candidate list", "Search by learner number"
READY, COHORT = "Readiness of a candidate", "Readiness of a cohort"
COHORT_SIZE = 1_000  # the map of more than that at one centre is a page of its own kind: it shows the newest 5,000


@dataclass
class Asked:
    """One page of one server: where it is, and what asking for it took."""

    addresses: list[str]
    queries: int = 0
    kilobytes: float = 0
    seconds: list[float] = field(default_factory=list)
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def p95(self) -> float:
        return p95(self.seconds)

    @property
    def median(self) -> str:
        return milliseconds(median(self.seconds))

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.crowd.answered / self.crowd.seconds

    @property
    def processor_rate(self) -> float:
        """Requests a second of processor time."""
        return self.crowd.answered / self.crowd.processor_seconds


@dataclass
class Site:
    """The pages of the product or of the admin over one layout, and the server that gives them."""

    settings: str
    pages: dict[str, Asked]
    server: Server | None = None


@dataclass
class Layout:
    """One loaded database: how many registrations, shared by how many centres."""

    registrations: int
    centres: int
    cookie: str = ""
    sites: dict[str, Site] = field(default_factory=dict)

    @property
    def database(self) -> str:
        return f"pages_{self.registrations}_{self.centres}"

    @property
    def words(self) -> str:
        share = "all at one centre" if self.centres == 1 else f"{self.registrations // self.centres:,} at this centre"
        return f"{self.registrations:,} registrations, {share}"

    @property
    def product(self) -> dict[str, Asked]:
        return self.sites["product"].pages


def measure(few: int, many: int, requests: int, seconds: float) -> Iterator[Figure]:
    """Every page on every layout; then how the figures compare."""
    home.call("bench.signed_in:collect_static", database="postgres", settings=home.ADMIN_SETTINGS)
    layouts = [Layout(size, centres) for size in (few, many) for centres in (1, CENTRES_SHARING)]
    for layout in layouts:
        prepare(layout)
    with ExitStack() as servers:
        for layout in layouts:
            for site in layout.sites.values():
                site.server = servers.enter_context(serving(layout.database, site.settings))
        for _ in range(ROUNDS):
            for layout in layouts:
                ask(layout, requests // ROUNDS)
        for _ in range(ROUNDS):
            for layout in layouts:
                invite(layout, seconds / ROUNDS)
    for layout in layouts:
        yield from timings(layout)
    small, _, large, shared = layouts
    yield from growth(small, large)
    yield from growth(small, shared)
    for layout in (small, large):
        yield from against_admin(layout)


def prepare(layout: Layout) -> None:
    """Load the rows, sign in, find what to ask for and count the queries of each page."""
    database = layout.database
    home.call("bench.load:load", database=database, registrations=layout.registrations, centres=layout.centres)
    layout.cookie = home.call("bench.signed_in:sign_in", database=database)
    numbers = home.call("bench.signed_in:learner_numbers", database=database, most=NUMBERS)
    pages = pages_at(reverse("centre_claims"), reverse("centre_candidates"), numbers)
    candidates = home.call("bench.signed_in:candidates", database=database, most=NUMBERS)
    pages[READY] = Asked([reverse("centre_candidate", args=[number]) for number in candidates])
    if layout.registrations // layout.centres <= COHORT_SIZE:
        pages[COHORT] = Asked([reverse("centre_readiness")])
    layout.sites["product"] = Site(home.PRODUCT_SETTINGS, pages)
    for page in pages.values():
        page.queries = home.call("bench.signed_in:queries", database=database, address=page.addresses[0])
    if layout.centres == 1:  # an admin shows the rows of every centre
        theirs = pages_at("/admin/claims/claim/", "/admin/candidates/registration/", numbers)
        layout.sites["admin"] = Site(home.ADMIN_SETTINGS, theirs)


def pages_at(claims: str, candidates: str, numbers: list[str]) -> dict[str, Asked]:
    searches = [f"{candidates}?q={uln}" for uln in numbers]
    return {CLAIMS: Asked([claims]), CANDIDATES: Asked([candidates]), SEARCH: Asked(searches)}


def ask(layout: Layout, requests: int) -> None:
    """One visitor, one request after the other; the admin, which is slow, is asked a tenth as often."""
    for name, site in layout.sites.items():
        visitor = Visitor(site.server.port, layout.cookie)
        often = requests if name == "product" else max(4, requests // 10)
        for page in site.pages.values():
            page.kilobytes = len(visitor.get(page.addresses[0])) / 1000
            page.seconds += timed(visitor, page.addresses, often, warm_up=min(10, often))


def invite(layout: Layout, seconds: float) -> None:
    """Several visitors at once, where both sites show the same rows."""
    if "admin" in layout.sites:
        for page in layout.sites["admin"].pages:
            for site in layout.sites.values():
                asked = site.pages[page]
                asked.crowd += crowd(site.server, layout.cookie, asked.addresses, seconds)


def timings(layout: Layout) -> Iterator[Figure]:
    for page, asked in layout.product.items():
        conditions = f"{layout.words}; {asked.queries} queries, {asked.kilobytes:.0f} kB; median {asked.median}"
        yield Figure(f"{page}, p95", conditions, milliseconds(asked.p95))


def growth(small: Layout, large: Layout) -> Iterator[Figure]:
    """How much slower the pages are on the larger layout."""
    for page, asked in large.product.items():
        if page not in small.product:
            continue
        before = small.product[page]
        ratio = asked.p95 / before.p95
        medians = median(asked.seconds) / median(before.seconds)
        conditions = f"{large.words}, against {small.words}; of the medians {medians:.2f}"
        yield Figure(f"{page}, p95 ratio", conditions, f"{ratio:.2f}", f"at most {MOST_RATIO}", ratio <= MOST_RATIO)


# What is asked of the product beside which list of the admin; the goal is for the claims and for one learner.
AGAINST = ((CLAIMS, CLAIMS, True), (SEARCH, CANDIDATES, True), (CANDIDATES, CANDIDATES, False))


def against_admin(layout: Layout) -> Iterator[Figure]:
    """The same rows, the same server settings, the same visitors; and the admin's own search, for the record."""
    admin = layout.sites["admin"].pages
    for page, listed, has_goal in AGAINST:
        times, conditions = _times(layout, page, admin[listed])
        goal, met = (f"at least {LEAST_TIMES}", times >= LEAST_TIMES) if has_goal else ("", None)
        yield Figure(f"{page}, times Django admin's list", conditions, f"{times:.1f}", goal, met)
    times, conditions = _times(layout, SEARCH, admin[SEARCH])
    yield Figure(f"{SEARCH}, times Django admin's search", conditions, f"{times:.1f}")


def _times(layout: Layout, page: str, admin: Asked) -> tuple[float, str]:
    ours = layout.product[page]
    conditions = (
        f"{layout.words}; {ours.rate:.1f} requests/s against {admin.rate:.1f}; per processor second "
        f"{ours.processor_rate:.1f} against {admin.processor_rate:.1f}; admin p95 {milliseconds(admin.p95)}"
    )
    return ours.rate / admin.rate, conditions
