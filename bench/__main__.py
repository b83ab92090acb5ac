"""`python -m bench`: measure, print each table and keep it in bench/README.md."""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from bench.figures import Figure, keep, table
from bench.home import own_home
from bench.machine import description

# Each measure with its sizes: those that are kept, and small ones for a look.
MEASURES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "claims": ({"claims": 200}, {"claims": 50}),
    "pages": (
        {"few": 1_000, "many": 1_000_000, "requests": 300, "seconds": 10},
        {"few": 1_000, "many": 20_000, "requests": 50, "seconds": 5},
    ),
    "queue": (
        {"few": 1_000, "many": 100_000, "requests": 300},
        {"few": 200, "many": 2_000, "requests": 50},
    ),
    "judging": ({"records": 20_000, "rows": 1_000_000}, {"records": 2_000, "rows": 100_000}),
    "nation": (
        {"sizes": [10_000, 100_000, 1_000_000], "compared": 1_000_000, "times": 3},
        {"sizes": [1_000, 10_000], "compared": 2_000, "times": 2},
    ),
    "spark": ({"sizes": [10_000, 100_000, 1_000_000], "times": 2}, {"sizes": [2_000], "times": 2}),
    "allocation": (
        {"sizes": [[1_000, 100], [5_000, 400], [20_000, 1_000]]},
        {"sizes": [[200, 20], [1_000, 100]]},
    ),
    "certificates": ({"certificates": 300}, {"certificates": 50}),
    "intake": ({"megabytes": 10, "times": 20}, {"megabytes": 2, "times": 3}),
    "clone": ({"cold": True}, {"cold": False}),
}


def main() -> None:
    asked = arguments()
    about = description()
    print(f"{about}\n", flush=True)
    for name in asked.only or MEASURES:
        with own_home():
            found = list(figures(name, small=asked.small))
        print(f"\n{table(found)}", flush=True)
        if not asked.small:
            keep(name, f"**{name}**\n\n{about}\n\n{table(found)}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="20,000 rows in place of 1,000,000; keep nothing")
    parser.add_argument(
        "--only", action="append", choices=list(MEASURES), help="this measure; its figures replace its last ones"
    )
    return parser.parse_args()


def figures(name: str, *, small: bool) -> Iterator[Figure]:
    """Take one measure, telling what was found as it is found."""
    kept, few = MEASURES[name]
    # A measure imports Django's models, so it can be imported only when Django is set up.
    for figure in import_module(f"bench.{name}").measure(**(few if small else kept)):
        print(" | ".join(figure.cells), file=sys.stderr, flush=True)
        yield figure


if __name__ == "__main__":
    main()
