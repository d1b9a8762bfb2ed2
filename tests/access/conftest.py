"""One of everything, built once for a module inside its transaction, and undone with it."""

import pytest
from django.test import Client, override_settings

from tests.access.everything import ROLES, Everything, everything
from tests.cast import Cast


@pytest.fixture(scope="module")
def built(gathered: Cast, django_db_blocker, tmp_path_factory) -> Everything:
    with django_db_blocker.unblock(), override_settings(PUBLISHED_DIR=tmp_path_factory.mktemp("published")):
        return everything(gathered)


@pytest.fixture(scope="module")
def signed_in(built: Everything, django_db_blocker) -> dict[str, Client]:
    """A browser of each role, whose session stands as long as the module does."""
    with django_db_blocker.unblock():
        return {role: built.client(role) for role in ROLES}


@pytest.fixture
def town(built: Everything, db) -> Everything:
    """One of everything, as every test of the module finds it."""
    return built
