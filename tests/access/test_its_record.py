"""Every page of a thing leads to what the record says of it: walked over all examples of the matrix of access."""

import json
import re

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from assemblies.models import Checkpoint, Citizen, Decision, Disclosure, Entry, Log
from assemblies.models.entry import address
from assemblies.record.export import lines_of, proof_of
from assemblies.record.reading import nouns
from assemblies.record.sequencer import sequencer
from assemblies.record.verify_record import verify
from tests.access.everything import ROLES
from tests.access.test_matrix import ROWS

pytestmark = pytest.mark.django_db

# Pages of lists, of persons, of one's own things and of the server: the foot of each links to the record as a whole.
NOT_OF_ONE_THING = {
    *("home", "articles", "article", "health", "assemblies", "proposals", "policies", "mandates", "elections"),
    *("recalls", "councils", "tasks", "texts", "commons", "interdependence", "goods", "enterprises", "plans"),
    *("search", "participation", "follows", "letter-wishes", "unsubscribe"),
    *("guides", "guide", "rehearsal", "school", "lesson"),
    *(
        "reports",
        "objections",
        "delegate",
        "urn-verifier",
        "drawing-recipe",
        "statements-csv",
        "loads-csv",
        "flows-json",
    ),
    *("assembly-roll", "assembly-desk", "roll-imports", "letters", "letter", "desk", "application", "willing"),
    *("technician-health", "statement-import", "urn", "tellers-desk", "roll-import"),
    # Of a session: what is read on a wall, on a board or in a calendar, one's own code, and what a page fetches anew.
    *("sessions", "session-live", "console-live", "projector", "projector-live", "session-notice", "session-calendar"),
    *("session-code", "minutes-download", "api-guide", "kept", "own-data"),
}
DRAFTS = {"proposal: a draft", "proposal: a choice"}  # nobody may know of one from the record
OF_A_THING = [
    row
    for row in ROWS
    if row.method == "GET"
    and "200" in row.cells
    and row.route not in NOT_OF_ONE_THING
    and row.address not in DRAFTS
    and not row.route.startswith(("admin:", "account", "record", "checkpoint", "count-download", "board-file"))
    and not any(post.route == row.route and post.method == "POST" for post in ROWS)  # forms lead back to their thing
]


@pytest.mark.parametrize("row", OF_A_THING, ids=str)
def test_the_page_of_a_thing_links_its_record(town, signed_in, row):
    client = signed_in[ROLES[row.cells.index("200")]]
    page = client.get(town.address(row.address)).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'href="(/record/(?:of/\w+/\d+|assembly/[\w-]+|confederation/[\w-]+)/)"', main)
    assert found, "say with `its_record` what the record of this page is"
    for link in found:
        assert client.get(link).status_code == 200


@pytest.mark.parametrize("name", sorted(DRAFTS))
def test_a_draft_has_no_record_and_says_nothing_of_one(town, signed_in, name):
    assert "/record/of/" not in signed_in["citizen"].get(town.address(name)).content.decode()


def test_every_thing_in_the_record_leads_to_its_page_or_stands_on_one(town, signed_in):
    """What was entered is found from the record, and every noun of it is known there."""
    subjects = set(Entry.objects.values_list("subject", flat=True))
    assert {subject.partition("/")[0] for subject in subjects} <= set(nouns())
    newest = {subject.partition("/")[0]: subject for subject in sorted(subjects)}
    for noun, subject in newest.items():
        thing = nouns()[noun].objects.get(pk=subject.partition("/")[2])
        assert address(thing) == subject
        page = signed_in["stranger"].get(f"/record/of/{subject}/")
        assert page.status_code == 200


# ---- a refusal and its article ----

REFUSED = [
    (row, role, cell)
    for row in ROWS
    for role, cell in list({cell: (role, cell) for role, cell in zip(ROLES, row.cells, strict=True)}.values())
    if cell in ("403", "409", "422") and not row.address.startswith(("admin:", "account"))
]


@pytest.mark.parametrize(("row", "role", "cell"), REFUSED, ids=lambda one: str(one))
def test_every_refusal_on_a_page_links_its_article(town, signed_in, row, role, cell):
    client, address = Client(), town.address(row.address)
    client.cookies.update(signed_in[role].cookies)
    cache.clear()
    with transaction.atomic():
        answer = client.post(address, town.body(row.address)) if row.method == "POST" else client.get(address)
        transaction.set_rollback(True)
    assert answer.status_code == int(cell)
    if answer["Content-Type"].startswith("text/html"):
        assert re.search(r'href="/articles/\d+/"', answer.content.decode()), "say which article refuses this"


# ---- what stands in the record of all that there is ----


def one_of_each_kind() -> list[Entry]:
    return list(Entry.objects.order_by("kind", "-pk").distinct("kind").select_related("log"))


def test_no_entry_names_anybody(town):
    """Neither who acts nor whom the words of a question name; not in the bytes, an export, or a feed."""
    people = Citizen.objects.values_list("name", "email")
    anybody = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for pair in people for word in pair if word))
    for entry in Entry.objects.all():
        found = anybody.search(bytes(entry.body).decode())
        assert found is None, f"{entry} names {found}"
    feed = Client().get("/record/feed/").content.decode()
    assert anybody.search(feed) is None


def test_a_vote_on_persons_names_nobody_and_says_who_to_its_readers(town):
    offered = Entry.objects.about(town.elected.poll.ranking).get(kind="proposal.offered")
    assert json.loads(bytes(offered.body))["options"] == ["[name 1]", "[name 2]"]
    names = [option.title for option in town.elected.poll.ranking.options.order_by("number")]
    page = Client().get(f"/record/entries/{offered.pk}/").content.decode()
    assert all(f'<li class="code">{name}</li>' in page for name in names)
    counted = Entry.objects.get(kind="decision.counted", subject=address(town.elected.poll.ranking.decision))
    assert "chosen" not in json.loads(bytes(counted.body))


def test_every_kind_of_entry_verifies_offline_and_still_does_when_every_name_is_erased(town):
    sequencer.run()
    kinds = one_of_each_kind()
    assert len(kinds) > 50

    def check() -> None:
        for log in Log.objects.filter(entries__isnull=False).distinct():
            assert verify([line.encode() for line in lines_of(log)])
        for entry in kinds:
            assert verify([json.dumps(proof_of(entry)).encode()])
            assert Client().get(f"/record/entries/{entry.pk}/").status_code == 200

    check()
    Disclosure.objects.all().delete()
    check()
    named = Entry.objects.about(town.mandate.proposal).get(kind="proposal.offered")
    assert "Mandate (name withheld) to the council" in Client().get(f"/record/entries/{named.pk}/").content.decode()


def test_no_vote_is_entered_before_the_close_and_none_of_a_secret_vote_at_all(town):
    """Of an open vote a list of commitments at its close, of a secret one figures and roots."""
    for decision in Decision.objects.exclude(opened_at=None):
        entries = Entry.objects.about(decision)
        told = {entry.kind for entry in entries if b'"ballots"' in bytes(entry.body)}
        assert told == ({"decision.closed"} if decision.closed_at and not decision.secret else set())
        if decision.secret:
            fields = {row.field for entry in entries for row in entry.disclosures.all()}
            assert not fields - {"by"}
    assert town.open.ballots.exists() or town.open.marks.exists()


def test_health_and_the_witnessed_note_know_every_log(town):
    sequencer.run()
    current = Checkpoint.objects.current().count()
    assert Client().get("/.well-known/confederation/checkpoint").content.decode().count("\n\n") >= current
    assert Client().get("/health/").json()["record"] == {"refuses_to_sign": {}}
