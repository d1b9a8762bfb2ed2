"""Article 11: a text binds several communities only as each adopts that same text; a council cannot touch it."""

from __future__ import annotations

import hashlib
from uuid import uuid4

from django.urls import reverse

from assemblies.clock import now
from assemblies.models import PolicyVersion, Proposal
from assemblies.sweeps import run_all
from councils.models import Relay, Task
from mandates.models import Adoption, SharedText
from tests.cast import DAY, Cast, accession, carry, citizen_of, found, lose, policy_of
from tests.constitution.bench import (
    PRIVILEGE,
    Attempt,
    Staged,
    everything_holds,
    goes_through,
    insert,
    kept,
    nothing,
    refused,
    sql,
    tried,
    twisted,
)
from tests.constitution.test_by_page import page

WORDS = "We heat with dry wood."
OFFER = {"title": "Dry wood", "text": WORDS, "notice": 30 * DAY}


def offer(cast: Cast, assembly=None, *, carried: bool = True, **other) -> SharedText:
    assembly = assembly or cast.abiego
    shared = SharedText.objects.offer(assembly, cast.comarca, by=citizen_of(assembly), **OFFER | other)
    if carried:
        carry(shared.proposal)
    return shared


def question(cast: Cast, assembly=None, text: str = WORDS) -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "Offer it", text, by=citizen_of(assembly), effect="question")


def say(pk: int) -> None:
    """Lay it before the assembly, as it then stands."""
    sql("UPDATE assemblies_proposal SET offered_at = civic_now() WHERE id = %s", [pk])


# ---- a text ----


def a_text(cast: Cast) -> Staged:
    return {
        "confederation_id": cast.comarca.pk,
        "assembly_id": cast.abiego.pk,
        "proposal_id": question(cast).pk,
        "title": "Dry wood",
        "text": WORDS,
        "notice": 30 * DAY,
        "amends_id": None,
    }


def offer_it(row: Staged) -> None:
    insert("mandates_sharedtext", row)
    say(row["proposal_id"])
    everything_holds()


def left(cast: Cast, row: Staged) -> Staged:
    carry(accession(cast.abiego, cast.comarca).leave(by=cast.ana, reasons="We go.").proposal)
    return {}


TEXTS = twisted(
    a_text,
    offer_it,
    offer_a_text_by_the_question_of_another_assembly=(
        11,
        lambda cast, row: {"proposal_id": question(cast, cast.loarre).pk},
    ),
    offer_two_texts_by_one_question=(11, lambda cast, row: (insert("mandates_sharedtext", row), {})[1]),
    offer_a_text_where_one_is_no_member=(11, left),
    offer_another_text_than_is_voted_on=(11, lambda cast, row: {"text": "We heat with wet wood."}),
    amend_a_text_that_nobody_decided_to_offer=(
        11,
        lambda cast, row: {"amends_id": offer(cast, carried=False).pk},
    ),
    amend_a_text_and_shorten_its_notice=(11, lambda cast, row: {"amends_id": offer(cast).pk, "notice": DAY}),
    offer_nothing=("text_has_words", lambda cast, row: {"text": ""}),
    bind_for_longer_than_a_year=("text_notice", lambda cast, row: {"notice": 400 * DAY}),
)

# ---- an adoption ----


def draft(cast: Cast, shared: SharedText, assembly=None, **other) -> Proposal:
    assembly = assembly or cast.loarre
    said = {"effect": "policy", "notice": shared.notice, "text": shared.text, "title": shared.title} | other
    title, text = said.pop("title"), said.pop("text")
    return Proposal.objects.draft(assembly, title, text, by=citizen_of(assembly), **said)


def an_adoption(cast: Cast) -> Staged:
    shared = offer(cast)
    return {
        "shared_id": shared.pk,
        "assembly_id": cast.loarre.pk,
        "proposal_id": draft(cast, shared).pk,
        "reservation": "",
    }


def ask(row: Staged) -> None:
    insert("mandates_adoption", row)
    say(row["proposal_id"])
    everything_holds()


def text_of(row: Staged) -> SharedText:
    return SharedText.objects.get(pk=row["shared_id"])


def other_words(cast: Cast, row: Staged) -> Staged:
    return {"proposal_id": draft(cast, text_of(row), text=f"{WORDS} Mostly.").pk}


def a_policy_of_its_own(cast: Cast, row: Staged) -> Staged:
    """An amendment of a policy that never came from this text."""
    own = cast.policy(cast.loarre)
    amendment = draft(cast, text_of(row), effect="amendment", notice=0 * DAY, policy=own)
    return {"proposal_id": amendment.pk}


