"""Article 1: a policy version exists only as the outcome of a carried decision of an assembly, byte for byte."""

import pytest

from assemblies.clock import now
from assemblies.models import Decision, Policy, PolicyVersion, Proposal
from assemblies.sweeps import run_all
from assemblies.tasks import closing
from tests.cast import DAY, Cast, call, carry, citizen_of, clock, decide, finish, lose, policy_of, vote
from tests.constitution.bench import (
    TWICE,
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

CLOSE = "UPDATE assemblies_decision SET closed_at = civic_now() WHERE id = %(decision)s"


def noted(proposal: Proposal) -> Decision:
    """Carried, its figures frozen by raw SQL, and nothing drawn from it yet."""
    (decision,) = carry(proposal, close=False)
    sql(CLOSE, {"decision": decision.pk})
    decision.refresh_from_db()
    assert decision.carried
    return decision


def water(cast: Cast) -> Proposal:
    return cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)


# ---- a policy ----


def a_policy(cast: Cast) -> Staged:
    decision = noted(water(cast))
    return {"assembly_id": cast.abiego.pk, "title": "Water", "adopted_by_id": decision.pk}


def adopt(row: Staged) -> None:
    """The policy with its first version: what carried is drawn whole."""
    insert("assemblies_policy", row)
    sql(
        "INSERT INTO assemblies_policyversion (policy_id, number, decision_id, text, repeals, in_force_from)"
        " SELECT p.id, 1, d.id, q.text, false, d.closes_at FROM assemblies_policy p"
        " JOIN assemblies_decision d ON d.id = p.adopted_by_id JOIN assemblies_proposal q ON q.id = d.proposal_id"
        " WHERE p.adopted_by_id = %(adopted_by_id)s",
        row,
    )


