"""Article 10: every act under a mandate is logged in public and never rewritten."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Entry
from councils.models import Action
from tests.cast import DAY, Cast, clock
from tests.constitution.bench import Attempt, Staged, goes_through, refused, sql, tried


def a_log(cast: Cast) -> Staged:
    attachment = cast.task(cast.mandate(cast.abiego, cast.bilal)).attachments.get()
    action = attachment.log_action(by=cast.bilal, what="Bought 40 kg", quantity=Decimal(40))
    return {"attachment": attachment, "action": action}


def log(cast: Cast, staged: Staged, **other) -> Action:
    terms = {"by": cast.bilal, "what": "Bought more", "quantity": Decimal(1)} | other
    return staged["attachment"].log_action(**terms)


def attempt(what: str, by: int | str, deed) -> Attempt:
    return Attempt(what, by, a_log, deed, log)


ATTEMPTS = [
    attempt("say nothing of what was done", 10, lambda cast, s: log(cast, s, what="  ")),
    attempt("say nothing of how much", 10, lambda cast, s: log(cast, s, quantity=None)),
    attempt("log for the delegate", 10, lambda cast, s: log(cast, s, by=cast.ana)),
    attempt("log what has not been done yet", 10, lambda cast, s: log(cast, s, done_at=now() + DAY)),
    attempt("log what was done before the mandate began", 8, lambda cast, s: log(cast, s, done_at=now() - DAY / 2)),
    attempt("log what was done before there was a task", 10, lambda cast, s: log(cast, s, done_at=now() - 30 * DAY)),
    attempt(
        "make less of what was logged",
        "42501",
        lambda cast, s: Action.objects.filter(pk=s["action"].pk).update(quantity=Decimal(4)),
    ),
    attempt(
        "reword what was logged", "42501", lambda cast, s: sql("UPDATE councils_action SET what = 'Bought a little'")
    ),
    attempt("make what was logged vanish", "42501", lambda cast, s: sql("DELETE FROM councils_action")),
    attempt("hide an entry about it", "42501", lambda cast, s: sql("DELETE FROM assemblies_entry")),
    attempt("log in another unit", 10, lambda cast, s: sql(
        "INSERT INTO councils_action (task_id, attachment_id, by_id, what, quantity, unit, evidence)"
        " VALUES (%s, %s, %s, 'Bought', 1, 'sacks', '')",
        [s["attachment"].task_id, s["attachment"].pk, cast.bilal.pk],
    )),
]  # fmt: skip

test_attempt = tried(ATTEMPTS)


def test_anyone_reads_what_was_done_without_signing_in(cast: Cast):
    staged = a_log(cast)
    task = staged["attachment"].task
    for address in (reverse("task", args=[task.pk]), reverse("council", args=[cast.comarca.slug])):
        page = Client().get(address).content.decode()
        assert "Bought 40 kg" in page
        assert "Bilal" in page


def test_a_mistake_is_put_right_by_another_action_and_both_stay(cast: Cast):
    staged = a_log(cast)
    log(cast, staged, what="It was 41 kg: one more", quantity=Decimal(1))
    assert [action.what for action in staged["attachment"].task.actions.order_by("pk")] == [
        "Bought 40 kg",
        "It was 41 kg: one more",
    ]


def test_each_action_has_its_entry_in_the_record_of_the_confederation(cast: Cast):
    staged = a_log(cast)
    (entry,) = Entry.objects.about(staged["action"])
    assert (entry.kind, entry.log_id) == ("action.logged", cast.comarca.log_id)
    with refused(10):
        log(cast, staged, by=cast.ana)
    assert Entry.objects.filter(kind="action.logged", log=cast.comarca.log_id).count() == 1


def test_what_was_done_yesterday_can_be_logged_today_and_says_both(cast: Cast):
    staged = a_log(cast)
    clock.travel(DAY)
    with goes_through():
        action = log(cast, staged, done_at=now() - DAY / 2)
        assert action.logged_at - action.done_at > DAY / 4
