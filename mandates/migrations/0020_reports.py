"""Reports that fall due, what the assembly says to them, and the recall that a charter puts by itself."""

import datetime

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

RULES = r"""
CREATE OR REPLACE FUNCTION is_free_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_fresh_question(asked, place)
        AND NOT EXISTS (SELECT FROM mandates_mandate x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_narrowing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_recall x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_accession x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_departure x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_sharedtext x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_poll x WHERE x.question_id = asked OR x.ranking_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_review x WHERE x.proposal_id = asked)
$$;

-- The days on which reports under a mandate fall due, as known at `at`: every interval of the charter while it lasts,
-- some days after each meeting of the delegates, and some days after its end. `opens_at` is when what it tells of
-- begins.
CREATE FUNCTION report_days(which bigint, at timestamptz)
RETURNS TABLE (kind text, opens_at timestamptz, due_at timestamptz) LANGUAGE sql STABLE AS $$
    WITH m AS MATERIALIZED (
        SELECT m.confederation_id, greatest(m.valid_from, mandate_issued_at(m.id, report_days.at)) AS began,
            (SELECT e.ends_at FROM mandate_end(m.id, report_days.at) e) AS ends,
            c.report_interval AS every, c.answering_period AS term
        FROM mandates_mandate m JOIN mandates_charter c ON c.confederation_id = m.confederation_id
        WHERE m.id = which AND mandate_issued(m.id, report_days.at)
    )
    SELECT 'interval', later(m.began, (k - 1) * m.every), later(m.began, k * m.every)
        FROM m, generate_series(1, (extract(epoch FROM m.ends - m.began) / extract(epoch FROM m.every))::int + 1) k
        WHERE later(m.began, k * m.every) < m.ends
    UNION ALL SELECT 'meeting', c.at, later(c.at, m.term)
        FROM m JOIN mandates_convocation c ON c.confederation_id = m.confederation_id
        WHERE c.called_at <= report_days.at AND (c.called_off_at IS NULL OR c.called_off_at > report_days.at)
            AND c.at >= m.began AND c.at < m.ends
    UNION ALL SELECT 'final', m.ends, later(m.ends, m.term) FROM m WHERE m.ends > m.began
$$;

-- What the assembly last said to a report.
CREATE FUNCTION report_verdict(which bigint, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT v.verdict FROM mandates_review v WHERE v.report_id = which AND carried(v.proposal_id, at)
    ORDER BY carried_at(v.proposal_id, at) DESC, v.id DESC LIMIT 1
$$;

-- The days that passed without their report. One given later makes up for the words, not for the day.
CREATE FUNCTION missed_reports(which bigint, at timestamptz) RETURNS TABLE (due_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT d.due_at FROM report_days(which, at) d WHERE d.due_at <= at
        AND NOT EXISTS (SELECT FROM mandates_report r
            WHERE r.mandate_id = which AND r.due_at = d.due_at AND r.filed_at <= d.due_at)
$$;

-- Since when a report has been owed: its day has passed, and none was given, or the assembly sent it back.
CREATE FUNCTION report_owed_since(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(d.due_at) FROM report_days(which, at) d WHERE d.due_at <= at
        AND NOT EXISTS (SELECT FROM mandates_report r WHERE r.mandate_id = which AND r.due_at = d.due_at
            AND r.filed_at <= at AND report_verdict(r.id, at) IS DISTINCT FROM 'send-back')
$$;

-- The next day on which one falls due that has not been given.
CREATE FUNCTION report_next_due(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(d.due_at) FROM report_days(which, at) d WHERE d.due_at > at
        AND NOT EXISTS (SELECT FROM mandates_report r WHERE r.mandate_id = which AND r.due_at = d.due_at
            AND r.filed_at <= at AND report_verdict(r.id, at) IS DISTINCT FROM 'send-back')
$$;

-- Since when the charter puts the recall question by itself: the last of as many missed reports as it names, counted
-- anew for each such question; NULL while they are fewer.
CREATE FUNCTION recall_due_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT d.due_at FROM (
        SELECT x.due_at, row_number() OVER (ORDER BY x.due_at) AS n FROM missed_reports(which, at) x) d
    WHERE d.n = (SELECT c.missed_reports FROM mandates_mandate m
            JOIN mandates_charter c ON c.confederation_id = m.confederation_id WHERE m.id = which)
        * (1 + (SELECT count(*) FROM mandates_recall r WHERE r.mandate_id = which AND r.opened_by_id IS NULL))
$$;
"""

