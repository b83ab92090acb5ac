"""Who a session belongs to: the person, and the roles that every request asks for, in one statement."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from conferral.records.people.models import Person
from conferral.records.people.queries import person_with_roles


class People(AuthenticationBackend):
    """Signs in as the library does. A person comes with `held`, the roles held; one who is not active is nobody."""

    def get_user(self, user_id: Any) -> Person | None:
        found = person_with_roles(user_id)
        if found is None or not found[0].is_active:
            return None
        person, person.held = found
        return person