POLICIES = twisted(
    a_policy,
    adopt,
    adopt_what_was_lost=(1, lambda cast, row: {"adopted_by_id": lose(water(cast)).pk}),
    adopt_in_the_name_of_another_assembly=(1, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    adopt_what_another_assembly_decided=(
        1,
        lambda cast, row: {"adopted_by_id": noted(cast.loarre.propose("Water", "The rain is kept.", by=cast.chen)).pk},
    ),
    adopt_under_another_title=(1, lambda cast, row: {"title": "Water and land"}),
    adopt_what_carried_but_is_not_closed=(
        1,
        lambda cast, row: {"adopted_by_id": carry(water(cast), close=False)[0].pk},
    ),
    adopt_an_amendment_as_a_policy=(
        1,
        lambda cast, row: {
            "title": "Bread",
            "adopted_by_id": noted(
                cast.abiego.propose(
                    "Bread", "No bread.", by=cast.ana, effect="amendment", policy=cast.policy(cast.abiego)
                )
            ).pk,
        },
    ),
    adopt_a_question_as_a_policy=(
        1,
        lambda cast, row: {
            "title": "Shall we?",
            "adopted_by_id": carry(cast.abiego.propose("Shall we?", "We shall.", by=cast.ana, effect="question"))[0].pk,
        },
    ),
    adopt_twice_from_one_decision=(
        TWICE,
        lambda cast, row: (adopt(row), {})[1],
    ),
)


# ---- a version ----


def a_version(cast: Cast) -> Staged:
    """An amendment that carried: its version as it should be drawn."""
    policy = cast.policy(cast.abiego)
    proposal = cast.abiego.propose(
        "Bread and flour", "Oven and mill are common.", by=cast.ana, effect="amendment", policy=policy
    )
    decision = noted(proposal)
    return {
        "policy_id": policy.pk,
        "number": 2,
        "decision_id": decision.pk,
        "text": proposal.text,
        "repeals": False,
        "in_force_from": decision.closes_at,
    }


def draw(row: Staged) -> None:
    insert("assemblies_policyversion", row)


def amendment(cast: Cast, **other) -> Proposal:
    terms = {"by": cast.ana, "effect": "amendment", "policy": cast.policy(cast.abiego)} | other
    return cast.abiego.propose("Bread and flour", "Oven and mill are common.", **terms)


VERSIONS = twisted(
    a_version,
    draw,
    publish_a_text_that_was_lost=(1, lambda cast, row: {"decision_id": lose(amendment(cast)).pk}),
    publish_what_carried_but_is_not_closed=(
        1,
        lambda cast, row: {"decision_id": carry(amendment(cast), close=False)[0].pk},
    ),
    publish_a_text_while_it_is_voted_on=(1, lambda cast, row: {"decision_id": call(amendment(cast)).pk}),
    publish_another_text=(1, lambda cast, row: {"text": row["text"] + " And so is the wine."}),
    publish_the_text_but_for_a_space=(1, lambda cast, row: {"text": row["text"] + " "}),
    publish_for_another_assembly=(1, lambda cast, row: {"policy_id": cast.policy(cast.loarre).pk, "number": 2}),
    publish_for_another_policy=(1, lambda cast, row: {"policy_id": policy_of(carry(water(cast))[0]).pk}),
    publish_as_a_repeal=(1, lambda cast, row: {"repeals": True, "text": ""}),
    publish_as_a_repeal_with_a_text=(1, lambda cast, row: {"repeals": True}),
    publish_as_if_it_had_held_before=(1, lambda cast, row: {"in_force_from": row["in_force_from"] - DAY}),
    publish_as_if_it_held_later=(1, lambda cast, row: {"in_force_from": row["in_force_from"] + DAY}),
    publish_out_of_order=(1, lambda cast, row: {"number": 7}),
    publish_under_a_number_that_is_taken=(1, lambda cast, row: {"number": 1}),
    publish_the_outcome_of_a_question=(
        1,
        lambda cast, row: {
            "decision_id": carry(cast.abiego.propose("Bread and flour", row["text"], by=cast.ana, effect="question"))[
                0
            ].pk
        },
    ),
    publish_twice_from_one_decision=(TWICE, lambda cast, row: (draw(row), {"number": 3})[1]),
)


# ---- a proposal ----


def a_draft(cast: Cast) -> Staged:
    draft = Proposal.objects.draft(cast.abiego, "Water", "The rain is kept.", by=cast.ana, effect="policy")
    return {
        "id": draft.pk,
        "assembly_id": cast.abiego.pk,
        "author_id": cast.ana.pk,
        "title": "Water",
        "text": "The rain is shared.",
        "effect": "policy",
        "policy_id": None,
        "offered_at": None,
        "number": draft.pk,
    }


def rewrite(row: Staged) -> None:
    sql(
        "UPDATE assemblies_proposal SET id = %(number)s, assembly_id = %(assembly_id)s, author_id = %(author_id)s,"
        " title = %(title)s, text = %(text)s, effect = %(effect)s, policy_id = %(policy_id)s,"
        " offered_at = %(offered_at)s WHERE id = %(id)s",
        row,
    )


def offer(cast: Cast, row: Staged) -> None:
    Proposal.objects.get(pk=row["id"]).offer(by=cast.ana)


def offered(cast: Cast, row: Staged) -> Staged:
    offer(cast, row)
    return {"offered_at": Proposal.objects.get(pk=row["id"]).offered_at}


def left(cast: Cast, row: Staged) -> Staged:
    cast.ana.citizenship(now()).end(by=cast.ana, reason="left")
    return {"offered_at": now()}


DRAFTS = twisted(
    a_draft,
    rewrite,
    change_a_text_that_has_been_offered=(1, offered),
    change_a_title_that_has_been_offered=(
        1,
        lambda cast, row: offered(cast, row) | {"text": "The rain is kept.", "title": "Rain"},
    ),
    offer_again_and_start_the_deliberation_anew=(
        1,
        lambda cast, row: offered(cast, row) | {"text": "The rain is kept.", "offered_at": now() + DAY},
    ),
    take_an_offered_text_back_into_draft=(1, lambda cast, row: (offer(cast, row), {"text": "The rain is kept."})[1]),
    carry_a_draft_to_another_assembly=(1, lambda cast, row: {"assembly_id": cast.loarre.pk}),
    give_a_draft_another_author=(1, lambda cast, row: {"author_id": cast.bilal.pk}),
    turn_a_policy_into_a_question=(1, lambda cast, row: {"effect": "question"}),
    turn_a_policy_into_a_repeal=(1, lambda cast, row: {"effect": "repeal", "policy_id": cast.policy(cast.abiego).pk}),
    give_a_draft_another_number=(1, lambda cast, row: {"number": 10**6}),
    offer_after_leaving_the_assembly=(1, left),
)


def a_proposal(cast: Cast) -> Staged:
    return {
        "assembly_id": cast.abiego.pk,
        "author_id": cast.ana.pk,
        "title": "Bread",
        "text": "The oven is common.",
        "effect": "amendment",
        "policy_id": cast.policy(cast.abiego).pk,
    }


def unfounded(cast: Cast, row: Staged) -> Staged:
    """An assembly that nobody has founded, and that has taken a citizen in."""
    sql("INSERT INTO assemblies_log (origin) VALUES ('assembly/nowhere')")
    sql(
        "INSERT INTO assemblies_assembly (name, slug, kind, time_zone, log_id)"
        " SELECT 'Nowhere', 'nowhere', 'village', 'UTC', id FROM assemblies_log WHERE origin = 'assembly/nowhere'"
    )
    ((nowhere,),) = sql("SELECT id FROM assemblies_assembly WHERE slug = 'nowhere'")
    insert("assemblies_citizenship", {"citizen_id": cast.stranger.pk, "assembly_id": nowhere, "end_reason": ""})
    return {"assembly_id": nowhere, "author_id": cast.stranger.pk, "effect": "policy", "policy_id": None}


PROPOSALS = twisted(
    a_proposal,
    lambda row: insert("assemblies_proposal", row),
    lay_a_proposal_before_an_assembly_one_does_not_belong_to=(1, lambda cast, row: {"author_id": cast.chen.pk}),
    lay_a_proposal_as_a_technician=(1, lambda cast, row: {"author_id": cast.technician.pk}),
    amend_the_policy_of_another_assembly=(1, lambda cast, row: {"policy_id": cast.policy(cast.loarre).pk}),
    lay_a_proposal_that_is_offered_before_it_is_drafted=(1, lambda cast, row: {"offered_at": now() - 30 * DAY}),
    lay_a_proposal_before_an_assembly_that_was_never_founded=(1, unfounded),
    amend_no_policy_at_all=("proposal_names_the_policy_it_changes", lambda cast, row: {"policy_id": None}),
    lay_a_proposal_without_words=("proposal_has_words", lambda cast, row: {"text": ""}),
    lay_a_proposal_already_withdrawn=("proposal_withdrawn_after_offered", lambda cast, row: {"withdrawn_at": now()}),
)


def withdraw(row: Staged) -> None:
    sql("UPDATE assemblies_proposal SET withdrawn_at = civic_now() WHERE id = %(id)s", row)


def called(cast: Cast, row: Staged) -> Staged:
    call(Proposal.objects.get(pk=row["id"]))
    return {}


WITHDRAWALS = twisted(
    lambda cast: {"id": water(cast).pk},
    withdraw,
    take_back_what_has_been_put_to_the_vote=(1, called),
    take_back_what_was_taken_back=(1, lambda cast, row: (withdraw(row), {})[1]),
)


# ---- a decision that is drawn whole ----


def carried_unnoted(cast: Cast) -> Staged:
    (decision,) = carry(water(cast), close=False)
    return {"decision": decision.pk}


def close_and_draw(cast: Cast, row: Staged) -> None:
    assert Decision.objects.get(pk=row["decision"]).close()


WHOLE = [
    Attempt(
        "close what carried and keep the policy from being drawn",
        1,
        carried_unnoted,
        attack=lambda cast, row: sql(CLOSE, row),
        honest=close_and_draw,
    )
]


# ---- by the objects, and by the workers ----


def write_a_policy(cast: Cast, staged: Staged) -> object:
    policy = cast.policy(cast.abiego)
    lost = lose(amendment(cast))
    return PolicyVersion.objects.create(
        policy=policy, number=2, decision=lost, text=lost.proposal.text, in_force_from=lost.closes_at
    )


ACTS = [
    Attempt("create a version of a lost text", 1, nothing, write_a_policy, lambda c, s: carry(amendment(c))),
    Attempt(
        "put to the vote without being a facilitator",
        1,
        nothing,
        lambda cast, s: water(cast).put_to_vote(by=cast.ana),
        lambda cast, s: call(water(cast)),
    ),
    Attempt(
        "put to the vote with power over the server",
        1,
        nothing,
        lambda cast, s: water(cast).put_to_vote(by=cast.technician),
        lambda cast, s: call(water(cast)),
    ),
    Attempt(
        "put a draft to the vote",
        1,
        nothing,
        lambda cast, s: call(Proposal.objects.draft(cast.abiego, "Water", "Rain.", by=cast.ana, effect="policy")),
        lambda cast, s: call(water(cast)),
    ),
    Attempt(
        "offer what another drafted",
        1,
        nothing,
        lambda cast, s: Proposal.objects.get(pk=a_draft(cast)["id"]).offer(by=cast.bilal),
        lambda cast, s: Proposal.objects.get(pk=a_draft(cast)["id"]).offer(by=cast.ana),
    ),
    Attempt(
        "withdraw what another proposed",
        1,
        nothing,
        lambda cast, s: water(cast).withdraw(by=cast.bilal),
        lambda cast, s: water(cast).withdraw(by=cast.ana),
    ),
    Attempt(
        "propose where one is a stranger",
        1,
        nothing,
        lambda cast, s: cast.abiego.propose("Water", "Rain.", by=cast.chen),
        lambda cast, s: cast.loarre.propose("Water", "Rain.", by=cast.chen),
    ),
]

ATTEMPTS = [
    *POLICIES,
    *VERSIONS,
    *DRAFTS,
    *PROPOSALS,
    *WITHDRAWALS,
    *WHOLE,
    *ACTS,
    *kept("assemblies_policy", 1, nothing),
    *kept("assemblies_policyversion", 1, nothing),
    *kept("assemblies_proposal", 17, nothing, updates=True),
]

test_attempt = tried(ATTEMPTS)


def test_what_the_assembly_adopts_is_what_it_read_byte_for_byte(cast: Cast):
    text = "Rain,\r\n\tsnow – and “hail” ❄ are kept.\n\n* all of it"
    decision = carry(cast.abiego.propose("Water", text, by=cast.ana))[0]
    assert decision.policy_version.text.encode() == text.encode()


def test_a_lost_a_tied_and_a_barely_attended_vote_make_no_policy(cast: Cast):
    before = Policy.objects.count()
    for outcome, votes in {"lost": (1, 2), "tied": (2, 2), "quorum_missed": (1, 0)}.items():
        assert decide(water(cast), *votes).outcome == outcome
    assert Policy.objects.count() == before
    carry(water(cast))
    assert Policy.objects.count() == before + 1


def test_a_repeal_ends_a_policy_at_the_close_whether_or_not_anyone_has_noted_it(cast: Cast):
    policy = cast.policy(cast.abiego)
    repeal = cast.abiego.propose("No more bread", "", by=cast.ana, effect="repeal", policy=policy)
    decision = call(repeal)
    vote(decision)
    assert policy in cast.abiego.policies_in_force(now())
    finish(decision, close=False)
    assert policy not in cast.abiego.policies_in_force(now())
    assert policy in cast.abiego.policies_in_force(decision.closes_at - DAY)
    closing.run()
    assert policy.version(now()) is None
    assert policy.version(decision.closes_at - DAY).number == 1


def test_of_two_amendments_the_later_decision_holds_in_whatever_order_they_are_noted(cast: Cast):
    policy = cast.policy(cast.abiego)
    first, second = (
        cast.abiego.propose("Bread", text, by=cast.ana, effect="amendment", policy=policy)
        for text in ("The oven is lit on Monday.", "The oven is lit on Friday.")
    )
    earlier = call(first)
    later = call(second, closes_at=earlier.closes_at + DAY)
    for decision in (earlier, later):
        vote(decision)
    clock.at(later.closes_at)
    later.close()
    earlier.close()
    assert policy.version(now()).text == second.text
    assert policy.version(earlier.closes_at).text == first.text


def test_workers_draw_a_version_once_however_often_they_run(cast: Cast):
    (decision,) = carry(water(cast), close=False)
    for _ in range(3):
        closing.run()
    everything_holds()
    assert PolicyVersion.objects.filter(decision=decision).count() == 1
    assert not decision.close()


def test_a_sweep_over_forged_rows_adopts_nothing(cast: Cast):
    """A row that only claims to be due is looked at again by the rules, and passed over."""
    decision = call(water(cast))
    vote(decision)
    with refused(3):
        sql("UPDATE assemblies_decision SET closes_at = civic_now() WHERE id = %s", [decision.pk])
    run_all()
    assert not Policy.objects.filter(adopted_by=decision).exists()
    finish(decision, close=False)
    run_all()
    assert Policy.objects.filter(adopted_by=decision).exists()


@pytest.mark.parametrize("name", ["save", "update", "delete", "raw"])
def test_no_object_rewrites_a_version(cast: Cast, name: str):
    version = cast.policy(cast.abiego).versions.get()

    def save():
        version.text = "Cake."
        version.save()

    ways = {
        "save": save,
        "update": lambda: PolicyVersion.objects.filter(pk=version.pk).update(text="Cake."),
        "delete": lambda: PolicyVersion.objects.filter(pk=version.pk)._raw_delete("default"),
        "raw": lambda: sql("UPDATE assemblies_policyversion SET text = 'Cake.'"),
    }
    with refused("42501"):
        ways[name]()
    with goes_through():
        carry(
            cast.abiego.propose("Bread", "Cake.", by=citizen_of(cast.abiego), effect="amendment", policy=version.policy)
        )
