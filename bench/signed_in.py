"""The officer of the first centre, signed in: the cookie, what to ask for, and how many queries an answer takes."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.load import FIRST_CENTRE, OFFICER
from conferral.records.candidates.models import Candidate, Registration
from conferral.records.cohorts import OPEN
from conferral.records.people.models import Person


def collect_static() -> None:
    """Gather the assets of the installed apps; under the admin's settings these include the product's."""
    call_command("collectstatic", verbosity=0, interactive=False)


def sign_in() -> str:
    """The name and value of a cookie that is signed in."""
    client = Client()
    client.force_login(Person.objects.get(email=OFFICER))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def learner_numbers(most: int) -> list[str]:
    """Numbers of candidates of the first centre, spread over all of them."""
    own = Candidate.objects.filter(centre=str(FIRST_CENTRE)).order_by("id").values_list("uln", flat=True)
    numbers = list(own)
    return numbers[:: max(1, len(numbers) // most)][:most]


def candidates(most: int) -> list[int]:
    """Candidates of the first centre without an award yet, spread over all of them."""
    own = Registration.objects.filter(centre=str(FIRST_CENTRE), state__in=OPEN).order_by("candidate")
    found = list(own.values_list("candidate", flat=True))
    return found[:: max(1, len(found) // most)][:most]


def queries(address: str) -> int:
    """How many statements one page sends to the database. Raises AssertionError unless the answer is 200."""
    client = Client()
    client.force_login(Person.objects.get(email=OFFICER))
    client.get(address)
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return len(sent)
