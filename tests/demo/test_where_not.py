"""Where the demo is not loaded."""

import pytest
from django.core.management import CommandError, call_command

from assemblies.models import Assembly, Citizen


def test_it_is_not_loaded_where_it_was_not_asked_for(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", municipalities=8)


def test_it_is_not_loaded_into_a_database_with_assemblies_of_its_own(db, settings):
    settings.DEMO = True
    people = [Citizen.objects.create_user(f"{name}@village.example", None, name=name) for name in "abc"]
    Assembly.objects.found("Bolea", founders=people)
    with pytest.raises(CommandError, match="assemblies of its own"):
        call_command("demo", municipalities=8)
    assert Assembly.objects.count() == 1
