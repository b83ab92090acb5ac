"""The claim list and the search for a learner number: with few and with many rows, and beside a Django admin."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse

from bench import home
from bench.figures import Figure, milliseconds, p95
from bench.server import Visitor, requests_a_second, serving, timed

MOST_RATIO, LEAST_TIMES = 1.5, 10
CENTRES_SHARING = 100
NUMBERS = 100
PAGES = ("Claim list", "Search by learner number")


@dataclass
class Asked:
    """What a page took on one database: p95 in seconds, statements, requests a second (0: not asked)."""

    p95: float
    kilobytes: float
    queries: int = 0
    rate: float = 0


@dataclass
class Layout:
    """One loaded database: how many registrations, shared by how many centres."""

    registrations: int
    centres: int
    cookie: str = ""
    product: dict[str, Asked] = field(default_factory=dict)
    admin: dict[str, Asked] = field(default_factory=dict)

    @property
    def database(self) -> str:
        return f"pages_{self.registrations}_{self.centres}"

    @property
    def words(self) -> str:
        share = "all at one centre" if self.centres == 1 else f"{self.registrations // self.centres:,} at this centre"
        return f"{self.registrations:,} registrations, {share}"


def measure(few: int, many: int, requests: int, seconds: float) -> Iterator[Figure]:
    """Every page on every layout; then how the figures compare."""
    home.call("bench.signed_in:collect_static", database="postgres", settings=home.ADMIN_SETTINGS)
    layouts = [Layout(size, centres) for size in (few, many) for centres in (1, CENTRES_SHARING)]
    for layout in layouts:
        prepare(layout)
        ask(layout, requests, seconds)
        yield from timings(layout)
    small, _, large, shared = layouts
    yield from growth(small, large)
    yield from growth(small, shared)
    for layout in (small, large):
        yield from against_admin(layout)


def prepare(layout: Layout) -> None:
    """Load the rows and sign in."""
    database = layout.database
    home.call("bench.load:load", database=database, registrations=layout.registrations, centres=layout.centres)
    layout.cookie = home.call("bench.signed_in:sign_in", database=database)


def ask(layout: Layout, requests: int, seconds: float) -> None:
    """The product's pages; and the admin's, where both show the same rows."""
    numbers = home.call("bench.signed_in:learner_numbers", database=layout.database, most=NUMBERS)
    candidates = reverse("centre_candidates")
    own = dict(zip(PAGES, ([reverse("centre_claims")], [f"{candidates}?q={uln}" for uln in numbers]), strict=True))
    layout.product = visit(layout, home.PRODUCT_SETTINGS, own, requests, seconds)
    for page, addresses in own.items():
        sent = home.call("bench.signed_in:queries", database=layout.database, address=addresses[0])
        layout.product[page].queries = sent
    if layout.centres == 1:
        claims, registrations = "/admin/claims/claim/", "/admin/candidates/registration/"
        theirs = dict(zip(PAGES, ([claims], [f"{registrations}?q={uln}" for uln in numbers]), strict=True))
        layout.admin = visit(layout, home.ADMIN_SETTINGS, theirs, max(20, requests // 10), seconds)


def visit(
    layout: Layout, settings: str, pages: dict[str, list[str]], requests: int, seconds: float
) -> dict[str, Asked]:
    """Each page asked for in turn by one visitor, then by several at once."""
    found = {}
    with serving(layout.database, settings) as port:
        visitor = Visitor(port, layout.cookie)
        for page, addresses in pages.items():
            kilobytes = len(visitor.get(addresses[0])) / 1000
            found[page] = Asked(p95(timed(visitor, addresses, requests)), kilobytes)
            found[page].rate = requests_a_second(port, layout.cookie, addresses, seconds)
    return found


def timings(layout: Layout) -> Iterator[Figure]:
    for page, asked in layout.product.items():
        conditions = f"{layout.words}; {asked.queries} queries, {asked.kilobytes:.0f} kB"
        yield Figure(f"{page}, p95", conditions, milliseconds(asked.p95))


def growth(small: Layout, large: Layout) -> Iterator[Figure]:
    """How much slower the pages are on the larger layout."""
    for page, asked in large.product.items():
        ratio = asked.p95 / small.product[page].p95
        conditions = f"{large.words}, against {small.words}"
        yield Figure(f"{page}, p95 ratio", conditions, f"{ratio:.2f}", f"at most {MOST_RATIO}", ratio <= MOST_RATIO)


def against_admin(layout: Layout) -> Iterator[Figure]:
    """The same rows, the same server settings, the same visitors."""
    for page, asked in layout.product.items():
        admin = layout.admin[page]
        times = asked.rate / admin.rate
        conditions = (
            f"{layout.words}; {asked.rate:.1f} requests/s against {admin.rate:.1f}; "
            f"admin p95 {milliseconds(admin.p95)}, {admin.kilobytes:.0f} kB"
        )
        yield Figure(
            f"{page}, times Django admin", conditions, f"{times:.1f}", f"at least {LEAST_TIMES}", times >= LEAST_TIMES
        )
