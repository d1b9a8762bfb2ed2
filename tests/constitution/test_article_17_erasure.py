"""Articles 2 and 17: an erasure takes a name away and nothing else, and nobody is on a roll without one."""

import pytest

from assemblies.models import Citizen, Erasure, RollImport, admit, apply
from tests.cast import Cast, facilitator, person
from tests.constitution.bench import PRIVILEGE, Attempt, Staged, sql


def somebody(cast: Cast) -> Staged:
    eva = person("Eva")
    apply(eva, cast.abiego, "By the mill.")
    file = RollImport.look_at(cast.abiego, "email,name\na@b.example,A\n", by=facilitator(cast.abiego))
    return {"eva": eva, "registrar": facilitator(cast.abiego), "file": file}


def erased(cast: Cast) -> Staged:
    staged = somebody(cast)
    Erasure.objects.erase(staged["eva"], by=staged["eva"])
    return staged | {"other": person("Inés")}


def rename(number: int) -> None:
    sql("UPDATE assemblies_citizen SET name = 'Eva' WHERE id = %s", [number])


def rewritten(file: RollImport, **line: str) -> None:
    file.report[0] |= line
    file.save(update_fields=["report"])


def looked_at(cast: Cast, s: Staged) -> None:
    assert sql("SELECT 1 FROM assemblies_erasure")


ATTEMPTS = [
    Attempt(
        "erase somebody who stands on a roll",
        2,
        somebody,
        lambda cast, s: Erasure.objects.create(citizen=cast.ana),
        lambda cast, s: Erasure.objects.erase(s["eva"], by=s["eva"]),
    ),
    Attempt(
        "erase somebody else",
        17,
        somebody,
        lambda cast, s: Erasure.objects.erase(s["eva"], by=cast.technician),
        lambda cast, s: Erasure.objects.erase(s["eva"], by=s["eva"]),
    ),
    Attempt(
        "say that an account is erased, and keep its name",
        17,
        somebody,
        lambda cast, s: Erasure.objects.create(citizen=s["eva"]),
        lambda cast, s: Erasure.objects.erase(s["eva"], by=s["eva"]),
    ),
    Attempt(
        "give an erased account a name",
        17,
        erased,
        lambda cast, s: rename(s["eva"].pk),
        lambda cast, s: rename(s["other"].pk),
    ),
    Attempt(
        "put an erased account on a roll",
        2,
        erased,
        lambda cast, s: admit(s["eva"], cast.abiego, by=s["registrar"]),
        lambda cast, s: admit(s["other"], cast.abiego, by=s["registrar"]),
    ),
    Attempt(
        "forget that an account was erased",
        PRIVILEGE,
        erased,
        lambda cast, s: sql("DELETE FROM assemblies_erasure"),
        looked_at,
    ),
    Attempt(
        "say another moment of an erasure",
        PRIVILEGE,
        erased,
        lambda cast, s: sql("UPDATE assemblies_erasure SET at = '2000-01-01'"),
        looked_at,
    ),
    Attempt(
        "empty somebody's application who is not erased",
        3,
        somebody,
        lambda cast, s: sql("UPDATE assemblies_application SET statement = '' WHERE citizen_id = %s", [s["eva"].pk]),
        lambda cast, s: Erasure.objects.erase(s["eva"], by=s["eva"]),
    ),
    Attempt(
        "put another name into a roll file",
        3,
        somebody,
        lambda cast, s: rewritten(s["file"], email="c@d.example"),
        lambda cast, s: RollImport.objects.forget("a@b.example"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_nobody_can(cast: Cast, attempt: Attempt):
    attempt.make(cast)


@pytest.mark.django_db
def test_what_was_erased_is_nobodys(cast: Cast):
    staged = erased(cast)
    gone = Citizen.objects.get(pk=staged["eva"].pk)
    assert str(gone) == "A citizen"
