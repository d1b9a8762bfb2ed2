"""`manage.py found`: an assembly founded at its founders' request."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assemblies.clock import now
from assemblies.models import Assembly, Citizen

FOUNDERS = [
    "--founder=Ana Abad <ana@village.example>",
    "--founder=Bilal Otal <bilal@village.example>",
    "--founder=Chen Sarasa <chen@village.example>",
]


def found(*words: str) -> str:
    out = StringIO()
    call_command("found", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_three_founders_found_an_assembly_and_two_are_drawn():
    said = found("La Sotonera", *FOUNDERS, "--code=22904", "--population=903")
    assembly = Assembly.objects.get()
    assert (assembly.name, assembly.slug, assembly.code, assembly.population) == (
        "La Sotonera",
        "la-sotonera",
        "22904",
        903,
    )
    assert {citizen.name for citizen in assembly.citizens(now())} == {"Ana Abad", "Bilal Otal", "Chen Sarasa"}
    assert assembly.offices.filter(kind="facilitator").count() == 2
    assert "La Sotonera is founded" in said
    assert not Citizen.objects.get(email="ana@village.example").has_usable_password()


@pytest.mark.django_db
def test_whoever_has_an_account_founds_with_it():
    ana = Citizen.objects.create_user("Ana@village.example", "a long password", name="Ana")
    found("La Sotonera", *FOUNDERS)
    assert ana.is_citizen_of(Assembly.objects.get(), now())
    assert Citizen.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Bolea", *FOUNDERS[:2]], "at least 3 people"),
        (["Bolea", *FOUNDERS, "--founder=nobody"], "Write each founder as"),
        (["Bolea", *FOUNDERS, "--founder=Dolores <not an address>"], "Write each founder as"),
        (["Bolea", *FOUNDERS, FOUNDERS[0]], "given twice"),
        (["La Sotonera", *FOUNDERS], "/assemblies/la-sotonera/ already"),
        (["Bolea", *FOUNDERS], "one citizenship at a time"),
        (["Bolea", *FOUNDERS, "--code=22904"], "number 22904 already"),
        (["…", *FOUNDERS], "a name with letters"),
    ],
)
def test_what_cannot_be_founded_is_refused_with_a_sentence_and_leaves_nothing(words, sentence):
    found("La Sotonera", *FOUNDERS, "--code=22904")
    with pytest.raises(CommandError, match=sentence):
        found(*words)
    assert Assembly.objects.count() == 1
    assert Citizen.objects.count() == 3