ADOPTIONS = twisted(
    an_adoption,
    ask,
    adopt_other_words=(11, other_words),
    adopt_one_letter_more=(11, lambda cast, row: {"proposal_id": draft(cast, text_of(row), text=f"{WORDS}.").pk}),
    adopt_under_another_title=(11, lambda cast, row: {"proposal_id": draft(cast, text_of(row), title="Wood").pk}),
    adopt_without_the_notice=(11, lambda cast, row: {"proposal_id": draft(cast, text_of(row), notice=0 * DAY).pk}),
    adopt_by_a_question=(
        11,
        lambda cast, row: {"proposal_id": draft(cast, text_of(row), effect="question", notice=0 * DAY).pk},
    ),
    adopt_in_the_place_of_another_assembly=(
        11,
        lambda cast, row: {"proposal_id": draft(cast, text_of(row), cast.sietamo).pk},
    ),
    adopt_over_a_policy_of_ones_own=(11, a_policy_of_its_own),
    adopt_what_nobody_decided_to_offer=(
        11,
        lambda cast, row: {"shared_id": offer(cast, cast.sietamo, carried=False).pk},
    ),
    adopt_by_a_proposal_that_stood_already=(11, lambda cast, row: (say(row["proposal_id"]), {})[1]),
)

# ---- a relay ----


def informing(cast: Cast):
    terms = cast.terms(cast.abiego, power="inform", limit=None, unit="")
    return cast.task(cast.mandate(cast.abiego, cast.bilal, terms), None, unit="").attachments.get()


def an_action(cast: Cast, attachment, digest: str) -> int:
    return attachment.log_action(by=cast.bilal, what=f"Relayed {digest}").pk


def a_relay(cast: Cast) -> Staged:
    shared = offer(cast)
    attachment = informing(cast)
    return {
        "shared_id": shared.pk,
        "digest": shared.digest,
        "action_id": an_action(cast, attachment, shared.digest),
    }


def by_another_power(cast: Cast, row: Staged) -> Staged:
    flour = cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()
    action = flour.log_action(by=cast.bilal, what=f"Relayed {row['digest']}", quantity=1)
    return {"action_id": action.pk}


def own_words(cast: Cast, row: Staged) -> Staged:
    digest = hashlib.sha256(b"We heat with dry wood, as the council wishes.").hexdigest()
    return {"digest": digest, "action_id": an_action(cast, Task.objects.get().attachments.get(), digest)}


def unasked(cast: Cast, row: Staged) -> Staged:
    mine = offer(cast, carried=False)
    return {"shared_id": mine.pk, "action_id": an_action(cast, Task.objects.get().attachments.get(), mine.digest)}


RELAYS = twisted(
    a_relay,
    lambda row: insert("councils_relay", row),
    relay_a_text_under_a_task_to_procure=(11, by_another_power),
    relay_a_text_with_words_of_the_councils_own=(11, own_words),
    relay_a_text_that_the_log_does_not_name=(
        11,
        lambda cast, row: {"action_id": an_action(cast, Task.objects.get().attachments.get(), "something")},
    ),
    relay_what_no_assembly_decided_to_offer=(11, unasked),
    relay_a_text_twice=(
        "relay_once",
        lambda cast, row: (
            insert("councils_relay", row),
            {"action_id": an_action(cast, Task.objects.get().attachments.get(), row["digest"])},
        )[1],
    ),
)

# ---- notice: what a policy was adopted with ----


def a_policy_with_notice(cast: Cast) -> Staged:
    shared = offer(cast)
    adoption = shared.propose_adoption(cast.loarre, by=cast.chen)
    carry(adoption.proposal)
    policy = policy_of(adoption.proposal.decision)
    repeal = cast.loarre.propose("Repeal", "Enough.", by=cast.chen, effect="repeal", policy=policy)
    (decision,) = carry(repeal, close=False)
    sql("UPDATE assemblies_decision SET closed_at = civic_now() WHERE id = %s", [decision.pk])
    return {
        "policy_id": policy.pk,
        "number": 2,
        "decision_id": decision.pk,
        "text": "",
        "repeals": True,
        "in_force_from": decision.closes_at + shared.notice,
    }


def a_proposal(cast: Cast) -> Staged:
    return {
        "assembly_id": cast.abiego.pk,
        "author_id": cast.ana.pk,
        "title": "Wood",
        "text": WORDS,
        "effect": "policy",
        "notice": DAY,
        "method": "yes-no",
        "seats": 1,
    }


NOTICES = [
    *twisted(
        a_policy_with_notice,
        lambda row: insert("assemblies_policyversion", row),
        repeal_before_the_notice_is_over=(1, lambda cast, row: {"in_force_from": row["in_force_from"] - 30 * DAY}),
    ),
    *twisted(
        a_proposal,
        lambda row: insert("assemblies_proposal", row),
        ask_a_question_with_a_notice=("proposal_notice", lambda cast, row: {"effect": "question"}),
    ),
]

# ---- the charter is a shared text too ----


def a_joining(cast: Cast) -> Staged:
    from tests.constitution.test_article_12_local_control import an_accession

    return an_accession(cast)


def join(row: Staged) -> None:
    insert("mandates_accession", row)
    say(row["proposal_id"])
    everything_holds()


