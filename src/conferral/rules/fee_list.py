"""The fees and what each costs on a day, read once from `fee_list.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files


@dataclass(frozen=True)
class Price:
    """What a fee costs from a London day on, in whole pence, and where that comes from."""

    pence: int
    since: date
    clause: str
    reading: str
    decided_by: str


@dataclass(frozen=True)
class Fee:
    """Something that is charged for. Prices are in order, the earliest first."""

    key: str
    words: str
    prices: tuple[Price, ...]

    def on(self, day: date) -> Price | None:
        """What it costs on a London day; None before there was a price."""
        begun = [price for price in self.prices if price.since <= day]
        return begun[-1] if begun else None


def _read() -> dict[str, Fee]:
    entries = tomllib.loads(files("conferral.rules").joinpath("fee_list.toml").read_text("utf-8"))["fee"]
    fees: dict[str, Fee] = {}
    for entry in sorted(entries, key=lambda one: one["since"]):
        key, words = entry.pop("key"), entry.pop("words")
        known = fees.get(key, Fee(key, words, ()))
        fees[key] = Fee(key, words, (*known.prices, Price(**entry)))
    return fees


FEES = _read()
AGAIN, REVIEW, APPEAL = "unit_registration_again", "moderation_review", "appeal"
ANNUAL = "annual_centre"


def price(key: str, on: date) -> int:
    """What a fee costs on a London day, in whole pence. Raises KeyError when there is no such fee on that day."""
    found = FEES[key].on(on)
    if found is None:
        raise KeyError(f"{key} has no price on {on}.")
    return found.pence


def in_pounds(pence: int) -> str:
    """An amount as it is written in a sentence."""
    return f"£{pence // 100:,}.{pence % 100:02}"
