"""Objections, halts, variances and meetings."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

RULES = r"""
-- How much of a clause's limit has been used: by the log of actions, and by what was told outside it.
CREATE OR REPLACE FUNCTION clause_used(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(x.quantity) FROM councils_action x
            JOIN councils_attachment a ON a.id = x.attachment_id WHERE a.clause_id = which), 0)
        + coalesce((SELECT sum(x.quantity) FROM councils_variance x
            JOIN councils_attachment a ON a.id = x.attachment_id WHERE a.clause_id = which), 0)
$$;

-- A halt from the close that carried it, until a decision that ends it has carried.
CREATE FUNCTION halt_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM councils_halt h WHERE h.id = which AND carried(h.proposal_id, at)
        AND NOT EXISTS (SELECT FROM councils_resumption r WHERE r.halt_id = h.id AND carried(r.proposal_id, at)))
$$;

-- Since when that assembly's part of a task is halted; NULL while it is not.
CREATE FUNCTION task_halted_at(which bigint, place bigint, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT min(carried_at(h.proposal_id, at)) FROM councils_halt h
    WHERE h.task_id = which AND h.assembly_id = place AND halt_in_force(h.id, at)
$$;

-- Whether an objection can be put to its assembly: it was not answered in time, or the answer was not accepted.
CREATE FUNCTION objection_may_be_put(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM councils_objection o WHERE o.id = which
        AND NOT EXISTS (SELECT FROM councils_settlement s WHERE s.objection_id = o.id AND s.made_at <= at)
        AND (o.answer_by <= at
            OR EXISTS (SELECT FROM councils_answer a WHERE a.objection_id = o.id AND a.made_at <= at)))
$$;
"""

NO_RULES = """
DROP FUNCTION objection_may_be_put;
DROP FUNCTION task_halted_at;
DROP FUNCTION halt_in_force;
CREATE OR REPLACE FUNCTION clause_used(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(x.quantity), 0) FROM councils_action x
    JOIN councils_attachment a ON a.id = x.attachment_id WHERE a.clause_id = which
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0030_lots"),
        ("councils", "0010_relays"),
        ("mandates", "0020_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "put_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=10000, verbose_name="answer")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "noted_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Halt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grounds", models.TextField(max_length=5000, verbose_name="grounds")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("answer_by", models.DateTimeField()),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Resumption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Variance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.TextField(max_length=5000, verbose_name="what was done")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                ("unit", models.CharField(blank=True, max_length=30)),
                ("evidence", models.URLField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField()),
                (
                    "told_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("no-quantity", "without a quantity, where the clause has a limit"),
                                ("over-limit", "beyond the limit"),
                                ("outside", "outside the place"),
                                ("after-end", "while the clause was not in force"),
                                ("halted", "while the assembly had halted the task"),
                                ("late", "told only after the clause had ended or the task was halted"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["-told_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("mandates.convocation",),
        ),
        migrations.CreateModel(
            name="HaltQuestion",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("assemblies.proposal",),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="action",
            name="within_the_clause",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="attachment",
            name="covered",
        ),
        migrations.AddField(
            model_name="action",
            name="place",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="within_the_clause",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE a councils_attachment%ROWTYPE; c mandates_clause%ROWTYPE; m mandates_mandate%ROWTYPE; allowed numeric;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;\nSELECT * INTO STRICT c FROM mandates_clause WHERE id = a.clause_id;\nPERFORM pg_advisory_xact_lock_shared(3, (c.mandate_id)::int);\nPERFORM pg_advisory_xact_lock(4, (c.id)::int);\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;\nNEW.logged_at := settled(c.mandate_id);\nallowed := clause_limit(c.id, NEW.logged_at);\nIF task_halted_at(NEW.task_id, m.assembly_id, NEW.logged_at) IS NOT NULL THEN RAISE EXCEPTION 'The assembly has halted its part of this task.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF a.task_id <> NEW.task_id THEN RAISE EXCEPTION 'An action is logged under its own task.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF m.delegate_id <> NEW.by_id THEN RAISE EXCEPTION 'Only the delegate bound by this clause logs actions under it.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT clause_in_force(c.id, NEW.logged_at) THEN RAISE EXCEPTION 'This clause is not in force: its mandate or its policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF NEW.done_at > NEW.logged_at OR NEW.done_at < a.attached_at - interval '24 hours' THEN RAISE EXCEPTION 'An action is logged after it was done, and done after its task was set up.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF NEW.place_id <> c.place_id THEN RAISE EXCEPTION 'This clause holds only in its own place: nothing is done under it elsewhere.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NEW.meeting_id IS NOT NULL AND NOT EXISTS (SELECT FROM councils_agendaitem i JOIN mandates_convocation k ON k.id = i.meeting_id WHERE i.meeting_id = NEW.meeting_id AND i.task_id = NEW.task_id AND k.at <= NEW.logged_at AND k.called_off_at IS NULL) THEN RAISE EXCEPTION 'The notes of a meeting are actions under the tasks of its agenda.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF allowed IS NOT NULL AND (NEW.quantity IS NULL OR NEW.unit <> c.unit) THEN RAISE EXCEPTION 'This clause has a limit: an action under it says how much.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF allowed IS NOT NULL AND NEW.quantity > allowed - clause_used(c.id) THEN RAISE EXCEPTION 'This action would go beyond the limit of its clause.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nRETURN NEW;",
                    hash="d91496b4000babd15e4f56b8ae71595a4c8f3409",
                    operation="INSERT",
                    pgid="pgtrigger_within_the_clause_0ff64",
                    table="councils_action",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="covered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE c mandates_clause%ROWTYPE; m mandates_mandate%ROWTYPE; t councils_task%ROWTYPE; allowed numeric;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT c FROM mandates_clause WHERE id = NEW.clause_id;\nPERFORM pg_advisory_xact_lock_shared(3, (c.mandate_id)::int);\nPERFORM pg_advisory_xact_lock(4, (c.id)::int);\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;\nSELECT * INTO STRICT t FROM councils_task WHERE id = NEW.task_id;\nNEW.attached_at := settled(c.mandate_id);\nallowed := clause_limit(c.id, NEW.attached_at);\nIF task_halted_at(t.id, m.assembly_id, NEW.attached_at) IS NOT NULL THEN RAISE EXCEPTION 'The assembly has halted its part of this task.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF m.confederation_id <> t.council_id THEN RAISE EXCEPTION 'A task rests on clauses of mandates for its own council.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF m.delegate_id <> NEW.by_id THEN RAISE EXCEPTION 'Delegates attach clauses of their own mandates.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT clause_in_force(c.id, NEW.attached_at) THEN RAISE EXCEPTION 'This clause is not in force: its mandate or its policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF c.power <> t.power THEN RAISE EXCEPTION 'This clause gives another power than the task needs.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF c.place_id IS NOT NULL AND c.place_id IS DISTINCT FROM t.place_id THEN RAISE EXCEPTION 'This clause holds only in its own place.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF allowed IS NOT NULL AND (c.unit <> t.unit OR NEW.quantity IS NULL OR NEW.quantity > allowed - clause_used(c.id)) THEN RAISE EXCEPTION 'The limit of this clause does not cover the task.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nRETURN NEW;",
                    hash="cf617b3b978e1f6ee0e96a9c191b571acec8063a",
                    operation="INSERT",
                    pgid="pgtrigger_covered_71428",
                    table="councils_attachment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="agenda_items", to="councils.task"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="delegate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="halt",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="halt",
            name="proposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
            ),
        ),
        migrations.AddField(
            model_name="halt",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="halts", to="councils.task"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="action",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="councils.action"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mandates.mandate"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="report",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mandates.report"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="task",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="councils.task"
            ),
        ),
        migrations.AddField(
            model_name="halt",
            name="objection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="halts", to="councils.objection"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="objection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="councils.objection"
            ),
        ),
        migrations.AddField(
            model_name="resumption",
            name="halt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="resumptions", to="councils.halt"
            ),
        ),
        migrations.AddField(
            model_name="resumption",
            name="proposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="objection",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="settlement", to="councils.objection"
            ),
        ),
        migrations.AddField(
            model_name="variance",
            name="attachment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="variances", to="councils.attachment"
            ),
        ),
        migrations.AddField(
            model_name="variance",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="variance",
            name="place",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="councils.meeting"
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="agenda", to="councils.meeting"
            ),
        ),
        migrations.AddField(
            model_name="action",
            name="meeting",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="councils.meeting"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="haltquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="about_a_halt_alone",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN\nIF (SELECT count(*) FROM councils_halt h WHERE h.proposal_id = NEW.id) + (SELECT count(*) FROM councils_resumption r WHERE r.proposal_id = NEW.id) > (CASE WHEN is_free_question(NEW.id, NEW.assembly_id) THEN 1 ELSE 0 END) THEN RAISE EXCEPTION 'One question decides one thing.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF EXISTS (SELECT FROM councils_halt h JOIN councils_task t ON t.id = h.task_id JOIN councils_objection o ON o.id = h.objection_id WHERE h.proposal_id = NEW.id AND NOT (strpos(NEW.text, t.title) > 0 AND strpos(NEW.text, o.grounds) > 0)) OR EXISTS (SELECT FROM councils_resumption r JOIN councils_halt h ON h.id = r.halt_id JOIN councils_task t ON t.id = h.task_id WHERE r.proposal_id = NEW.id AND strpos(NEW.text, t.title) = 0) THEN RAISE EXCEPTION 'The question names the task, and the grounds of the objection.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="925598cc11249e70241ca72dd87db099b2280dcf",
                    operation="UPDATE",
                    pgid="pgtrigger_about_a_halt_alone_6cccd",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="objection",
            index=models.Index(fields=["answer_by"], name="councils_ob_answer__c24347_idx"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action__isnull", False), ("report__isnull", True), ("task__isnull", True)),
                    models.Q(("action__isnull", True), ("report__isnull", True), ("task__isnull", False)),
                    models.Q(("action__isnull", True), ("report__isnull", False), ("task__isnull", True)),
                    _connector="OR",
                ),
                name="objection_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("grounds", ""), _negated=True), name="objection_has_grounds"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                fields=("by", "action"),
                name="objection_to_a_action_once",
                violation_error_code="article-10",
                violation_error_message="You have objected to this already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                fields=("by", "task"),
                name="objection_to_a_task_once",
                violation_error_code="article-10",
                violation_error_message="You have objected to this already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                fields=("by", "report"),
                name="objection_to_a_report_once",
                violation_error_code="article-10",
                violation_error_message="You have objected to this already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An objection stays on record as it was made.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="117fcfa42083f33b39cac156c66b755d0ad2c124",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_9d10c",
                    table="councils_objection",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An objection stays on record as it was made.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="827a41746ddd5b48823085fb511c28e110ac15ce",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_7082c",
                    table="councils_objection",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="made",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE m mandates_mandate%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.made_at := civic_now();\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;\nIF NOT is_citizen(NEW.by_id, NEW.assembly_id, NEW.made_at) OR NOT (CASE WHEN NEW.report_id IS NOT NULL THEN m.assembly_id = NEW.assembly_id ELSE EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate x ON x.id = c.mandate_id WHERE x.assembly_id = NEW.assembly_id AND a.task_id = coalesce(NEW.task_id, (SELECT z.task_id FROM councils_action z WHERE z.id = NEW.action_id))) END) THEN RAISE EXCEPTION 'Citizens of an assembly that mandates for this may object to it.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT (CASE WHEN NEW.report_id IS NOT NULL THEN EXISTS (SELECT FROM mandates_report r WHERE r.id = NEW.report_id AND r.mandate_id = m.id) WHEN NEW.action_id IS NOT NULL THEN EXISTS (SELECT FROM councils_action z JOIN councils_attachment a ON a.id = z.attachment_id JOIN mandates_clause c ON c.id = a.clause_id WHERE z.id = NEW.action_id AND c.mandate_id = m.id) ELSE m.assembly_id = NEW.assembly_id AND EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id WHERE a.task_id = NEW.task_id AND c.mandate_id = m.id) END) THEN RAISE EXCEPTION 'The delegate who did it answers for it.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nSELECT later(NEW.made_at, c.answering_period) INTO STRICT NEW.answer_by FROM mandates_charter c WHERE c.confederation_id = m.confederation_id;\nRETURN NEW;",
                    hash="760bc35cbb9a381c1e2503b5fe856a6fa8006d18",
                    operation="INSERT",
                    pgid="pgtrigger_made_62c14",
                    table="councils_objection",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="halt",
            index=models.Index(fields=["task", "assembly"], name="councils_ha_task_id_3cc43b_idx"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="halt",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked and decided about a task stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="8223489712bc8a2edb34f188ae8e1e39045a0d42",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_f40e5",
                    table="councils_halt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="halt",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked and decided about a task stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="a0ed8523dc9c4ef47b4c25157e8afb75285adb47",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_9529b",
                    table="councils_halt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="halt",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE o councils_objection%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nSELECT * INTO STRICT o FROM councils_objection WHERE id = NEW.objection_id;\nIF NEW.assembly_id <> o.assembly_id OR NOT is_free_question(NEW.proposal_id, NEW.assembly_id) THEN RAISE EXCEPTION 'An assembly halts its own part of a task, by its own decision.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT (CASE WHEN o.report_id IS NOT NULL THEN EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id WHERE a.task_id = NEW.task_id AND c.mandate_id = o.mandate_id) ELSE NEW.task_id = coalesce(o.task_id, (SELECT x.task_id FROM councils_action x WHERE x.id = o.action_id)) END) THEN RAISE EXCEPTION 'The objection is about another task.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF NOT objection_may_be_put(o.id, civic_now()) THEN RAISE EXCEPTION 'What is put to the assembly was not answered in time, or the answer was not accepted.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="f8d0cd3bd988ca6e889ded9dee8142cbd88965be",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_7355e",
                    table="councils_halt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="answer_has_words"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What the delegate answered stays as it was said.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="9e4295b68fef060ab6cdddee32ab0dde44e471fc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_9806b",
                    table="councils_answer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What the delegate answered stays as it was said.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="13e302193074d6fc7a819c53ac0932a32aa58df3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_3483c",
                    table="councils_answer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="given",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.made_at := civic_now();\nIF NOT EXISTS (SELECT FROM councils_objection o JOIN mandates_mandate m ON m.id = o.mandate_id WHERE o.id = NEW.objection_id AND m.delegate_id = NEW.by_id) THEN RAISE EXCEPTION 'Only the delegate answers this objection.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="ba11e203f67efc3391eef5f6a670c2bc22fe33cf",
                    operation="INSERT",
                    pgid="pgtrigger_given_05d61",
                    table="councils_answer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resumption",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked and decided about a task stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="20c9c1ff65a1b8e5d4065ad7e2781fd957f266e1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_67435",
                    table="councils_resumption",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resumption",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked and decided about a task stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="f7128a1f00670d0d450fe67de5841d622049de97",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_7170e",
                    table="councils_resumption",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resumption",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE h councils_halt%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nSELECT * INTO STRICT h FROM councils_halt WHERE id = NEW.halt_id;\nIF NOT is_free_question(NEW.proposal_id, h.assembly_id) THEN RAISE EXCEPTION 'A halt ends by a decision of the assembly that halted, and by nothing else.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT halt_in_force(h.id, civic_now()) THEN RAISE EXCEPTION 'This halt is not in force: there is nothing to end.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="d2c9fadffd66cffeeb8835e219d8ff382d4cffc9",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_a3116",
                    table="councils_resumption",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An answer that was accepted stays accepted.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="c34b26cac11d2a781193edd631c1ca0be77c8399",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_121ac",
                    table="councils_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An answer that was accepted stays accepted.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="d387863a1ed1fd7893ca87b611351f6a2d688723",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_5cafc",
                    table="councils_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="accepted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.made_at := civic_now();\nIF NOT EXISTS (SELECT FROM councils_objection o WHERE o.id = NEW.objection_id AND o.by_id = NEW.by_id) THEN RAISE EXCEPTION 'Only whoever objected says that the answer is enough.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT EXISTS (SELECT FROM councils_answer a WHERE a.objection_id = NEW.objection_id) THEN RAISE EXCEPTION 'There is no answer yet to accept.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="cfdf7c450bf3a8753acbff363fe981d735040aa3",
                    operation="INSERT",
                    pgid="pgtrigger_accepted_6447e",
                    table="councils_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="variance",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True), name="variance_says_what"
            ),
        ),
        migrations.AddConstraint(
            model_name="variance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quantity__isnull", True), ("unit", "")),
                    models.Q(("quantity__gt", 0), ("quantity__isnull", False), models.Q(("unit", ""), _negated=True)),
                    _connector="OR",
                ),
                name="variance_quantity_has_a_unit",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was told is never rewritten.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="3ea999f81aaccbb774bf0ad5f79877e39de69d5b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_f4a75",
                    table="councils_variance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was told is never rewritten.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="82e1a35d82fdb4b5720ae09af96c572a848a11e5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_00859",
                    table="councils_variance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="variance",
            trigger=pgtrigger.compiler.Trigger(
                name="told",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE a councils_attachment%ROWTYPE; c mandates_clause%ROWTYPE; m mandates_mandate%ROWTYPE; t councils_task%ROWTYPE; allowed numeric; stood boolean; free boolean;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;\nSELECT * INTO STRICT c FROM mandates_clause WHERE id = a.clause_id;\nSELECT * INTO STRICT t FROM councils_task WHERE id = a.task_id;\nPERFORM pg_advisory_xact_lock_shared(3, (c.mandate_id)::int);\nPERFORM pg_advisory_xact_lock(4, (c.id)::int);\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;\nNEW.told_at := settled(c.mandate_id);\nallowed := clause_limit(c.id, NEW.done_at);\nstood := clause_in_force(c.id, NEW.done_at);\nfree := task_halted_at(t.id, m.assembly_id, NEW.done_at) IS NULL;\nNEW.kinds := array_remove(ARRAY[CASE WHEN allowed IS NOT NULL AND NEW.quantity IS NULL THEN 'no-quantity' END,CASE WHEN NEW.quantity > allowed - clause_used(c.id) THEN 'over-limit' END,CASE WHEN NEW.place_id <> c.place_id THEN 'outside' END,CASE WHEN NOT stood THEN 'after-end' END,CASE WHEN NOT free THEN 'halted' END,CASE WHEN stood AND free AND (NOT clause_in_force(c.id, NEW.told_at) OR task_halted_at(t.id, m.assembly_id, NEW.told_at) IS NOT NULL) THEN 'late' END], NULL);\nIF m.delegate_id <> NEW.by_id THEN RAISE EXCEPTION 'Only the delegate bound by this clause tells of it.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NEW.done_at > NEW.told_at - interval '24 hours' OR NEW.done_at < a.attached_at - interval '24 hours' THEN RAISE EXCEPTION 'What was done within a day is logged as an action, or refused as one.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF NEW.quantity IS NOT NULL AND NEW.unit <> coalesce(nullif(c.unit, ''), t.unit) THEN RAISE EXCEPTION 'It is counted as the clause counts.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF cardinality(NEW.kinds) = 0 THEN RAISE EXCEPTION 'The clause covers this: log it as an action.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="5727d8d45408e12983bab05937efe468839c43a6",
                    operation="INSERT",
                    pgid="pgtrigger_told_7ae23",
                    table="councils_variance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("meeting", "delegate"),
                name="attendance_of_a_meeting_once",
                violation_error_code="article-10",
                violation_error_message="That you were there is noted already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who was at a meeting stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="73587a5cd05b9a0597f6f016b3172448607392a6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_fa2be",
                    table="councils_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who was at a meeting stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="9ab4ba2b78f9b3101ad06623a2a91ffc04af2487",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_a3d0a",
                    table="councils_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE c mandates_convocation%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT c FROM mandates_convocation WHERE id = NEW.meeting_id FOR SHARE;\nNEW.noted_at := civic_now();\nIF NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.delegate_id AND m.confederation_id = c.confederation_id AND mandate_in_force(m.id, c.at)) THEN RAISE EXCEPTION 'Only delegates who had a seat at its hour attend a meeting.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF c.called_off_at IS NOT NULL OR NEW.noted_at < c.at OR NEW.noted_at > c.at + interval '168 hours' THEN RAISE EXCEPTION 'Who was there is noted from the beginning of a meeting on, for a week.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="e12c53dc660cea3080adf4036b4493053a9e1bbe",
                    operation="INSERT",
                    pgid="pgtrigger_noted_5fa34",
                    table="councils_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "task"),
                name="agenda_once",
                violation_error_code="article-10",
                violation_error_message="This task is on the agenda already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was on an agenda stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="1821a49d338939d301901ce35fb409208b674f0f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_e95f4",
                    table="councils_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was on an agenda stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="7456b08614bc07ec78e07a280c4980edc2895ffc",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_9591e",
                    table="councils_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="put",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE c mandates_convocation%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT c FROM mandates_convocation WHERE id = NEW.meeting_id FOR SHARE;\nNEW.put_at := civic_now();\nIF c.confederation_id IS DISTINCT FROM (SELECT t.council_id FROM councils_task t WHERE t.id = NEW.task_id) THEN RAISE EXCEPTION 'The agenda of a council is made of its own tasks.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.by_id AND m.confederation_id = c.confederation_id AND mandate_in_force(m.id, NEW.put_at)) THEN RAISE EXCEPTION 'Delegates with a mandate in force put tasks on the agenda.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF c.called_off_at IS NOT NULL OR NEW.put_at >= c.at THEN RAISE EXCEPTION 'The agenda is made before the meeting begins.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="64e07ec7bde2cf63179d1d6d70bb139306ec51f0",
                    operation="INSERT",
                    pgid="pgtrigger_put_0325c",
                    table="councils_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(RULES, NO_RULES),
    ]