JOINING = twisted(
    a_joining,
    join,
    join_under_other_words_than_the_charter_has=(
        11,
        lambda cast, row: {"proposal_id": question(cast, text="We join, and may build.").pk},
    ),
)

# ---- by the objects ----

ACTS = [
    Attempt(
        "adopt in anothers place",
        1,
        lambda cast: {"shared": offer(cast)},
        lambda cast, s: s["shared"].propose_adoption(cast.loarre, by=cast.ana),
        lambda cast, s: s["shared"].propose_adoption(cast.abiego, by=cast.ana),
    ),
    Attempt(
        "offer in anothers place",
        1,
        nothing,
        lambda cast, s: SharedText.objects.offer(cast.loarre, cast.comarca, by=cast.ana, **OFFER),
        lambda cast, s: SharedText.objects.offer(cast.loarre, cast.comarca, by=cast.chen, **OFFER),
    ),
    Attempt(
        "relay as somebody else",
        10,
        lambda cast: {"shared": offer(cast), "attachment": informing(cast)},
        lambda cast, s: Relay.objects.relay(s["shared"], s["attachment"], by=cast.ana),
        lambda cast, s: Relay.objects.relay(s["shared"], s["attachment"], by=cast.bilal),
    ),
    Attempt(
        "write an adopted version behind the back of the assembly",
        PRIVILEGE,
        lambda cast: {"shared": offer(cast)},
        lambda cast, s: sql("UPDATE assemblies_policyversion SET text = %s", [WORDS]),
        lambda cast, s: s["shared"].propose_adoption(cast.loarre, by=cast.chen),
    ),
]


# ---- by the pages ----


def adoption_page(cast: Cast) -> Staged:
    shared = offer(cast)
    seen = hashlib.sha256(f"{shared.title}\n{shared.text}".encode()).hexdigest()
    data = {"once": str(uuid4()), "reservation": "", "step": "offer", "seen": seen}
    return {"address": reverse("adoption-new", args=[shared.pk]), "data": data}


def relay_page(cast: Cast) -> Staged:
    shared, attachment = offer(cast), informing(cast)
    data = {"once": str(uuid4()), "attachment": str(attachment.pk)}
    return {"address": reverse("relay-new", args=[shared.pk]), "data": data}


PAGES = [
    *page(
        "propose to adopt a text",
        adoption_page,
        lambda cast: cast.chen,
        ("a citizen of nowhere", 11, lambda cast: cast.stranger),
        ("a technician", 11, lambda cast: cast.technician),
    ),
    *page(
        "relay a text",
        relay_page,
        lambda cast: cast.bilal,
        ("a citizen without a mandate", 11, lambda cast: cast.ana),
        ("a technician", 11, lambda cast: cast.technician),
    ),
]

ATTEMPTS = [
    *TEXTS,
    *ADOPTIONS,
    *RELAYS,
    *NOTICES,
    *JOINING,
    *ACTS,
    *PAGES,
    *kept("mandates_sharedtext", 11, lambda cast: offer(cast)),
    *kept("mandates_adoption", 11, lambda cast: offer(cast).propose_adoption(cast.loarre, by=cast.chen)),
    *kept("councils_relay", 11, lambda cast: insert("councils_relay", a_relay(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_a_draft_that_was_changed_after_it_was_named_adopts_nothing(cast: Cast):
    """The window between naming the draft and offering it: what is voted on then must be the very text."""
    shared = offer(cast)
    proposal = draft(cast, shared)
    with refused(11):
        Adoption.objects.create(shared=shared, assembly=cast.loarre, proposal=proposal)
        proposal.revise(by=proposal.author, title=shared.title, text="We heat as we like.")
        proposal.offer(by=proposal.author)


def test_adopting_by_hand_is_adopting_nothing(cast: Cast):
    """Whoever passes a policy in the same words has that policy; the text is adopted only by the question about it."""
    shared = offer(cast)
    carry(cast.loarre.propose(shared.title, shared.text, by=cast.chen))
    assert not shared.adoptions.in_force(now()).exists()


def test_workers_adopt_nothing(cast: Cast):
    shared = offer(cast)
    versions = PolicyVersion.objects.count()
    shared.propose_adoption(cast.loarre, by=cast.chen)
    run_all()
    run_all()
    assert PolicyVersion.objects.count() == versions
    assert not shared.adoptions.in_force(now()).exists()


def test_a_text_that_lost_is_not_offered(cast: Cast):
    shared = offer(cast, carried=False)
    lose(shared.proposal)
    assert not shared.is_offered(now())
    run_all()
    with goes_through():
        offer(cast)


def test_the_same_words_bind_nobody_outside(cast: Cast):
    shared = offer(cast)
    ibieca = found("Ibieca", "ibieca", 5)
    with refused(11):
        insert(
            "mandates_adoption",
            {
                "shared_id": shared.pk,
                "assembly_id": ibieca.pk,
                "proposal_id": draft(cast, shared, ibieca).pk,
                "reservation": "",
            },
        )
