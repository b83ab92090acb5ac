"""The one gate: every address has a policy, and the policy is kept."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from conferral.pages.gate import ACCOUNT, OPEN, SIGNED_IN, RefuseUngated, gate
from conferral.rules.permissions import AUDIENCE_OF, PERMISSIONS, ROLES

SPECIAL = {OPEN, ACCOUNT, SIGNED_IN}


def leaves(patterns, before="/") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern, however deeply included."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern.url_patterns, address)
        else:
            yield address, pattern


def without_policy(patterns) -> list[str]:
    policies = ((address, getattr(pattern.callback, "permission", None)) for address, pattern in leaves(patterns))
    return [address for address, policy in policies if policy not in PERMISSIONS and policy not in SPECIAL]


ROUTES = sorted((address, pattern.callback.permission) for address, pattern in leaves(get_resolver().url_patterns))
PLAIN = [(address, policy) for address, policy in ROUTES if "<" not in address and "(?P" not in address]
GUARDED = [(address, policy) for address, policy in PLAIN if policy not in {OPEN, ACCOUNT}]
HELD_BACK = [
    (address, role)
    for address, policy in GUARDED
    if policy in PERMISSIONS
    for role in ROLES
    if role not in PERMISSIONS[policy]
]


def test_every_address_has_a_policy():
    assert without_policy(get_resolver().url_patterns) == []


def test_an_address_without_a_policy_is_found():
    naked = path("naked/", lambda request: HttpResponse("seen"))
    assert without_policy([naked]) == ["/naked/"]


def test_a_view_without_a_policy_is_never_run(rf):
    middleware = RefuseUngated(lambda request: HttpResponse())
    with pytest.raises(PermissionDenied):
        middleware.process_view(rf.get("/"), lambda request: HttpResponse(), (), {})


def test_a_policy_that_does_not_exist_is_refused_at_start():
    with pytest.raises(ValueError, match="see_everything"):
        gate(lambda request: HttpResponse(), "see_everything")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [address for address, _ in GUARDED])
def test_a_stranger_is_sent_to_sign_in(client, noon, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/?next=")


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """One person a role, with nothing else in the world; removed after this file."""
    from conferral.records.centres.models import Centre, Membership
    from conferral.records.people.models import Person

    with django_db_blocker.unblock():
        centre = Centre.objects.create(number="99999", name="Matrix")
        made = {role: Person.objects.create_user(f"{role}@matrix.example", name=role) for role in ROLES}
        for role, person in made.items():
            Membership.objects.create(
                person=person, role=role, centre=centre if AUDIENCE_OF[role] == "centre" else None
            )
        yield made
        Membership.objects.filter(person__in=made.values()).delete()
        Person.objects.filter(pk__in=[person.pk for person in made.values()]).delete()
        centre.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_is_refused(client, noon, people, role):
    client.force_login(people[role])
    held_back = [address for address, held_by in HELD_BACK if held_by == role]
    answers = {address: client.get(address).status_code for address in held_back}
    assert answers == dict.fromkeys(held_back, 403)


@pytest.mark.django_db
def test_a_role_that_was_not_chosen_gives_nothing(client, noon, people):
    """A person with two places has only the roles of the one that was chosen."""
    from conferral.records.centres.models import Membership

    person = people["exams_officer"]
    Membership.objects.create(person=person, role="quality_officer")
    client.force_login(person)
    guarded = next((address for address, policy in GUARDED if policy == "see_desk"), None)
    if guarded:
        assert client.get(guarded).status_code == 403
    assert client.post("/place/", {"place": "desk:"}).status_code == 303
    assert client.session["acting"] == "desk:"
