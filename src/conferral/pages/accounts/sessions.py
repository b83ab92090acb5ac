"""Browser sessions as the library keeps them, read in one statement whose plan is kept."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.utils import timezone

from conferral.records.people.queries import session_data


class SessionStore(Stored):
    """Sessions in the database. They end by the real clock, also where pages show another day."""

    def load(self) -> dict[str, Any]:
        data = session_data(self.session_key or "", timezone.now())
        if data is None:
            self._session_key = None
            return {}
        return self.decode(data)
