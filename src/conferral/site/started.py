"""Which world of the embedded database is meant: the one that the environment names, else the one started last.

So a command typed beside a running `make run` speaks to what runs there.
"""

import json
import os

from conferral.site.database import data_folder

_NAMES = ("CONFERRAL_DEMO", "CONFERRAL_AT", "CONFERRAL_ADDRESS")


def remember() -> None:
    """Keep for later commands which world this process runs."""
    chosen = {name: os.environ[name] for name in _NAMES if name in os.environ}
    (data_folder() / "started.json").write_text(json.dumps(chosen))


def recall() -> None:
    """Take up the world started last, unless the environment says which, or names a database of its own."""
    kept = data_folder() / "started.json"
    if "DATABASE_URL" in os.environ or any(name in os.environ for name in _NAMES) or not kept.exists():
        return
    os.environ.update(json.loads(kept.read_text()))
