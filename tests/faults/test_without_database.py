"""`/health/` while the database is away. In a module without `cast`, whose transaction would be cut off."""

import pytest
from django.core.cache import cache
from django.db import connection

from tests.cast import person


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("signed_in", [False, True], ids=["a probe", "a technician's browser"])
def test_without_its_database_it_says_so_with_503(empty_redis, client, signed_in, tmp_path, monkeypatch):
    client.raise_request_exception = False
    if signed_in:
        client.force_login(person("Technician"))
        cache.clear()  # the session, too, is in the database alone
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", str(tmp_path))
        response = client.get("/health/")
        connection.close()
    assert response.status_code == 503
    if not signed_in:
        assert response.json()["database"] is False
        assert response.json()["database_says"] == "OperationalError"
    assert client.get("/health/").status_code == 200, "it is back"
