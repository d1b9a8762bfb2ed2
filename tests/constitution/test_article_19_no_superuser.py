"""Article 19: who operates the server has no political power by it, in Django or in the database."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Citizen, Decision, Entry, Office, PolicyVersion, RollImport, Rules, admit, apply
from confederation.roles import privileges
from mandates.models import Confederation, propose_accession
from tests.cast import (
    COMARCA,
    DAY,
    Cast,
    accession,
    call,
    carry,
    clock,
    facilitator,
    travel_to,
    vote,
)
from tests.constitution.bench import PRIVILEGE, Attempt, Staged, insert, nothing, refused, sql, tried

POLITICAL = [
    model._meta.db_table
    for model in apps.get_models()
    if model._meta.app_label in ("assemblies", "mandates", "councils") and not model._meta.proxy
]

# ---- what the application's role may not do to the house itself ----

TAMPERING = {
    "switch a trigger off": "ALTER TABLE assemblies_policyversion DISABLE TRIGGER ALL",
    "switch every user trigger off": "ALTER TABLE assemblies_decision DISABLE TRIGGER USER",
    "drop a constraint": "ALTER TABLE assemblies_ballot DROP CONSTRAINT ballot_one_a_citizen",
    "drop a table": "DROP TABLE assemblies_ballot CASCADE",
    "drop a function": "DROP FUNCTION carried(bigint, timestamptz) CASCADE",
    "give a table away": f"ALTER TABLE assemblies_decision OWNER TO {settings.APP_ROLE}",
    "add a column": "ALTER TABLE assemblies_ballot ADD COLUMN weight int",
    "change a default": "ALTER TABLE assemblies_ballot ALTER COLUMN cast_at SET DEFAULT '2000-01-01'",
    "pass as a replica": "SET session_replication_role = 'replica'",
    "pass as a replica for a moment": "SET LOCAL session_replication_role = 'replica'",
    "pass as a replica from the next session on": (
        f"ALTER ROLE {settings.APP_ROLE} SET session_replication_role = 'replica'"
    ),
    "become a superuser": f"ALTER ROLE {settings.APP_ROLE} SUPERUSER",
    "make a role": "CREATE ROLE mayor SUPERUSER LOGIN",
    "make a temporary table that shadows another": "CREATE TEMP TABLE assemblies_decision (id bigint)",
    "make a table": "CREATE TABLE public.assemblies_shadow (id bigint)",
    "make a schema": "CREATE SCHEMA shadow",
    "make a view": "CREATE VIEW public.assemblies_view AS SELECT 1",
    "make a temporary view": "CREATE TEMP VIEW assemblies_decision AS SELECT 1",
    "replace the clock": (
        "CREATE OR REPLACE FUNCTION civic_now() RETURNS timestamptz LANGUAGE sql AS"
        " $$ SELECT '2000-01-01'::timestamptz $$"
    ),
    "put a clock of one's own beside it": (
        "CREATE FUNCTION pg_temp.civic_now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() $$"
    ),
    "replace what counts": (
        "CREATE OR REPLACE FUNCTION carried(bigint, timestamptz) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$"
    ),
    "bend the clock's path": "ALTER FUNCTION civic_now() SET search_path = pg_temp",
    "replace what passes triggers over": (
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(name) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$"
    ),
    "make a trigger": (
        "CREATE TRIGGER a BEFORE INSERT ON assemblies_ballot FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "make a rule": "CREATE RULE r AS ON INSERT TO assemblies_entry DO INSTEAD NOTHING",
    "make a policy for rows": "CREATE POLICY p ON assemblies_ballot USING (false)",
    "make an index": "CREATE UNIQUE INDEX i ON assemblies_ballot (choice)",
    "move the clock": "UPDATE assemblies_clock SET shift = interval '10 days'",
    "set a clock": "INSERT INTO assemblies_clock (shift) VALUES (interval '10 days')",
    "take the clock away": "DELETE FROM assemblies_clock",
    "empty the clock": "TRUNCATE assemblies_clock",
    "set a sequence back": "SELECT setval(pg_get_serial_sequence('assemblies_entry', 'id'), 1)",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/never-written'",
    "read a file": "SELECT pg_read_file('postgresql.conf')",
    "forget that something was migrated": "DELETE FROM django_migrations",
}


def reads(cast: Cast, staged: Staged) -> None:
    assert sql("SELECT civic_now()")


HOUSE = [
    Attempt(what, PRIVILEGE, nothing, lambda cast, s, statement=statement: sql(statement), reads)
    for what, statement in TAMPERING.items()
]

# ---- what a technician may not do, is_superuser or not ----


def asked(cast: Cast) -> Staged:
    """One of everything that can be acted upon."""
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    mandate = cast.mandate(cast.abiego, cast.bilal)
    decision = call(cast.abiego.propose("Land", "The land is common.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    return {
        "proposal": proposal,
        "mandate": mandate,
        "decision": decision,
        "recall": mandate.open_recall(by=cast.ana, grounds="The flour never came."),
        "attachment": cast.task(mandate).attachments.get(),
        "application": apply(cast.stranger, cast.abiego, "By the mill."),
        "facilitator": facilitator(cast.abiego),
        "office": Office.objects.in_force(now()).filter(citizen=facilitator(cast.abiego)).first(),
    }


def act(what: str, by: int, deed) -> Attempt:
    """The same deed by the technician, and by whoever may."""
    return Attempt(
        f"{what} as a technician",
        by,
        asked,
        attack=lambda cast, s: deed(cast, SimpleNamespace(**s), lambda _who: cast.technician),
        honest=lambda cast, s: deed(cast, SimpleNamespace(**s), lambda who: who),
    )


ACTS = [
    act("vote", 3, lambda cast, s, as_: s.decision.cast(by=as_(cast.ana), choice="yes")),
    act("propose", 1, lambda cast, s, as_: cast.abiego.propose("Land", "Mine.", by=as_(cast.ana))),
    act("put to the vote", 1, lambda cast, s, as_: s.proposal.put_to_vote(by=as_(s.facilitator))),
    act("withdraw", 1, lambda cast, s, as_: s.proposal.withdraw(by=as_(cast.ana))),
    act("adopt standing orders", 1, lambda cast, s, as_: orders(cast, as_(cast.ana))),
    act("mandate", 1, lambda cast, s, as_: cast.propose_mandate(cast.abiego, cast.bilal, by=as_(cast.ana))),
    act("be mandated", 4, lambda cast, s, as_: cast.propose_mandate(cast.abiego, as_(cast.bilal))),
    act("open a recall", 7, lambda cast, s, as_: s.mandate.open_recall(by=as_(s.facilitator), grounds="Late.")),
    act("sign a recall", 7, lambda cast, s, as_: s.recall.sign(by=as_(s.facilitator))),
    act("answer a recall", 7, lambda cast, s, as_: s.recall.answer(by=as_(cast.bilal), text="Snow.")),
    act("resign for a delegate", 4, lambda cast, s, as_: s.mandate.resign(by=as_(cast.bilal))),
    act(
        "narrow a mandate",
        1,
        lambda cast, s, as_: s.mandate.propose_narrowing(by=as_(cast.ana), reasons="Less.", withdraws=True),
    ),
    act("attach a task", 6, lambda cast, s, as_: cast.task(s.mandate, by=as_(cast.bilal))),
    act(
        "log an action",
        10,
        lambda cast, s, as_: s.attachment.log_action(by=as_(cast.bilal), what="Bought", quantity=Decimal(1)),
    ),
    act("admit", 3, lambda cast, s, as_: s.application.admit(by=as_(s.facilitator))),
    act("decline", 3, lambda cast, s, as_: s.application.decline(by=as_(s.facilitator), reason="No.")),
    act("enter on the roll", 3, lambda cast, s, as_: admit(cast.stranger, cast.abiego, by=as_(s.facilitator))),
    act(
        "strike off the roll",
        3,
        lambda cast, s, as_: cast.ana.citizenship(now()).end(by=as_(s.facilitator), reason="left"),
    ),
    act(
        "bring a roll in",
        3,
        lambda cast, s, as_: RollImport.look_at(cast.abiego, "email,name\na@b.example,A\n", by=as_(s.facilitator)),
    ),
    act("lay an office down", 16, lambda cast, s, as_: s.office.lay_down(by=as_(s.office.citizen))),
    act("found a confederation", 12, lambda cast, s, as_: found(as_(cast.ana))),
    act("join a confederation", 1, lambda cast, s, as_: join(cast, as_(cast.ana))),
    act(
        "leave a confederation",
        1,
        lambda cast, s, as_: accession(cast.abiego, cast.comarca).leave(by=as_(cast.ana), reasons="We go."),
    ),
]


def found(by) -> Confederation:
    return Confederation.objects.found("Sobrarbe", by=by, **COMARCA)


def orders(cast: Cast, by) -> object:
    return cast.abiego.propose_orders(Rules(quorum_per_mille=0), by=by)


def join(cast: Cast, by) -> object:
    return propose_accession(cast.abiego, found(cast.ana), by=by)


# ---- being made a superuser ----


def crowned(cast: Cast, staged: Staged) -> object:
    sql("UPDATE assemblies_citizen SET is_superuser = true, is_staff = true WHERE id = %s", [cast.stranger.pk])
    cast.stranger.refresh_from_db()
    return staged["decision"].cast(by=cast.stranger, choice="yes")


CROWN = [
    Attempt(
        "vote as a stranger who was made a superuser",
        3,
        asked,
        attack=crowned,
        honest=lambda cast, s: s["decision"].cast(by=cast.ana, choice="yes"),
    )
]

# ---- naming triggers to pass over ----


def ignoring(statement: str):
    def deed(cast: Cast, staged: Staged) -> None:
        for table in ("assemblies_ballot:cast", "assemblies_ballot", "cast"):
            sql("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + table + "}"])
        names = [name for (name,) in sql("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")]
        sql("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(names) + "}"])
        insert(
            "assemblies_ballot",
            {"decision_id": staged["decision"].pk, "voter_id": cast.stranger.pk, "choice": "yes"},
        )

    return deed


IGNORING = [
    Attempt(
        "name the triggers to be passed over",
        3,
        asked,
        attack=ignoring("SET"),
        honest=lambda cast, s: s["decision"].cast(by=cast.ana, choice="yes"),
    )
]

# ---- what a technician may do to an account, and not in silence ----


def account(cast: Cast) -> Staged:
    return {"number": cast.ana.pk}


def account_out(cast: Cast) -> Staged:
    cast.ana.put_out_of_use(by=cast.technician, reason="The password was stolen.")
    return account(cast)


def set_use(to: bool):
    return lambda cast, s: sql("UPDATE assemblies_citizen SET is_active = %s WHERE id = %s", [to, s["number"]])


def make_account(in_use: bool):
    return lambda cast, s: sql(
        "INSERT INTO assemblies_citizen (password, is_superuser, email, name, is_active, is_staff)"
        " VALUES ('', false, 'new@example.org', 'New', %s, false)",
        [in_use],
    )


def put(cast: Cast, s: Staged, *, by: str = "technician", reason: str = "The password was stolen.") -> None:
    cast.ana.put_out_of_use(by=getattr(cast, by), reason=reason)


def put_back(cast: Cast, s: Staged) -> None:
    cast.ana.put_back_in_use(by=cast.technician, reason="She has a new one.")


ACCOUNTS = [
    Attempt("put an account out of use in SQL, without a word", 19, account, set_use(False), put),
    Attempt("put an account back in use in SQL, without a word", 19, account_out, set_use(True), put_back),
    Attempt("make an account that is out of use from its birth", 19, account, make_account(False), make_account(True)),
    Attempt("put an account out of use as a citizen", 19, account, lambda cast, s: put(cast, s, by="bilal"), put),
    Attempt("put an account out of use for no reason", 19, account, lambda cast, s: put(cast, s, reason=" "), put),
    Attempt("put an account out of use that is out", 19, account_out, put, put_back),
    Attempt("put an account back in use that is in use", 19, account, put_back, put),
]

ATTEMPTS = [*HOUSE, *ACTS, *CROWN, *IGNORING, *ACCOUNTS]

test_attempt = tried(ATTEMPTS)


def test_pgtriggers_own_way_to_pass_triggers_over_is_closed(cast: Cast):
    decision = call(cast.abiego.propose("Water", "Rain.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    with pgtrigger.ignore(), refused(3):
        decision.cast(by=cast.stranger, choice="yes")
    with pgtrigger.ignore("assemblies.Ballot:cast"), refused(3):
        decision.cast(by=cast.stranger, choice="yes")


def test_the_application_holds_on_each_table_what_the_models_say_and_nothing_else(cast: Cast):
    granted = dict(
        sql(
            "SELECT table_name, string_agg(privilege_type, ', ') FROM information_schema.table_privileges"
            " WHERE grantee = %s AND table_schema = 'public' GROUP BY 1",
            [settings.APP_ROLE],
        )
    )
    for table, wanted in privileges().items():
        whole = {word.strip() for word in re.sub(r"\w+ \([^)]*\)", "", wanted).split(",")} - {""}
        assert set(granted.get(table, "").split(", ")) == whole, table
    for table in POLITICAL:
        assert not {"TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"} & set(granted[table].split(", ")), table


def test_no_right_can_be_handed_on(cast: Cast):
    """PostgreSQL only warns of it, and grants nothing."""
    sql(f"GRANT DELETE ON assemblies_entry TO {settings.APP_ROLE}")
    assert sql("SELECT has_table_privilege(current_user, 'assemblies_entry', 'DELETE')") == [(False,)]


def test_no_trigger_can_be_dropped(cast: Cast):
    for table in POLITICAL:
        for (name,) in sql("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass LIMIT 1", [table]):
            with refused(PRIVILEGE):
                sql(f'DROP TRIGGER "{name}" ON {table}')
            with refused(PRIVILEGE):
                sql(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')


def test_nothing_that_decides_may_be_deleted_by_the_application():
    may_be_deleted = {table for table in POLITICAL if "DELETE" in privileges()[table]}
    # Of proposals and options those of a draft: once it is offered their own triggers keep them (articles 1 and 2).
    drafts = {"assemblies_proposal", "assemblies_option"}
    allowed = {"assemblies_citizen", "assemblies_disclosure", "assemblies_pending"} | drafts
    assert may_be_deleted <= allowed


def test_every_table_that_decides_refuses_to_be_emptied_even_by_a_slip_of_the_owner(cast: Cast):
    guarded = {
        table
        for (table,) in sql(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND (t.tgtype & 32) > 0"
        )
    }
    loose = set(POLITICAL) - guarded
    assert loose <= {
        "assemblies_citizen",
        "assemblies_disclosure",
        "assemblies_pending",
        "assemblies_letter",
        "assemblies_told",
    }


# ---- the technician's pages ----


@pytest.fixture
def technician(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.technician)
    return client


def test_the_admin_shows_and_changes_nothing(cast: Cast, technician: Client):
    cast.task(cast.mandate(cast.abiego, cast.bilal))
    call(cast.abiego.propose("Water", "Rain.", by=cast.ana))
    request = SimpleNamespace(user=cast.technician)
    seen = 0
    for model, pages in admin.site._registry.items():
        assert not pages.has_add_permission(request), model
        assert model is Citizen or not pages.has_change_permission(request), model
        assert not pages.has_delete_permission(request), model
        where = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert technician.get(reverse(f"{where}_changelist")).status_code == 200
        assert technician.post(reverse(f"{where}_add"), {}).status_code == 403
        thing = model._default_manager.first()
        if thing is None:
            continue
        seen += 1
        for page in ("change", "delete")[model is Citizen :]:
            assert technician.post(reverse(f"{where}_{page}", args=[thing.pk]), {"post": "yes"}).status_code == 403
        actions = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
        technician.post(reverse(f"{where}_changelist"), actions)
        assert model._default_manager.filter(pk=thing.pk).exists()
    assert seen > 8


def test_no_ballot_is_shown_to_the_technician():
    shown = {model._meta.model_name for model in admin.site._registry}
    assert not {"ballot", "disclosure", "letter"} & shown


def test_the_pages_that_act_refuse_the_technician(cast: Cast, technician: Client):
    s = SimpleNamespace(**asked(cast))
    entries = sql("SELECT count(*) FROM assemblies_entry")
    words = dict.fromkeys(("title", "text", "grounds", "reasons", "reason"), "Mine.") | {"choice": "yes"}
    acts = [
        reverse("proposal-new", args=[cast.abiego.slug]),
        reverse("proposal-withdrawal", args=[s.proposal.pk]),
        reverse("decision-new", args=[s.proposal.pk]),
        reverse("ballot", args=[s.decision.pk]),
        reverse("application", args=[s.application.pk]),
        reverse("citizenship-ending", args=[cast.ana.citizenship(now()).pk]),
        reverse("office-ending", args=[s.office.pk]),
        reverse("roll-import-new", args=[cast.abiego.slug]),
        reverse("mandate-new", args=[cast.abiego.slug]),
        reverse("narrowing-new", args=[s.mandate.pk]),
        reverse("resignation", args=[s.mandate.pk]),
        reverse("recall-new", args=[s.mandate.pk]),
        reverse("signatures", args=[s.recall.pk]),
        reverse("statements", args=[s.recall.pk]),
        reverse("accession-new", args=[cast.abiego.slug]),
        reverse("departure-new", args=[accession(cast.abiego, cast.comarca).pk]),
        reverse("task-new", args=[cast.comarca.slug]),
        reverse("attachments", args=[s.attachment.task_id]),
        reverse("action-new", args=[s.attachment.task_id]),
        reverse("confederation-new"),
    ]
    for address in acts:
        answer = technician.post(address, words)
        assert answer.status_code in (403, 404, 422), (address, answer.status_code)
    assert sql("SELECT count(*) FROM assemblies_entry") == entries


def test_in_the_admin_an_account_is_put_out_of_use_and_nothing_else_about_it_changes(cast: Cast, technician: Client):
    address = reverse("admin:assemblies_citizen_change", args=[cast.ana.pk])
    wish = {"name": "Anna", "email": "mine@example.org", "is_staff": "on", "is_superuser": "on", "is_active": "on"}
    recorded = Entry.objects.count()
    assert technician.post(address, wish).status_code == 302
    assert Entry.objects.count() == recorded
    after = Citizen.objects.get(pk=cast.ana.pk)
    assert (after.name, after.email, after.is_staff, after.is_superuser) == ("Ana", cast.ana.email, False, False)
    silent = technician.post(address, {})
    assert silent.status_code == 200
    assert "Say why" in silent.content.decode()
    after.refresh_from_db()
    assert after.is_active
    assert technician.post(address, {"reason": "Her password was stolen."}).status_code == 302
    after.refresh_from_db()
    assert not after.is_active
    assert after.is_citizen_of(cast.abiego, now())


def test_an_account_put_out_of_use_stands_in_the_record_of_its_assembly_until_it_is_back(cast: Cast):
    cast.ana.put_out_of_use(by=cast.technician, reason="Her password was stolen.")
    cast.ana.put_back_in_use(by=cast.technician, reason="She has a new one.")
    out, back = Entry.objects.about(cast.ana)
    assert (out.kind, back.kind) == ("account.put_out_of_use", "account.put_back_in_use")
    assert out.log_id == back.log_id == cast.abiego.log_id
    assert sorted(out.disclosures.values_list("field", "value")) == [("by", "Technician"), ("citizen", "Ana")]
    page = Client().get(reverse("record-of", args=["citizen", cast.ana.pk])).content.decode()
    assert "An account was put out of use" in page
    assert "An account was put back in use" in page
    assert "Her password was stolen." in Client().get(reverse("record-entry", args=[out.pk])).content.decode()


def test_whoever_is_no_citizen_is_not_named_when_their_account_is_put_out_of_use(cast: Cast):
    cast.stranger.put_out_of_use(by=cast.technician, reason="An invented person.")
    entry = Entry.objects.about(cast.stranger).get()
    assert entry.log.origin == "server"
    for address in (
        reverse("record-of", args=["citizen", cast.stranger.pk]),
        reverse("record-entry", args=[entry.pk]),
        reverse("record-log", args=["server"]),
    ):
        page = Client().get(address)
        assert page.status_code == 200
        assert "account was put out of use" in page.content.decode()
        assert cast.stranger.name not in page.content.decode()


def test_what_a_technician_cannot_read_is_hidden_from_a_superuser_too(cast: Cast, technician: Client):
    decision = call(cast.abiego.propose("Water", "Rain.", by=cast.ana))
    vote(decision)
    clock.at(decision.closes_at + DAY)
    decision.close()
    for address in (
        reverse("assembly-roll", args=[cast.abiego.slug]),
        reverse("assembly-desk", args=[cast.abiego.slug]),
        reverse("decision-votes", args=[decision.pk]),
    ):
        assert technician.get(address).status_code in (403, 404), address
    neighbour = Client()
    neighbour.force_login(cast.ana)
    assert neighbour.get(reverse("decision-votes", args=[decision.pk])).status_code == 200


def test_is_superuser_opens_nothing_that_decides(cast: Cast):
    cast.technician.is_superuser = True
    cast.technician.save(update_fields=["is_superuser"])
    assert cast.technician.has_perm("assemblies.add_policyversion")
    assert cast.technician.citizenship(now()) is None
    assert not cast.technician.holds("facilitator", cast.abiego, now())
    before = PolicyVersion.objects.count()
    carry(cast.abiego.propose("Water", "Rain.", by=cast.ana))
    assert PolicyVersion.objects.count() == before + 1
    assert not Decision.objects.filter(called_by=cast.technician).exists()
