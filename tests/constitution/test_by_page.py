"""The articles against the pages: the same request, sent by whoever may and by whoever may not.

A request that is refused says which article refuses it, and leaves nothing behind: no row, no entry in the record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Ballot, Citizen, Entry, Proposal, apply
from assemblies.refusal import Refusal
from tests.cast import DAY, Cast, accession, call, clock, facilitator, finish, recall_carried, travel_to, vote
from tests.constitution.bench import Attempt, Staged, tried

NOT_SIGNED_IN, NOT_THERE, NOT_ALLOWED = 401, 404, 405

Who = Callable[[Cast], Citizen | None]
Change = Callable[[Cast, Staged], Staged]

ana: Who = lambda cast: cast.ana  # noqa: E731
bilal: Who = lambda cast: cast.bilal  # noqa: E731
chen: Who = lambda cast: cast.chen  # noqa: E731
stranger: Who = lambda cast: cast.stranger  # noqa: E731
technician: Who = lambda cast: cast.technician  # noqa: E731
nobody: Who = lambda cast: None  # noqa: E731
of_abiego: Who = lambda cast: facilitator(cast.abiego)  # noqa: E731
of_loarre: Who = lambda cast: facilitator(cast.loarre)  # noqa: E731


def send(who: Citizen | None, address: str, data: dict[str, object]) -> None:
    """Send it as that person; what a page refuses is raised, with the article that the page names."""
    client = Client()
    if who is not None:
        client.force_login(who)
    answer = client.post(address, data)
    if answer.status_code == 302 and answer.url.startswith(reverse("account_login")):
        raise Refusal(NOT_SIGNED_IN, "signed out")
    if answer.status_code < 400:
        return
    named = re.search(r"/articles/(\d+)/", answer.content.decode())
    raise Refusal(int(named[1]) if named else answer.status_code, f"{answer.status_code} by the page")


def written() -> int:
    """How much has been done: a vote alone stands in no record before its close."""
    return Entry.objects.count() + Ballot.objects.count()


def page(
    what: str,
    stage: Callable[[Cast], Staged],
    may: Who,
    *may_not: tuple[str, int, Who],
    send: Callable[[Citizen | None, str, dict[str, object]], None] = send,
    **twists: tuple[int, Change],
) -> list[Attempt]:
    """Attempts by one page. `stage` returns its `address` and `data`; `may` is who is let through.

    `may_not` says who is not, and by which article; `twists` what happens first, or what is sent instead (and where).
    """

    def attack(cast: Cast, staged: Staged, who: Who, change: Change) -> None:
        changed = change(cast, staged)
        address = changed.pop("address", staged["address"])
        before = written()
        try:
            send(who(cast), address, staged["data"] | changed)
        finally:
            assert who is may or written() == before

    def through(cast: Cast, staged: Staged) -> None:
        before = written()
        send(may(cast), staged["address"], staged["data"])
        assert written() > before, "the honest request did nothing"

    return [
        *(
            Attempt(
                f"{what} as {name}",
                by,
                stage,
                lambda cast, s, who=who: attack(cast, s, who, lambda cast, s: {}),
                through,
            )
            for name, by, who in may_not
        ),
        *(
            Attempt(
                f"{what}, {name.replace('_', ' ')}",
                by,
                stage,
                lambda cast, s, change=change: attack(cast, s, may, change),
                through,
            )
            for name, (by, change) in twists.items()
        ),
    ]


def typed(moment) -> str:
    """A moment as it is typed in Abiego."""
    return f"{moment.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%dT%H:%M}"


def proposal(cast: Cast) -> Proposal:
    return cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)


# ---- articles 1, 2, 3 and 20 ----


def offering(cast: Cast) -> Staged:
    draft = Proposal.objects.draft(cast.abiego, "Water", "Rain.", by=cast.ana, effect="policy")
    return {"address": reverse("proposal-offer", args=[draft.pk]), "data": {}}


def withdrawing(cast: Cast) -> Staged:
    return {"address": reverse("proposal-withdrawal", args=[proposal(cast).pk]), "data": {}}


def calling(cast: Cast) -> Staged:
    opens = (now() + 20 * DAY).replace(second=0, microsecond=0)
    return {
        "address": reverse("decision-new", args=[proposal(cast).pk]),
        "data": {"opens_at": typed(opens), "closes_at": typed(opens + 3 * DAY)},
        "opens": opens,
    }


def voting(cast: Cast) -> Staged:
    decision = call(proposal(cast))
    travel_to(decision.opens_at)
    return {"address": reverse("ballot", args=[decision.pk]), "data": {"choice": "yes"}, "decision": decision}


def counted(cast: Cast, s: Staged) -> Staged:
    vote(s["decision"])
    finish(s["decision"])
    return {}


def uncounted(cast: Cast, s: Staged) -> Staged:
    finish(s["decision"], close=False)
    return {}


def answering(cast: Cast) -> Staged:
    application = apply(cast.stranger, cast.abiego, "By the mill.")
    return {"address": reverse("application", args=[application.pk]), "data": {"answer": "admit"}}


def ending(cast: Cast) -> Staged:
    citizenship = cast.neighbours(cast.abiego, 1)[0].citizenship(now())
    return {"address": reverse("citizenship-ending", args=[citizenship.pk]), "data": {"reason": "died"}}


ASSEMBLIES = [
    *page(
        "offer a draft",
        offering,
        ana,
        ("a neighbour", NOT_THERE, bilal),
        ("a stranger", NOT_THERE, stranger),
        ("a technician", NOT_THERE, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "withdraw a proposal",
        withdrawing,
        ana,
        ("a neighbour", 1, bilal),
        ("a technician", 1, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "call a vote",
        calling,
        of_abiego,
        ("a citizen", 1, ana),
        ("a facilitator of another assembly", 1, of_loarre),
        ("a technician", 1, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        before_it_was_deliberated=(
            20,
            lambda cast, s: {"opens_at": typed(now() + DAY), "closes_at": typed(now() + 9 * DAY)},
        ),
        for_an_hour=(20, lambda cast, s: {"closes_at": typed(s["opens"] + timedelta(hours=1))}),
        put_off_for_most_of_a_year=(
            20,
            lambda cast, s: {"opens_at": typed(now() + 300 * DAY), "closes_at": typed(now() + 303 * DAY)},
        ),
    ),
    *page(
        "read nothing and vote",
        voting,
        ana,
        ("a citizen of another assembly", 3, chen),
        ("a stranger", 3, stranger),
        ("a technician", 3, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        after_the_count=(2, counted),
        after_the_close=(2, uncounted),
        for_what_is_not_on_the_ballot=(2, lambda cast, s: {"choice": "everything"}),
    ),
    *page(
        "admit an applicant",
        answering,
        of_abiego,
        ("a citizen", NOT_THERE, ana),
        ("a facilitator of another assembly", NOT_THERE, of_loarre),
        ("a technician", NOT_THERE, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "strike somebody off the roll",
        ending,
        of_abiego,
        ("a citizen", NOT_THERE, ana),
        ("a facilitator of another assembly", NOT_THERE, of_loarre),
        ("a technician", NOT_THERE, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
]

# ---- articles 4, 5, 7, 8 and 12 ----


def mandate(cast: Cast):
    return cast.mandate(cast.abiego, cast.bilal)


def resigning(cast: Cast) -> Staged:
    return {"address": reverse("resignation", args=[mandate(cast).pk]), "data": {"reason": "Tired."}}


def opening_a_recall(cast: Cast) -> Staged:
    standing = mandate(cast)
    return {"address": reverse("recall-new", args=[standing.pk]), "data": {"grounds": "No flour."}, "mandate": standing}


def signing(cast: Cast) -> Staged:
    recall = mandate(cast).open_recall(by=cast.bilal, grounds="No flour.")
    return {"address": reverse("signatures", args=[recall.pk]), "data": {}, "recall": recall}


def lapsed(cast: Cast, s: Staged) -> Staged:
    travel_to(s["recall"].lapses_at)
    return {}


def recalled(cast: Cast, s: Staged) -> Staged:
    recall_carried(s["mandate"])
    return {}


def expired(cast: Cast, s: Staged) -> Staged:
    clock.at(s["mandate"].valid_until)
    return {}


def stating(cast: Cast) -> Staged:
    recall = mandate(cast).open_recall(by=cast.ana, grounds="No flour.")
    return {"address": reverse("statements", args=[recall.pk]), "data": {"text": "The road was under snow."}}


MANDATES = [
    *page(
        "lay a mandate down",
        resigning,
        bilal,
        ("a neighbour", 4, ana),
        ("another delegate", 4, chen),
        ("a technician", 4, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
    *page(
        "open a recall",
        opening_a_recall,
        ana,
        ("a citizen of another assembly", 7, chen),
        ("a technician", 7, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        after_one_has_carried=(7, recalled),
        after_the_term=(7, expired),
    ),
    *page(
        "sign a recall",
        signing,
        ana,
        ("a citizen of another assembly", 7, chen),
        ("a technician", 7, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        after_its_lapse=(7, lapsed),
    ),
    *page(
        "answer a recall",
        stating,
        bilal,
        ("a neighbour", 7, ana),
        ("a technician", 7, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
    ),
]


# ---- articles 6, 8 and 10 ----


def setting_up(cast: Cast) -> Staged:
    standing = mandate(cast)
    clause = standing.clauses.get()
    data = {
        "once": str(uuid4()),
        "title": "Flour for the ovens",
        "purpose": "",
        "clauses": [str(clause.pk)],
        f"quantity_{clause.pk}": "80",
        "unit": "",
        "place": "",
    }
    return {
        "address": reverse("task-new", args=[cast.comarca.slug]),
        "data": data,
        "mandate": standing,
        "quantity": f"quantity_{clause.pk}",
    }


def another_clause(cast: Cast, s: Staged) -> Staged:
    clause = cast.mandate(cast.loarre, cast.chen).clauses.get()
    return {"clauses": [str(clause.pk)], f"quantity_{clause.pk}": "10"}


def another_council(cast: Cast, s: Staged) -> Staged:
    return {"address": reverse("task-new", args=[cast.region.slug])}


def logging(cast: Cast) -> Staged:
    standing = mandate(cast)
    attachment = cast.task(standing).attachments.get()
    return {
        "address": reverse("action-new", args=[attachment.task_id]),
        "data": {"attachment": str(attachment.pk), "quantity": "60", "what": "Bought flour", "once": str(uuid4())},
        "mandate": standing,
    }


COUNCILS = [
    *page(
        "set up a task",
        setting_up,
        bilal,
        ("a citizen", 6, ana),
        ("another delegate", 6, chen),
        ("a technician", 6, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        beyond_the_limit=(6, lambda cast, s: {s["quantity"]: "100.001"}),
        under_the_clause_of_another=(6, another_clause),
        at_another_council=(6, another_council),
        after_a_recall=(8, recalled),
        after_the_term=(8, expired),
    ),
    *page(
        "log an action",
        logging,
        bilal,
        ("a citizen", 10, ana),
        ("another delegate", 10, chen),
        ("a technician", 10, technician),
        ("nobody", NOT_SIGNED_IN, nobody),
        beyond_the_limit=(6, lambda cast, s: {"quantity": "100.001"}),
        after_a_recall=(8, recalled),
        after_the_term=(8, expired),
    ),
]

ATTEMPTS = [*ASSEMBLIES, *MANDATES, *COUNCILS]

test_attempt = tried(ATTEMPTS)


def test_a_page_shows_no_running_result_to_anyone(cast: Cast):
    s = voting(cast)
    for neighbour in cast.neighbours(cast.abiego, 3):
        s["decision"].cast(by=neighbour, choice="yes")
    for who in (cast.ana, cast.technician, facilitator(cast.abiego), None):
        client = Client()
        if who:
            client.force_login(who)
        words = client.get(s["decision"].get_absolute_url()).content.decode()
        assert "3" in words
        assert not re.search(r"\b3\s+(?:in favour|yes)\b", words, re.IGNORECASE)


def test_who_voted_how_is_read_after_the_close_in_that_assembly_alone(cast: Cast):
    s = voting(cast)
    s["decision"].cast(by=cast.ana, choice="no")
    address = reverse("decision-votes", args=[s["decision"].pk])

    def status(who: Citizen | None) -> int:
        client = Client()
        if who:
            client.force_login(who)
        return client.get(address).status_code

    assert status(cast.bilal) in (403, 404, 409)
    finish(s["decision"])
    assert status(cast.bilal) == 200
    assert status(cast.chen) in (403, 404)
    assert status(cast.technician) in (403, 404)
    assert status(None) in (302, 403, 404)


def test_an_account_put_out_of_use_reaches_no_page_that_acts(cast: Cast):
    s = voting(cast)
    cast.ana.put_out_of_use(by=cast.technician, reason="The password was stolen.")
    client = Client()
    client.force_login(cast.ana)
    answer = client.post(s["address"], s["data"])
    assert answer.url.startswith(reverse("account_login"))
    assert accession(cast.abiego, cast.comarca)