NO_RULES = """
DROP FUNCTION recall_due_at;
DROP FUNCTION report_next_due;
DROP FUNCTION report_owed_since;
DROP FUNCTION missed_reports;
DROP FUNCTION report_verdict;
DROP FUNCTION report_days;
CREATE OR REPLACE FUNCTION is_free_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_fresh_question(asked, place)
        AND NOT EXISTS (SELECT FROM mandates_mandate x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_narrowing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_recall x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_accession x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_departure x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_sharedtext x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_poll x WHERE x.question_id = asked OR x.ranking_id = asked)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0030_lots"),
        ("mandates", "0012_taken_together"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Convocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                (
                    "called_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("called_off_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField()),
                ("text", models.TextField(max_length=20000, verbose_name="report")),
                (
                    "filed_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "ordering": ["-filed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(choices=[("accept", "accept it"), ("send-back", "send it back")], max_length=10),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportQuestion",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("assemblies.proposal",),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="names_what_it_decides",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="recall",
            name="opened",
        ),
        migrations.AddField(
            model_name="charter",
            name="answering_period",
            field=models.DurationField(
                db_default=datetime.timedelta(days=14),
                default=datetime.timedelta(days=14),
                help_text="How long a delegate has to answer an objection, and to report on a meeting.",
            ),
        ),
        migrations.AddField(
            model_name="charter",
            name="missed_reports",
            field=models.PositiveSmallIntegerField(
                db_default=3, default=3, help_text="Reports missed that put the recall question by themselves."
            ),
        ),
        migrations.AlterField(
            model_name="recall",
            name="opened_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="names_what_it_decides",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN\nIF EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.id AND NOT EXISTS (SELECT FROM mandates_clause c WHERE c.mandate_id = m.id)) THEN RAISE EXCEPTION 'A mandate has at least one clause: what is the delegate to do?' USING ERRCODE = 'CFU04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN mandates_candidacy y ON y.id = m.candidacy_id WHERE m.proposal_id = NEW.id AND EXISTS ((SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id) UNION ALL (SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id))) THEN RAISE EXCEPTION 'The mandate of a candidate carries the clauses of the election, word for word.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_poll x JOIN mandates_candidacy y ON y.election_id = x.election_id JOIN mandates_election e ON e.id = x.election_id WHERE NEW.id IN (x.ranking_id, x.question_id) AND y.withdrawn_at IS NULL AND is_citizen(y.citizen_id, e.assembly_id, civic_now()) AND NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.candidacy_id = y.id)) THEN RAISE EXCEPTION 'Everyone who stands is among those who can be elected.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_citizen d ON d.id = m.delegate_id JOIN mandates_confederation k ON k.id = m.confederation_id JOIN mandates_clause c ON c.mandate_id = m.id JOIN assemblies_policy y ON y.id = c.policy_id LEFT JOIN assemblies_assembly a ON a.id = c.place_id WHERE m.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, k.name) > 0 AND strpos(NEW.text, c.instruction) > 0 AND strpos(NEW.text, y.title) > 0 AND strpos(NEW.text, coalesce(a.name, '')) > 0 AND strpos(NEW.text, coalesce(trim_scale(c.\"limit\") || ' ' || c.unit, '')) > 0)) THEN RAISE EXCEPTION 'The question names the delegate, the confederation and every clause of the mandate.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_recall r JOIN mandates_mandate m ON m.id = r.mandate_id JOIN assemblies_citizen d ON d.id = m.delegate_id WHERE r.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, r.grounds) > 0)) THEN RAISE EXCEPTION 'The question names the delegate and the grounds.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF NEW.author_id IS NULL AND NOT EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id AND r.opened_by_id IS NULL) THEN RAISE EXCEPTION 'Only the recall that a charter puts by itself has no author.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nEND IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_poll x WHERE NEW.id IN (x.ranking_id, x.question_id)) THEN RAISE EXCEPTION 'An election belongs to all who stand and all who vote: it is not taken back.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id) THEN RAISE EXCEPTION 'A recall that was opened belongs to all who may sign it: it is not taken back.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nRETURN NEW;",
                    hash="d6bdee9f1ec82dae052a1611c976c50d392ff9c3",
                    operation="UPDATE",
                    pgid="pgtrigger_names_what_it_decides_45499",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recall",
            trigger=pgtrigger.compiler.Trigger(
                name="opened",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE m mandates_mandate%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(3, (NEW.mandate_id)::int);\nNEW.opened_at := civic_now();\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;\nIF NEW.opened_by_id IS NULL AND recall_due_at(m.id, NEW.opened_at) IS NULL THEN RAISE EXCEPTION 'The charter puts a recall by itself only when enough reports were missed.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NEW.opened_by_id IS NOT NULL AND NOT is_citizen(NEW.opened_by_id, m.assembly_id, NEW.opened_at) THEN RAISE EXCEPTION 'Any citizen of the mandating assembly may open a recall, and nobody else.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF NOT mandate_stands(m.id, NEW.opened_at) THEN RAISE EXCEPTION 'This mandate is not in force: there is nothing to recall.' USING ERRCODE = 'CFC07', HINT = 'article 7'; END IF;\nIF NOT is_free_question(NEW.proposal_id, m.assembly_id) THEN RAISE EXCEPTION 'A recall has a question of its own before the mandating assembly.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nSELECT CASE WHEN NEW.opened_by_id IS NULL THEN 0 ELSE greatest(1, ceil(c.recall_per_mille * (SELECT count(*) FROM assemblies_citizenship z WHERE z.assembly_id = m.assembly_id AND z.valid_from <= NEW.opened_at AND (z.valid_until IS NULL OR z.valid_until > NEW.opened_at)) / 1000.0)::int) END, later(NEW.opened_at, c.signing_period) INTO STRICT NEW.needed, NEW.lapses_at FROM mandates_charter c WHERE c.confederation_id = m.confederation_id;\nRETURN NEW;",
                    hash="f1c61487c0028f2e34ad14d6dd2fcf77241eb192",
                    operation="INSERT",
                    pgid="pgtrigger_opened_75dae",
                    table="mandates_recall",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="charter",
            constraint=models.CheckConstraint(
                condition=models.Q(("missed_reports__gte", 1)), name="charter_missed_reports"
            ),
        ),
        migrations.AddConstraint(
            model_name="charter",
            constraint=models.CheckConstraint(
                condition=models.Q(("answering_period__gte", datetime.timedelta(days=1))), name="charter_answering"
            ),
        ),
        migrations.AddField(
            model_name="convocation",
            name="called_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="convocation",
            name="confederation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="convocations", to="mandates.confederation"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="mandates.mandate"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="proposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="mandates.report"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="carries_the_report",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN\nIF EXISTS (SELECT FROM mandates_review v JOIN mandates_report r ON r.id = v.report_id JOIN mandates_mandate m ON m.id = r.mandate_id JOIN assemblies_citizen d ON d.id = m.delegate_id WHERE v.proposal_id = NEW.id AND NOT (strpos(NEW.text, r.text) > 0 AND strpos(NEW.text, d.name) > 0)) THEN RAISE EXCEPTION 'The question carries the whole report and names the delegate.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="6569358e7f5e8713a127ba905646895bc1a3ab31",
                    operation="UPDATE",
                    pgid="pgtrigger_carries_the_report_51ba8",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="convocation",
            index=models.Index(fields=["confederation", "at"], name="mandates_co_confede_842c96_idx"),
        ),
        migrations.AddConstraint(
            model_name="convocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("place", ""), _negated=True), name="convocation_has_a_place"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="convocation",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A meeting is called off, never removed.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="07967de74018747bc99dbc28a3e2274b9faa8cde",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_8dc2e",
                    table="mandates_convocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="convocation",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A meeting is called off, never removed.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="dd27dc2389d6173fadc908e104b5146b22eeeefe",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_f6c88",
                    table="mandates_convocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="convocation",
            trigger=pgtrigger.compiler.Trigger(
                name="called",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.called_at := civic_now();\nIF NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.called_by_id AND m.confederation_id = NEW.confederation_id AND mandate_in_force(m.id, NEW.called_at)) THEN RAISE EXCEPTION 'Only a delegate with a mandate in force calls the delegates together.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF NEW.at < later(NEW.called_at, interval '24 hours') OR NEW.at > later(NEW.called_at, interval '366 days') OR NEW.called_off_at IS NOT NULL THEN RAISE EXCEPTION 'A meeting is called at least a day ahead, and at most a year.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="0a3ad790350a9946ab6db023f8fcdb151ff70e2f",
                    operation="INSERT",
                    pgid="pgtrigger_called_211fd",
                    table="mandates_convocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="convocation",
            trigger=pgtrigger.compiler.Trigger(
                name="called_off",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.confederation_id IS DISTINCT FROM OLD.confederation_id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.place IS DISTINCT FROM OLD.place OR NEW.called_by_id IS DISTINCT FROM OLD.called_by_id OR NEW.called_at IS DISTINCT FROM OLD.called_at THEN RAISE EXCEPTION 'A meeting keeps its day and its place: call it off and call another.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF OLD.called_off_at IS NOT NULL OR civic_now() >= OLD.at THEN RAISE EXCEPTION 'What has been held or called off stays so.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF NEW.called_off_at IS NOT NULL THEN NEW.called_off_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="a528d347d724ed0c820b0f815b80d44bdeda6141",
                    operation="UPDATE",
                    pgid="pgtrigger_called_off_904ca",
                    table="mandates_convocation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["mandate", "due_at"], name="mandates_re_mandate_6d3473_idx"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="report_has_words"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A report stands as it was given.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="e5920f8011594fe0918a1497a064156729f9704e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_7291e",
                    table="mandates_report",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A report stands as it was given.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="f8300e3a2c01e305f3fb34f1cb0e80cf1f216cc3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_5c153",
                    table="mandates_report",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="filed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(3, (NEW.mandate_id)::int);\nNEW.filed_at := settled(NEW.mandate_id);\nIF NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.id = NEW.mandate_id AND m.delegate_id = NEW.by_id) THEN RAISE EXCEPTION 'Only the delegate reports under this mandate.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NOT EXISTS (SELECT FROM report_days(NEW.mandate_id, NEW.filed_at) d WHERE d.due_at = NEW.due_at AND d.opens_at <= NEW.filed_at) THEN RAISE EXCEPTION 'A report answers a day on which one falls due, once what it tells of has begun.' USING ERRCODE = 'CFU10', HINT = 'article 10'; END IF;\nIF EXISTS (SELECT FROM mandates_report r WHERE r.mandate_id = NEW.mandate_id AND r.due_at = NEW.due_at AND report_verdict(r.id, NEW.filed_at) IS DISTINCT FROM 'send-back') THEN RAISE EXCEPTION 'This report has been given. It stands as it is.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="81d9169443fb7fa5a3d5aecc219ec089cc5d6436",
                    operation="INSERT",
                    pgid="pgtrigger_filed_cfe5d",
                    table="mandates_report",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["accept", "send-back"])), name="review_verdict"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked about a report stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="9370025204e30cb47dd9840b47fd926f34584540",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_e623b",
                    table="mandates_review",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was asked about a report stays on record.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF; RETURN NULL;",
                    hash="4a628c26fb20ac9974d3a330a16ec1d37031b0c0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_a3aaf",
                    table="mandates_review",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NOT is_free_question(NEW.proposal_id, (SELECT m.assembly_id FROM mandates_report r JOIN mandates_mandate m ON m.id = r.mandate_id WHERE r.id = NEW.report_id)) THEN RAISE EXCEPTION 'A report is accepted or sent back by a decision of the assembly that mandated.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nRETURN NEW;",
                    hash="e35edb3a28c9444aae22509edb2381d1b26e79fa",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_36229",
                    table="mandates_review",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(RULES, NO_RULES),
    ]
