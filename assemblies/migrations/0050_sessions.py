import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0042_drafts_deleted"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(blank=True, max_length=5000)),
                ("minutes", models.PositiveSmallIntegerField(null=True)),
                (
                    "placed_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[("code", "by their code"), ("desk", "found by name at the desk")], max_length=10
                    ),
                ),
                ("by_hand", models.BooleanField(default=False)),
                (
                    "came_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("said_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["came_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="MinuteNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=20000)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "adopted_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "minutes",
            },
        ),
        migrations.CreateModel(
            name="Motion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("point", "point of order"),
                            ("adjourn", "end the session"),
                            ("close", "end the debate on this point"),
                            ("order", "take another point next"),
                            ("procedure", "another matter of procedure"),
                            ("wording", "other words for the proposal"),
                            ("minutes", "adopt the minutes of an earlier session"),
                            ("correction", "correct minutes that were adopted"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "moved_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=50000)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Rescheduling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("place", models.CharField(max_length=200)),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "called_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "speaking",
                    models.CharField(
                        choices=[
                            ("first-time", "who has not spoken on the point comes first, then as hands went up"),
                            ("as-raised", "as hands went up"),
                        ],
                        default="first-time",
                        max_length=20,
                    ),
                ),
                ("speaking_seconds", models.PositiveIntegerField(default=180)),
                ("first_list", models.CharField(blank=True, max_length=60)),
                ("second_list", models.CharField(blank=True, max_length=60)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-begins_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ShowOfHands",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("yes", models.PositiveIntegerField()),
                ("no", models.PositiveIntegerField()),
                ("abstain", models.PositiveIntegerField()),
                (
                    "counted_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name_plural": "shows of hands",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SpeakingTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(blank=True, max_length=60)),
                ("reply", models.BooleanField(default=False)),
                (
                    "raised_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("called_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["raised_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="ballot",
            name="cast",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="decision",
            name="called",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="decision",
            name="moves_on",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="handcount",
            name="entered",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="papercode",
            name="printed",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="papercount",
            name="read",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="rollmark",
            name="made",
        ),
        migrations.AddField(
            model_name="decision",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="roll",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="handcount",
            name="said_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="calendar",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ballot",
            trigger=pgtrigger.compiler.Trigger(
                name="cast",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock_shared(2, (NEW.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;\nat := civic_now();\nIF asked.opened_at IS NULL OR at < asked.opens_at THEN RAISE EXCEPTION 'This vote has not opened yet.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NOT is_citizen(NEW.voter_id, asked.assembly_id, asked.opens_at) THEN RAISE EXCEPTION 'Only those who were citizens of the assembly when the vote opened vote in it.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF asked.item_id IS NOT NULL AND NOT was_in(NEW.voter_id, session_of(asked.item_id), asked.opens_at) THEN RAISE EXCEPTION 'In the hall those vote who were checked in when the vote opened.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF asked.method = 'yes-no' THEN\nIF NEW.choice IS NULL OR NEW.ranking IS NOT NULL THEN RAISE EXCEPTION 'This question is answered with yes or no.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nELSE\nIF NEW.choice IS NOT NULL OR NEW.ranking IS NULL OR cardinality(NEW.ranking) = 0 THEN RAISE EXCEPTION 'This question is answered by naming at least one of its options.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF array_ndims(NEW.ranking) <> 1 OR array_lower(NEW.ranking, 1) <> 1 OR cardinality(NEW.ranking) <> (SELECT count(DISTINCT n) FROM unnest(NEW.ranking) n) THEN RAISE EXCEPTION 'A ballot names each option once.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF cardinality(NEW.ranking) <> (SELECT count(*) FROM assemblies_option o WHERE o.proposal_id = asked.proposal_id AND o.number = ANY (NEW.ranking)) THEN RAISE EXCEPTION 'A ballot names options of its own question.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF cardinality(NEW.ranking) > asked.most THEN RAISE EXCEPTION 'This ballot names more options than it may.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF asked.method = 'approval' THEN\nNEW.ranking := ARRAY(SELECT n FROM unnest(NEW.ranking) n ORDER BY n);\nEND IF;\nEND IF;\nIF TG_OP = 'UPDATE' THEN\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.id IS DISTINCT FROM OLD.id OR NEW.decision_id IS DISTINCT FROM OLD.decision_id OR NEW.voter_id IS DISTINCT FROM OLD.voter_id OR NEW.salt IS DISTINCT FROM OLD.salt OR NEW.cast_at IS DISTINCT FROM OLD.cast_at THEN RAISE EXCEPTION 'A vote keeps its decision and its voter.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nNEW.changed_at := at;\nELSE NEW.cast_at := at; NEW.changed_at := NULL;\nEND IF;\nRETURN NEW;",
                    hash="e621f8d17dec00c7f6998abd16104b27f7aa0f59",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_cast_02b6d",
                    table="assemblies_ballot",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="called",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_proposal%ROWTYPE; orders assemblies_standingorders%ROWTYPE; point assemblies_agendaitem%ROWTYPE; hall assemblies_session%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id FOR UPDATE;\nIF NEW.item_id IS NOT NULL THEN\nSELECT * INTO STRICT point FROM assemblies_agendaitem WHERE id = NEW.item_id;\nPERFORM pg_advisory_xact_lock(6, (point.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = point.session_id;\nEND IF;\nNEW.called_at := civic_now();\nNEW.method := asked.method; NEW.seats := asked.seats; NEW.most := asked.most;\nSELECT * INTO STRICT orders FROM assemblies_standingorders WHERE id = orders_in_force(NEW.assembly_id, NEW.called_at);\nIF asked.assembly_id <> NEW.assembly_id OR asked.offered_at IS NULL OR asked.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'A decision asks a proposal that is before its own assembly.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF asked.effect <> 'question' AND (NEW.called_by_id IS NULL OR NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at)) THEN RAISE EXCEPTION 'A facilitator of the assembly puts proposals to the vote.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.opens_at < later(asked.offered_at, orders.deliberation) THEN RAISE EXCEPTION 'No vote opens before the deliberation time of the standing orders has passed.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.item_id IS NOT NULL THEN\nNEW.closes_at := NEW.called_at + (NEW.closes_at - NEW.opens_at); NEW.opens_at := NEW.called_at;\nIF hall.assembly_id <> NEW.assembly_id OR point.proposal_id IS DISTINCT FROM NEW.proposal_id OR NEW.called_by_id IS NULL OR NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at) THEN RAISE EXCEPTION 'In a session a facilitator puts to the vote what is on its agenda.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF hall.opened_at IS NULL OR hall.closed_at IS NOT NULL OR point.started_at IS NULL OR point.ended_at IS NOT NULL THEN RAISE EXCEPTION 'In a session the point that is under way is put to the vote.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF EXISTS (SELECT FROM assemblies_decision d JOIN assemblies_agendaitem i ON i.id = d.item_id WHERE i.session_id = hall.id AND d.closes_at > NEW.called_at) THEN RAISE EXCEPTION 'Another vote is open in this session: close it first.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.closes_at > later(NEW.opens_at, interval '3 hours') THEN RAISE EXCEPTION 'A vote in session closes after three hours at the latest.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nELSE\nIF NEW.opens_at < later(NEW.called_at, orders.notice) - interval '1 minute' THEN RAISE EXCEPTION 'No vote opens before the notice of the standing orders has passed.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.closes_at < later(NEW.opens_at, orders.voting_period) THEN RAISE EXCEPTION 'A vote stays open at least as long as the standing orders say.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nEND IF;\nIF NEW.opens_at > later(greatest(later(NEW.called_at, orders.notice), later(asked.offered_at, orders.deliberation)), interval '90 days') THEN RAISE EXCEPTION 'A vote is not put off: it opens within ninety days of the earliest day.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nIF NEW.closes_at > later(NEW.opens_at, greatest(orders.voting_period, interval '90 days')) THEN RAISE EXCEPTION 'A vote is not drawn out: it closes within ninety days of its opening.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nIF NEW.opened_at IS NOT NULL OR NEW.closed_at IS NOT NULL THEN RAISE EXCEPTION 'A decision is called before it opens.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nRETURN NEW;",
                    hash="1e7d0351cbbdb157929cf0db803144dba8f72fd7",
                    operation="INSERT",
                    pgid="pgtrigger_called_8bc30",
                    table="assemblies_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.proposal_id IS DISTINCT FROM OLD.proposal_id OR NEW.method IS DISTINCT FROM OLD.method OR NEW.seats IS DISTINCT FROM OLD.seats OR NEW.most IS DISTINCT FROM OLD.most OR NEW.called_by_id IS DISTINCT FROM OLD.called_by_id OR NEW.called_at IS DISTINCT FROM OLD.called_at OR NEW.opens_at IS DISTINCT FROM OLD.opens_at OR NEW.item_id IS DISTINCT FROM OLD.item_id THEN RAISE EXCEPTION 'A decision that has been called keeps its question and its times.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION 'A closed decision is never changed.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nIF NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id THEN\nPERFORM pg_advisory_xact_lock(2, (NEW.id)::int);\nIF NEW.item_id IS NULL OR OLD.opened_at IS NULL OR OLD.ended_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL OR civic_now() >= OLD.closes_at THEN RAISE EXCEPTION 'Only a vote in session that is open is ended by hand.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF NOT coalesce(leads_session(NEW.ended_by_id, session_of(NEW.item_id), civic_now()), FALSE) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.opened_at IS DISTINCT FROM OLD.opened_at OR NEW.threshold IS DISTINCT FROM OLD.threshold OR NEW.quorum_per_mille IS DISTINCT FROM OLD.quorum_per_mille OR NEW.quorum_number IS DISTINCT FROM OLD.quorum_number OR NEW.electorate IS DISTINCT FROM OLD.electorate OR NEW.roll IS DISTINCT FROM OLD.roll THEN RAISE EXCEPTION 'The rules and the electorate of a vote are frozen at its opening.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nNEW.closes_at := civic_now(); RETURN NEW;\nEND IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.closes_at IS DISTINCT FROM OLD.closes_at THEN RAISE EXCEPTION 'A decision that has been called keeps its question and its times.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF OLD.opened_at IS NULL THEN\nPERFORM pg_advisory_xact_lock(1, (NEW.assembly_id)::int);\nIF civic_now() < NEW.opens_at THEN RAISE EXCEPTION 'This vote has not opened yet.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF NEW.closed_at IS NOT NULL THEN RAISE EXCEPTION 'A decision opens before it closes.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nNEW.opened_at := civic_now();\nSELECT CASE WHEN p.effect = 'orders' THEN o.majority_for_orders ELSE o.majority END, o.quorum_per_mille, o.quorum_number INTO STRICT NEW.threshold, NEW.quorum_per_mille, NEW.quorum_number FROM assemblies_standingorders o, assemblies_proposal p WHERE o.id = orders_in_force(NEW.assembly_id, NEW.opens_at) AND p.id = NEW.proposal_id;\nNEW.electorate := (SELECT count(*) FROM assemblies_citizenship c WHERE c.assembly_id = NEW.assembly_id AND c.valid_from <= NEW.opens_at AND (c.valid_until IS NULL OR c.valid_until > NEW.opens_at));\nNEW.roll := NULL;\nIF NEW.item_id IS NOT NULL THEN NEW.roll := NEW.electorate; NEW.electorate := (SELECT count(*) FROM assemblies_attendance a JOIN assemblies_agendaitem i ON i.session_id = a.session_id WHERE i.id = NEW.item_id AND a.came_at <= NEW.opens_at AND (a.left_at IS NULL OR a.left_at > NEW.opens_at) AND is_citizen(a.citizen_id, NEW.assembly_id, NEW.opens_at)); END IF;\nELSE\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.opened_at IS DISTINCT FROM OLD.opened_at OR NEW.threshold IS DISTINCT FROM OLD.threshold OR NEW.quorum_per_mille IS DISTINCT FROM OLD.quorum_per_mille OR NEW.quorum_number IS DISTINCT FROM OLD.quorum_number OR NEW.electorate IS DISTINCT FROM OLD.electorate OR NEW.roll IS DISTINCT FROM OLD.roll THEN RAISE EXCEPTION 'The rules and the electorate of a vote are frozen at its opening.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nPERFORM pg_advisory_xact_lock(2, (NEW.id)::int);\nIF civic_now() < NEW.closes_at THEN RAISE EXCEPTION 'This vote has not closed yet.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nNEW.closed_at := civic_now();\nSELECT sum(c.yes), sum(c.no), sum(c.abstain), sum(c.voters), jsonb_object_agg(c.channel, to_jsonb(c) - 'channel') INTO STRICT NEW.yes, NEW.no, NEW.abstain, NEW.voters, NEW.channels FROM channel_count(NEW.id) c;\nIF NEW.method <> 'yes-no' THEN\nNEW.yes := NULL; NEW.no := NULL; NEW.abstain := NULL;\nNEW.outcome := choice_outcome(NEW.voters, coalesce(NEW.roll, NEW.electorate), NEW.quorum_per_mille, NEW.quorum_number);\nELSE\nNEW.outcome := outcome_of(NEW.threshold, NEW.yes, NEW.no, NEW.abstain, coalesce(NEW.roll, NEW.electorate), NEW.quorum_per_mille, NEW.quorum_number);\nEND IF;\nEND IF;\nRETURN NEW;",
                    hash="c604266c198971bdad46789acfc83a003b03a369",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_on_c3a20",
                    table="assemblies_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handcount",
            trigger=pgtrigger.compiler.Trigger(
                name="entered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(2, (NEW.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;\nat := civic_now();\nIF asked.opened_at IS NULL OR at < asked.opens_at THEN RAISE EXCEPTION 'This vote has not opened yet.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.by_id IS NULL OR NOT holds_office(NEW.by_id, asked.assembly_id, 'teller', at) THEN RAISE EXCEPTION 'Only tellers of the assembly keep the paper and the hands.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF asked.method <> 'yes-no' THEN RAISE EXCEPTION 'Hands answer yes or no.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF NEW.yes::bigint + NEW.no + NEW.abstain > hands_present(NEW.decision_id) THEN RAISE EXCEPTION 'More hands are counted than people are marked as voting by hand.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.reason = '' AND EXISTS (SELECT FROM assemblies_handcount h WHERE h.decision_id = NEW.decision_id AND h.by_id = NEW.by_id) THEN RAISE EXCEPTION 'Say what is corrected: your earlier count stays on record.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nIF NEW.said_at IS NOT NULL AND (NEW.said_at > at OR asked.item_id IS NULL OR NEW.said_at < (SELECT s.opened_at FROM assemblies_session s WHERE s.id = session_of(asked.item_id))) THEN RAISE EXCEPTION 'What is entered late was counted while the session was open.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nNEW.counted_at := at;\nRETURN NEW;",
                    hash="0f2ea4d720ad0e8e1dc04a79f4a9abe5376bdff7",
                    operation="INSERT",
                    pgid="pgtrigger_entered_dc94d",
                    table="assemblies_handcount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="papercode",
            trigger=pgtrigger.compiler.Trigger(
                name="printed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock_shared(2, (NEW.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;\nat := civic_now();\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NOT holds_office(NEW.printed_by_id, asked.assembly_id, 'teller', at) AND NOT holds_office(NEW.printed_by_id, asked.assembly_id, 'facilitator', at) THEN RAISE EXCEPTION 'Papers are printed by a teller or a facilitator.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NOT is_citizen(NEW.citizen_id, asked.assembly_id, asked.opens_at) THEN RAISE EXCEPTION 'Only those who were citizens of the assembly when the vote opened vote in it.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF asked.item_id IS NOT NULL AND NOT was_in(NEW.citizen_id, session_of(asked.item_id), asked.opens_at) THEN RAISE EXCEPTION 'In the hall those vote who were checked in when the vote opened.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nNEW.printed_at := at;\nRETURN NEW;",
                    hash="e58c248d40f72c4de48eb78bf292ae4963be42d9",
                    operation="INSERT",
                    pgid="pgtrigger_printed_1b04d",
                    table="assemblies_papercode",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="papercount",
            trigger=pgtrigger.compiler.Trigger(
                name="read",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz; paper assemblies_papercode%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT paper FROM assemblies_papercode WHERE id = NEW.code_id;\nPERFORM pg_advisory_xact_lock(2, (paper.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = paper.decision_id;\nat := civic_now();\nIF asked.opened_at IS NULL OR at < asked.opens_at THEN RAISE EXCEPTION 'This vote has not opened yet.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.by_id IS NULL OR NOT holds_office(NEW.by_id, asked.assembly_id, 'teller', at) THEN RAISE EXCEPTION 'Only tellers of the assembly keep the paper and the hands.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.proof IS NULL OR paper.digest <> encode(sha256(paper.salt || convert_to(NEW.proof, 'UTF8')), 'hex') THEN RAISE EXCEPTION 'A paper is read with the code that is printed on it.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nNEW.proof := NULL;\nIF asked.method = 'yes-no' THEN\nIF NEW.choice IS NULL OR NEW.ranking IS NOT NULL THEN RAISE EXCEPTION 'This question is answered with yes or no.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nELSE\nIF NEW.choice IS NOT NULL OR NEW.ranking IS NULL OR cardinality(NEW.ranking) = 0 THEN RAISE EXCEPTION 'This question is answered by naming at least one of its options.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF array_ndims(NEW.ranking) <> 1 OR array_lower(NEW.ranking, 1) <> 1 OR cardinality(NEW.ranking) <> (SELECT count(DISTINCT n) FROM unnest(NEW.ranking) n) THEN RAISE EXCEPTION 'A ballot names each option once.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF cardinality(NEW.ranking) <> (SELECT count(*) FROM assemblies_option o WHERE o.proposal_id = asked.proposal_id AND o.number = ANY (NEW.ranking)) THEN RAISE EXCEPTION 'A ballot names options of its own question.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF cardinality(NEW.ranking) > asked.most THEN RAISE EXCEPTION 'This ballot names more options than it may.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF asked.method = 'approval' THEN\nNEW.ranking := ARRAY(SELECT n FROM unnest(NEW.ranking) n ORDER BY n);\nEND IF;\nEND IF;\nIF NOT is_citizen(paper.citizen_id, asked.assembly_id, asked.opens_at) THEN RAISE EXCEPTION 'Only those who were citizens of the assembly when the vote opened vote in it.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF asked.item_id IS NOT NULL AND NOT was_in(paper.citizen_id, session_of(asked.item_id), asked.opens_at) THEN RAISE EXCEPTION 'In the hall those vote who were checked in when the vote opened.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF NEW.reason = '' AND EXISTS (SELECT FROM assemblies_papercount p WHERE p.code_id = NEW.code_id AND p.by_id = NEW.by_id) THEN RAISE EXCEPTION 'You have read this paper. To correct it, say what was wrong.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nNEW.counted_at := at;\nRETURN NEW;",
                    hash="2fc2bc07ef1199b6f8eb1c961bcc127505ed1ad2",
                    operation="INSERT",
                    pgid="pgtrigger_read_b05db",
                    table="assemblies_papercount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rollmark",
            trigger=pgtrigger.compiler.Trigger(
                name="made",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.channel = 'device' THEN\nIF NOT EXISTS (SELECT FROM assemblies_ballot b WHERE b.decision_id = NEW.decision_id AND b.voter_id = NEW.citizen_id) THEN RAISE EXCEPTION 'The roll is marked by a ballot, and not without one.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nELSIF NEW.channel = 'paper' THEN\nIF NOT EXISTS (SELECT FROM assemblies_papercode c JOIN assemblies_papercount p ON p.code_id = c.id WHERE c.decision_id = NEW.decision_id AND c.citizen_id = NEW.citizen_id) THEN RAISE EXCEPTION 'The roll is marked by a paper that was read, and not without one.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nELSE\nPERFORM pg_advisory_xact_lock(2, (NEW.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;\nat := civic_now();\nIF asked.opened_at IS NULL OR at < asked.opens_at THEN RAISE EXCEPTION 'This vote has not opened yet.' USING ERRCODE = 'CFC03', HINT = 'article 3'; END IF;\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.marked_by_id IS NULL OR NOT holds_office(NEW.marked_by_id, asked.assembly_id, 'teller', at) THEN RAISE EXCEPTION 'Only tellers of the assembly keep the paper and the hands.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF asked.method <> 'yes-no' THEN RAISE EXCEPTION 'Hands answer yes or no.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nIF NOT is_citizen(NEW.citizen_id, asked.assembly_id, asked.opens_at) THEN RAISE EXCEPTION 'Only those who were citizens of the assembly when the vote opened vote in it.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF asked.item_id IS NOT NULL AND NOT was_in(NEW.citizen_id, session_of(asked.item_id), asked.opens_at) THEN RAISE EXCEPTION 'In the hall those vote who were checked in when the vote opened.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nEND IF;\nIF NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'A mark is made before it is withdrawn.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nNEW.marked_at := civic_now();\nRETURN NEW;",
                    hash="7aa946d5d9a0b1b307af13c2abd4951a15057f7a",
                    operation="INSERT",
                    pgid="pgtrigger_made_f8948",
                    table="assemblies_rollmark",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="placed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="proposal",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="items", to="assemblies.proposal"
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="started_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="assemblies.agendaitem",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by__isnull", True), ("item__isnull", True), ("roll__isnull", True)),
                    models.Q(
                        ("ended_by__isnull", True),
                        ("item__isnull", False),
                        ("opened_at__isnull", True),
                        ("roll__isnull", True),
                    ),
                    models.Q(("item__isnull", False), ("opened_at__isnull", False), ("roll__isnull", False)),
                    _connector="OR",
                ),
                name="decision_in_session_knows_the_roll",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="citizen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="left_noted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="minutenote",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="minutenote",
            name="item",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="assemblies.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="motions",
                to="assemblies.agendaitem",
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="mover",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="takes",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="minutes",
            name="motion",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="adopts", to="assemblies.motion"
            ),
        ),
        migrations.AddField(
            model_name="rescheduling",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="called_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="opened_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="rescheduling",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reschedulings", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="about",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="motions_about",
                to="assemblies.session",
            ),
        ),
        migrations.AddField(
            model_name="motion",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="motions", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="minutes",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="minutes", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="minutenote",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="cancellation", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="showofhands",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="showofhands",
            name="motion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shows", to="assemblies.motion"
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="called_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="citizen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="assemblies.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="raised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="assemblies.session"
            ),
        ),
        migrations.AddField(
            model_name="speakingturn",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="citizen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="takeovers", to="assemblies.session"
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["assembly", "-begins_at"], name="assemblies__assembl_436ef3_idx"),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), _negated=True),
                    ("ends_at__gt", models.F("begins_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("begins_at"), "+", models.Value(datetime.timedelta(seconds=43200))
                        ),
                    ),
                ),
                name="session_has_a_place_and_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("speaking__in", ["first-time", "as-raised"]),
                    ("speaking_seconds__gte", 15),
                    models.Q(
                        models.Q(("first_list", ""), ("second_list", "")),
                        models.Q(
                            models.Q(("first_list", ""), _negated=True), models.Q(("second_list", ""), _negated=True)
                        ),
                        _connector="OR",
                    ),
                ),
                name="session_order_of_speaking",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("opened_at__isnull", True), ("opened_by__isnull", True)),
                        models.Q(("opened_at__isnull", False), ("opened_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                        models.Q(
                            ("closed_at__isnull", False), ("closed_by__isnull", False), ("opened_at__isnull", False)
                        ),
                        _connector="OR",
                    ),
                ),
                name="session_opened_and_closed_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A session is cancelled, never removed.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="06b7ee2032476c7da604740764d8c90124d68f05",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_7c51d",
                    table="assemblies_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A session is cancelled, never removed.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="c4b587a539d5ba5a1fffef8f8ebf36a51d0aeda2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_d4599",
                    table="assemblies_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="called",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.called_at := civic_now();\nIF NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at) THEN RAISE EXCEPTION 'A facilitator of the assembly calls its sessions.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.begins_at < later(NEW.called_at, (SELECT o.notice FROM assemblies_standingorders o WHERE o.id = orders_in_force(NEW.assembly_id, NEW.called_at))) - interval '1 minute' THEN RAISE EXCEPTION 'No session begins before the notice of the standing orders has passed.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.begins_at > later(NEW.called_at, interval '366 days') THEN RAISE EXCEPTION 'A session is called at most a year ahead.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nIF NEW.opened_at IS NOT NULL THEN RAISE EXCEPTION 'A session is called before it is opened.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nRETURN NEW;",
                    hash="b99a365370f8c520316c5dd0b5cf5fd2607d1dc7",
                    operation="INSERT",
                    pgid="pgtrigger_called_7db25",
                    table="assemblies_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.called_by_id IS DISTINCT FROM OLD.called_by_id OR NEW.called_at IS DISTINCT FROM OLD.called_at OR NEW.speaking IS DISTINCT FROM OLD.speaking OR NEW.speaking_seconds IS DISTINCT FROM OLD.speaking_seconds OR NEW.first_list IS DISTINCT FROM OLD.first_list OR NEW.second_list IS DISTINCT FROM OLD.second_list THEN RAISE EXCEPTION 'A session that has been called keeps its assembly and its order.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.id)::int);\nIF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nIF EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = NEW.id) THEN RAISE EXCEPTION 'The session was cancelled.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF (NEW.place, NEW.begins_at, NEW.ends_at) IS DISTINCT FROM (OLD.place, OLD.begins_at, OLD.ends_at) THEN\nIF NOT EXISTS (SELECT FROM assemblies_rescheduling r WHERE r.id = (SELECT max(x.id) FROM assemblies_rescheduling x WHERE x.session_id = NEW.id) AND (r.place, r.begins_at, r.ends_at) = (NEW.place, NEW.begins_at, NEW.ends_at)) THEN RAISE EXCEPTION 'Place and time are changed by a rescheduling that says why.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nEND IF;\nIF OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL THEN\nNEW.opened_at := civic_now();\nIF NEW.opened_at < NEW.begins_at THEN RAISE EXCEPTION 'A session is not opened before the time it was called for.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NOT leads_session(NEW.opened_by_id, NEW.id, NEW.opened_at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nELSE\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.opened_at IS DISTINCT FROM OLD.opened_at OR NEW.opened_by_id IS DISTINCT FROM OLD.opened_by_id THEN RAISE EXCEPTION 'A session is opened once.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nEND IF;\nIF NEW.closed_at IS NOT NULL THEN\nNEW.closed_at := civic_now();\nIF NOT leads_session(NEW.closed_by_id, NEW.id, NEW.closed_at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF EXISTS (SELECT FROM assemblies_decision d JOIN assemblies_agendaitem i ON i.id = d.item_id WHERE i.session_id = NEW.id AND d.closes_at > NEW.closed_at) THEN RAISE EXCEPTION 'A vote is still open: close it first.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="0aad7bbdb3fa93ddd7b851e56d2ef0e39d8e8c18",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_on_cb0fc",
                    table="assemblies_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="leaves_nobody_behind",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="IF NEW.closed_at IS NOT NULL AND EXISTS (SELECT FROM assemblies_attendance a WHERE a.session_id = NEW.id AND a.left_at IS NULL) THEN RAISE EXCEPTION 'When a session closes, everybody leaves.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nRETURN NULL;",
                    hash="5e7611bd9046b35c532b01767a95dcd9510982a1",
                    operation="UPDATE",
                    pgid="pgtrigger_leaves_nobody_behind_565da",
                    table="assemblies_session",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rescheduling",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("place", ""), _negated=True)),
                name="rescheduling_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rescheduling",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That a session was moved stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="a99d539bc0d9ee7cda46fdbf9d04b3ee4efcd465",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_afebf",
                    table="assemblies_rescheduling",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rescheduling",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That a session was moved stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="13229b2a07773e598246176752d62f5f6771ee2c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_0339b",
                    table="assemblies_rescheduling",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rescheduling",
            trigger=pgtrigger.compiler.Trigger(
                name="moved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nNEW.at := civic_now();\nIF NOT holds_office(NEW.by_id, hall.assembly_id, 'facilitator', NEW.at) THEN RAISE EXCEPTION 'A facilitator of the assembly calls its sessions.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF hall.opened_at IS NOT NULL THEN RAISE EXCEPTION 'A session that was opened is not moved.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.begins_at > later(NEW.at, interval '366 days') THEN RAISE EXCEPTION 'A session is called at most a year ahead.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nIF NEW.begins_at <> hall.begins_at AND NEW.begins_at < later(NEW.at, (SELECT o.notice FROM assemblies_standingorders o WHERE o.id = orders_in_force(hall.assembly_id, NEW.at))) - interval '1 minute' THEN RAISE EXCEPTION 'A session that is moved to another time needs the notice of the standing orders again.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nRETURN NEW;",
                    hash="688216c085c6d6c36f32568f4fe7ce625d87f7f0",
                    operation="INSERT",
                    pgid="pgtrigger_moved_25676",
                    table="assemblies_rescheduling",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="motion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about__isnull", True), ("kind", "order"), ("takes__isnull", False)),
                    models.Q(("about__isnull", False), ("kind", "minutes"), ("takes__isnull", True)),
                    models.Q(
                        ("about__isnull", False),
                        ("kind", "correction"),
                        ("takes__isnull", True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(
                        ("about__isnull", True),
                        ("item__isnull", False),
                        ("kind", "wording"),
                        ("takes__isnull", True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(
                        ("about__isnull", True),
                        ("kind__in", ["point", "procedure"]),
                        ("takes__isnull", True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(("about__isnull", True), ("kind__in", ["adjourn", "close"]), ("takes__isnull", True)),
                    _connector="OR",
                ),
                name="motion_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="motion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("kind", "point"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="motion_answered_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was moved in a session stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="ac3cb0480e6900eab05b90a919e6351851049a04",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_38677",
                    table="assemblies_motion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was moved in a session stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="50600bcc5ac65930b4c3a14c9f1106424615a2e6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_daae0",
                    table="assemblies_motion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="moved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT was_in(NEW.mover_id, hall.id, at) OR NOT is_citizen(NEW.mover_id, hall.assembly_id, at) THEN RAISE EXCEPTION 'Only who is checked in moves anything here.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF NEW.entered_by_id <> NEW.mover_id AND NOT keeps_door(NEW.entered_by_id, hall.id, at) THEN RAISE EXCEPTION 'A motion is put by its mover, or for them at the desk.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.item_id AND i.session_id = hall.id AND i.started_at IS NOT NULL AND i.ended_at IS NULL) THEN RAISE EXCEPTION 'A motion is put under the point that is under way.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.kind = 'wording' AND NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.item_id AND i.proposal_id IS NOT NULL) THEN RAISE EXCEPTION 'A change of wording is moved under a point that has a proposal.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.kind = 'order' AND NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.takes_id AND i.session_id = hall.id AND i.started_at IS NULL) THEN RAISE EXCEPTION 'Only a point of this session that has not begun is taken next.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.kind IN ('minutes', 'correction') AND NOT EXISTS (SELECT FROM assemblies_session s WHERE s.id = NEW.about_id AND s.assembly_id = hall.assembly_id AND s.closed_at < hall.opened_at AND EXISTS (SELECT FROM assemblies_minutes m WHERE m.session_id = s.id) = (NEW.kind = 'correction')) THEN RAISE EXCEPTION 'Minutes are adopted once, and corrected after that, in a later session of the same assembly.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.answered_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'A motion is put before anything comes of it.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nNEW.moved_at := at;\nRETURN NEW;",
                    hash="45c8e57a05f2568a0e49660f32085025e89d455f",
                    operation="INSERT",
                    pgid="pgtrigger_moved_2dda7",
                    table="assemblies_motion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="went_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.session_id IS DISTINCT FROM OLD.session_id OR NEW.item_id IS DISTINCT FROM OLD.item_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.mover_id IS DISTINCT FROM OLD.mover_id OR NEW.entered_by_id IS DISTINCT FROM OLD.entered_by_id OR NEW.moved_at IS DISTINCT FROM OLD.moved_at OR NEW.text IS DISTINCT FROM OLD.text OR NEW.takes_id IS DISTINCT FROM OLD.takes_id OR NEW.about_id IS DISTINCT FROM OLD.about_id THEN RAISE EXCEPTION 'A motion stays as it was put.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF OLD.withdrawn_at IS NOT NULL OR OLD.answered_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_showofhands h WHERE h.motion_id = NEW.id) THEN RAISE EXCEPTION 'This motion has been dealt with.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.answered_at IS NOT NULL THEN NEW.answered_at := at;\nIF NEW.answered_by_id IS NULL OR NOT leads_session(NEW.answered_by_id, hall.id, at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nELSE NEW.withdrawn_at := at; END IF;\nRETURN NEW;",
                    hash="21b3ef0e8001c73e551fd4267b6c8bdd9a148f6b",
                    operation="UPDATE",
                    pgid="pgtrigger_went_on_ebfef",
                    table="assemblies_motion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.CheckConstraint(condition=models.Q(("digest", ""), _negated=True), name="minutes_digest"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Minutes that were adopted cannot be changed: they are corrected beside them.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="96e715f6e0541add31d409b307f6732e05dee69c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_1b302",
                    table="assemblies_minutes",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Minutes that were adopted cannot be changed: they are corrected beside them.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="ebc9c14bd61005e80c73e84073395d366d7a2239",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_38689",
                    table="assemblies_minutes",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="adopted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nNEW.adopted_at := civic_now();\nIF NOT EXISTS (SELECT FROM assemblies_motion m JOIN assemblies_showofhands h ON h.id = (SELECT max(x.id) FROM assemblies_showofhands x WHERE x.motion_id = m.id) JOIN assemblies_session s ON s.id = m.session_id WHERE m.id = NEW.motion_id AND m.kind = 'minutes' AND m.about_id = NEW.session_id AND h.yes > h.no AND s.closed_at IS NULL AND m.withdrawn_at IS NULL) THEN RAISE EXCEPTION 'Minutes are adopted by a later session, and by nobody else.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nIF NEW.digest <> encode(sha256(NEW.body), 'hex') THEN RAISE EXCEPTION 'The digest of minutes is that of their own words.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nRETURN NEW;",
                    hash="338d23128636fa1ebd0d913d1a0f7c2032e60347",
                    operation="INSERT",
                    pgid="pgtrigger_adopted_d9e1e",
                    table="assemblies_minutes",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutenote",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was written into the minutes stays to be seen.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="aff29542469382b729d731b23cfda2a74262a082",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_13201",
                    table="assemblies_minutenote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutenote",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was written into the minutes stays to be seen.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="c556d28bcaae1ba3aab34ae6d8e6a60a369ef841",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_e3e6e",
                    table="assemblies_minutenote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutenote",
            trigger=pgtrigger.compiler.Trigger(
                name="written",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF EXISTS (SELECT FROM assemblies_minutes m WHERE m.session_id = NEW.session_id) THEN RAISE EXCEPTION 'The minutes have been adopted: they are not changed, but corrected beside them.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT holds_office(NEW.by_id, hall.assembly_id, 'minute-taker', at) AND NOT leads_session(NEW.by_id, hall.id, at) THEN RAISE EXCEPTION 'The minute-taker completes the minutes, or whoever leads the session.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.item_id AND i.session_id = NEW.session_id) THEN RAISE EXCEPTION 'A note stands beside a point of its own session.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nNEW.at := at;\nRETURN NEW;",
                    hash="8a8260b191e0e974cd294c75c83beac5e49d0fbf",
                    operation="INSERT",
                    pgid="pgtrigger_written_58e0a",
                    table="assemblies_minutenote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="cancellation_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cancellation",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That a session was cancelled stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="fabd1d030bd4f662c1b5b6332fe321a2e5ec3164",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_3b70f",
                    table="assemblies_cancellation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cancellation",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That a session was cancelled stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="7d0f02c2854b5a2558d2f6dbc611671c2e7104ff",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_9a935",
                    table="assemblies_cancellation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cancellation",
            trigger=pgtrigger.compiler.Trigger(
                name="cancelled",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nNEW.at := civic_now();\nIF NOT holds_office(NEW.by_id, hall.assembly_id, 'facilitator', NEW.at) THEN RAISE EXCEPTION 'A facilitator of the assembly calls its sessions.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF hall.opened_at IS NOT NULL THEN RAISE EXCEPTION 'A session that was opened is closed, not cancelled.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nRETURN NEW;",
                    hash="53fcfe5ff09b80ce06ca4e0c6714415cf22dacf5",
                    operation="INSERT",
                    pgid="pgtrigger_cancelled_db645",
                    table="assemblies_cancellation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            "came_at",
                            "left_at",
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                    ("session", "="),
                    ("citizen", "="),
                ],
                name="attendance_once_at_a_time",
                violation_error_code="article-2",
                violation_error_message="This person is checked in already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(condition=models.Q(("how__in", ["code", "desk"])), name="attendance_how"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at__isnull", True), ("left_noted_by__isnull", True)),
                    models.Q(
                        ("left_at__gte", models.F("came_at")),
                        ("left_at__isnull", False),
                        ("left_noted_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="attendance_left_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who was in the hall stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="1f731c7ba95795b0b1fd69983a79fe60a3475837",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_25be7",
                    table="assemblies_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who was in the hall stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="24cbd4f03bd88eee25ad7697c0690e226b99d7dc",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_d44c9",
                    table="assemblies_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="came",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.closed_at IS NOT NULL OR at < hall.begins_at - interval '2 hours' OR EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = hall.id) THEN RAISE EXCEPTION 'Nobody is checked in now: the doors of this session are closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT is_citizen(NEW.citizen_id, hall.assembly_id, at) THEN RAISE EXCEPTION 'Only citizens of the assembly are checked in.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF NOT keeps_door(NEW.noted_by_id, hall.id, at) THEN RAISE EXCEPTION 'Who comes and who leaves is noted by a teller, or by whoever leads the session.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.left_at IS NOT NULL THEN RAISE EXCEPTION 'Somebody comes before they leave.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nIF NEW.said_at > at OR NEW.said_at < hall.begins_at - interval '2 hours' THEN RAISE EXCEPTION 'What is entered late happened while the doors were open.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nNEW.came_at := at;\nRETURN NEW;",
                    hash="9bd5a6cefc23c5b0b516df06cdd28bb1d38d133f",
                    operation="INSERT",
                    pgid="pgtrigger_came_b5f46",
                    table="assemblies_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="left",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.session_id IS DISTINCT FROM OLD.session_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id OR NEW.how IS DISTINCT FROM OLD.how OR NEW.by_hand IS DISTINCT FROM OLD.by_hand OR NEW.came_at IS DISTINCT FROM OLD.came_at OR NEW.noted_by_id IS DISTINCT FROM OLD.noted_by_id OR NEW.said_at IS DISTINCT FROM OLD.said_at THEN RAISE EXCEPTION 'Who came stays as it was noted.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nPERFORM pg_advisory_xact_lock_shared(6, (NEW.session_id)::int);\nat := civic_now();\nIF OLD.left_at IS NOT NULL THEN RAISE EXCEPTION 'That they left has been noted already.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.left_noted_by_id IS NULL OR NEW.left_noted_by_id <> NEW.citizen_id AND NOT keeps_door(NEW.left_noted_by_id, NEW.session_id, at) THEN RAISE EXCEPTION 'Who comes and who leaves is noted by a teller, or by whoever leads the session.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nNEW.left_at := at;\nRETURN NEW;",
                    hash="1341451ddb4f5e1bbdd2c19f183c72470c47c1e5",
                    operation="UPDATE",
                    pgid="pgtrigger_left_ebacd",
                    table="assemblies_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(fields=("session", "position"), name="item_one_a_place"),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                fields=("session", "proposal"),
                name="item_one_a_proposal",
                violation_error_code="article-20",
                violation_error_message="This proposal is on the agenda already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("started_at__isnull", False)),
                fields=("session",),
                name="item_one_at_a_time",
                violation_error_code="article-17",
                violation_error_message="Another point is under way: end it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="item_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", True), ("started_at__isnull", False), _connector="OR"),
                name="item_ends_after_it_starts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A point of an agenda stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="fda44fd833e5eea014f401c1322cab4db0457818",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_aac86",
                    table="assemblies_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A point of an agenda stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="773982dbf9ba5a95d84f6e62c0294fd99ec106e0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_1f032",
                    table="assemblies_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="placed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; orders assemblies_standingorders%ROWTYPE; asked assemblies_proposal%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nSELECT * INTO STRICT orders FROM assemblies_standingorders WHERE id = orders_in_force(hall.assembly_id, civic_now());\nNEW.placed_at := civic_now();\nIF NOT holds_office(NEW.placed_by_id, hall.assembly_id, 'facilitator', NEW.placed_at) THEN RAISE EXCEPTION 'A facilitator of the assembly calls its sessions.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF hall.begins_at < later(NEW.placed_at, orders.notice) - interval '1 minute' OR EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = hall.id) THEN RAISE EXCEPTION 'The agenda is fixed when the notice of the standing orders begins.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.started_at IS NOT NULL THEN RAISE EXCEPTION 'A point is placed before it is taken.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nIF NEW.proposal_id IS NOT NULL THEN\nSELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id FOR SHARE;\nIF asked.assembly_id <> hall.assembly_id OR asked.offered_at IS NULL OR asked.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = asked.id AND d.outcome IS DISTINCT FROM 'quorum_missed') THEN RAISE EXCEPTION 'Only a proposal that is before this assembly and not yet put to the vote is placed on its agenda.' USING ERRCODE = 'CFC01', HINT = 'article 1'; END IF;\nIF hall.begins_at < later(asked.offered_at, orders.deliberation) THEN RAISE EXCEPTION 'A proposal is decided after the deliberation time of the standing orders.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="eb47c714243b9c5ab7a82517e0e7d9c856d1cfbc",
                    operation="INSERT",
                    pgid="pgtrigger_placed_37978",
                    table="assemblies_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="taken",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.session_id IS DISTINCT FROM OLD.session_id OR NEW.position IS DISTINCT FROM OLD.position OR NEW.title IS DISTINCT FROM OLD.title OR NEW.text IS DISTINCT FROM OLD.text OR NEW.proposal_id IS DISTINCT FROM OLD.proposal_id OR NEW.minutes IS DISTINCT FROM OLD.minutes OR NEW.placed_by_id IS DISTINCT FROM OLD.placed_by_id OR NEW.placed_at IS DISTINCT FROM OLD.placed_at THEN RAISE EXCEPTION 'A point of an agenda stays as it was placed.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nPERFORM pg_advisory_xact_lock_shared(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION 'This point has been dealt with.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF OLD.started_at IS NULL THEN\nNEW.started_at := at; NEW.ended_at := NULL; NEW.ended_by_id := NULL;\nIF NEW.started_by_id IS NULL OR NOT leads_session(NEW.started_by_id, hall.id, at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nELSE\nNEW.started_at := OLD.started_at; NEW.started_by_id := OLD.started_by_id; NEW.ended_at := at;\nIF NEW.ended_by_id IS NULL OR NOT leads_session(NEW.ended_by_id, hall.id, at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF EXISTS (SELECT FROM assemblies_decision d WHERE d.item_id = NEW.id AND d.closes_at > at) THEN RAISE EXCEPTION 'A vote is still open: close it first.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="a1a3f37b17c6cfa9e2ed2d1f7ec5a92d419ab63d",
                    operation="UPDATE",
                    pgid="pgtrigger_taken_a44c2",
                    table="assemblies_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="showofhands",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A show of hands stays as it was entered: it is corrected by another.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF; RETURN NULL;",
                    hash="466101db4e656ea2be3ce0fa0fbc45a7eed63bb5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_7938b",
                    table="assemblies_showofhands",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="showofhands",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A show of hands stays as it was entered: it is corrected by another.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF; RETURN NULL;",
                    hash="171563355e05f1405bb7faa886277aa9c6b20a0e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_0099a",
                    table="assemblies_showofhands",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="showofhands",
            trigger=pgtrigger.compiler.Trigger(
                name="entered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz; moved assemblies_motion%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT moved FROM assemblies_motion WHERE id = NEW.motion_id;\nPERFORM pg_advisory_xact_lock(6, (moved.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = moved.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT keeps_door(NEW.by_id, hall.id, at) THEN RAISE EXCEPTION 'Hands are counted by a teller, or by whoever leads the session.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF moved.kind = 'point' OR moved.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'There is nothing to vote on: a point of order is answered, and what was taken back is gone.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF motion_before(NEW.motion_id) IS NOT NULL THEN RAISE EXCEPTION 'Another motion comes first, in the order in which motions are voted.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nNEW.entered_at := at;\nIF NEW.counted_at > at - interval '2 minutes' THEN NEW.counted_at := at; END IF;\nIF NEW.counted_at < hall.opened_at THEN RAISE EXCEPTION 'Hands are counted while the session is open.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nIF NEW.yes::bigint + NEW.no + NEW.abstain > (SELECT count(*) FROM assemblies_attendance a WHERE a.session_id = hall.id AND a.came_at <= at AND (a.left_at IS NULL OR a.left_at > least(NEW.counted_at, at))) THEN RAISE EXCEPTION 'More hands are counted than people are checked in.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.reason = '' AND EXISTS (SELECT FROM assemblies_showofhands h WHERE h.motion_id = NEW.motion_id) THEN RAISE EXCEPTION 'Say what is corrected: the earlier count stays on record.' USING ERRCODE = 'CFU17', HINT = 'article 17'; END IF;\nIF moved.kind = 'minutes' AND EXISTS (SELECT FROM assemblies_minutes m WHERE m.session_id = moved.about_id) THEN RAISE EXCEPTION 'Minutes that were adopted stay adopted: what is wrong in them is corrected beside them.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nRETURN NEW;",
                    hash="7a72cadb1f1b0286e2edabbf9ea9828a7587c56f",
                    operation="INSERT",
                    pgid="pgtrigger_entered_cb02d",
                    table="assemblies_showofhands",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="speakingturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("started_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("session", "citizen"),
                name="turn_one_hand_a_citizen",
                violation_error_code="article-2",
                violation_error_message="Your hand is up already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="speakingturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("started_at__isnull", False)),
                fields=("session",),
                name="turn_one_speaker_at_a_time",
                violation_error_code="article-17",
                violation_error_message="Somebody is speaking: let them end first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="speakingturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("started_at__isnull", True),
                        models.Q(("called_at__isnull", False), ("withdrawn_at__isnull", True)),
                        _connector="OR",
                    ),
                    models.Q(("ended_at__isnull", True), ("started_at__isnull", False), _connector="OR"),
                    models.Q(
                        models.Q(("called_at__isnull", True), ("called_by__isnull", True)),
                        models.Q(("called_at__isnull", False), ("called_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                        models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                        _connector="OR",
                    ),
                ),
                name="turn_in_its_order",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speakingturn",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A hand that went up stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="c3d6336e3a973d99a054dfdbe08d539fef0fa8c4",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_734a0",
                    table="assemblies_speakingturn",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speakingturn",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A hand that went up stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="a93a27d5e030b6b7100826f36cc043e9ed5b3270",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_1892c",
                    table="assemblies_speakingturn",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speakingturn",
            trigger=pgtrigger.compiler.Trigger(
                name="raised",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock_shared(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT was_in(NEW.citizen_id, hall.id, at) OR NOT is_citizen(NEW.citizen_id, hall.assembly_id, at) THEN RAISE EXCEPTION 'Only who is checked in speaks here.' USING ERRCODE = 'CFF03', HINT = 'article 3'; END IF;\nIF NEW.raised_by_id <> NEW.citizen_id AND NOT keeps_door(NEW.raised_by_id, hall.id, at) THEN RAISE EXCEPTION 'A hand is raised by the speaker, or for them at the desk.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.item_id AND i.session_id = NEW.session_id AND i.started_at IS NOT NULL AND i.ended_at IS NULL) THEN RAISE EXCEPTION 'One speaks on the point that is under way.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.called_at IS NOT NULL OR NEW.started_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'A hand goes up before anything comes of it.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nNEW.raised_at := at;\nRETURN NEW;",
                    hash="b0cc216cd467f257d12346de4efa45a147e94869",
                    operation="INSERT",
                    pgid="pgtrigger_raised_58f3e",
                    table="assemblies_speakingturn",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speakingturn",
            trigger=pgtrigger.compiler.Trigger(
                name="went_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.session_id IS DISTINCT FROM OLD.session_id OR NEW.item_id IS DISTINCT FROM OLD.item_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id OR NEW.side IS DISTINCT FROM OLD.side OR NEW.reply IS DISTINCT FROM OLD.reply OR NEW.raised_by_id IS DISTINCT FROM OLD.raised_by_id OR NEW.raised_at IS DISTINCT FROM OLD.raised_at THEN RAISE EXCEPTION 'A hand that went up stays as it was.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nPERFORM pg_advisory_xact_lock_shared(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nat := civic_now();\nIF hall.opened_at IS NULL THEN RAISE EXCEPTION 'The session has not been opened yet.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF OLD.ended_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'This turn is over.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.withdrawn_at IS NOT NULL THEN\nIF OLD.started_at IS NOT NULL THEN RAISE EXCEPTION 'This speaker is speaking already.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NEW.withdrawn_by_id IS DISTINCT FROM NEW.citizen_id AND NOT coalesce(keeps_door(NEW.withdrawn_by_id, hall.id, at), FALSE) THEN RAISE EXCEPTION 'A hand is taken down by the speaker, or for them at the desk.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nNEW.withdrawn_at := at;\nELSIF OLD.called_at IS NULL THEN\nNEW.called_at := at;\nIF NEW.called_by_id IS NULL OR NOT leads_session(NEW.called_by_id, hall.id, at) THEN RAISE EXCEPTION 'A facilitator leads the session, or the office-holder who has taken it over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.started_at IS NOT NULL THEN RAISE EXCEPTION 'A speaker is called before they speak.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nELSE\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.called_at IS DISTINCT FROM OLD.called_at OR NEW.called_by_id IS DISTINCT FROM OLD.called_by_id THEN RAISE EXCEPTION 'A speaker is called once.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF;\nIF OLD.started_at IS NULL AND NEW.started_at IS NOT NULL THEN NEW.started_at := at; ELSE NEW.started_at := OLD.started_at; END IF;\nIF NEW.ended_at IS NOT NULL THEN NEW.ended_at := at; END IF;\nEND IF;\nRETURN NEW;",
                    hash="8ae4ecc6c59b4e26456ec06051b7644ecba237e9",
                    operation="UPDATE",
                    pgid="pgtrigger_went_on_53197",
                    table="assemblies_speakingturn",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="takeover_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="takeover",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who led a session stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="dc94a47df4260af8955629c376e04eb1b42294b8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_5bf34",
                    table="assemblies_takeover",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="takeover",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Who led a session stays on record.' USING ERRCODE = 'CFF17', HINT = 'article 17'; END IF; RETURN NULL;",
                    hash="73cee4bc6ca8a7aba7d77ff2b17fa56101650893",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_28699",
                    table="assemblies_takeover",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="takeover",
            trigger=pgtrigger.compiler.Trigger(
                name="taken",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE hall assemblies_session%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(6, (NEW.session_id)::int);\nSELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;\nNEW.at := civic_now();\nIF hall.closed_at IS NOT NULL THEN RAISE EXCEPTION 'The session is closed.' USING ERRCODE = 'CFC17', HINT = 'article 17'; END IF;\nIF NOT EXISTS (SELECT FROM assemblies_office o WHERE o.citizen_id = NEW.citizen_id AND holds_office(o.citizen_id, hall.assembly_id, o.kind, NEW.at)) THEN RAISE EXCEPTION 'Only who holds an office of the assembly takes a session over.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NOT was_in(NEW.citizen_id, NEW.session_id, NEW.at) THEN RAISE EXCEPTION 'A session is led by somebody who is in the hall: check in first.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="c5ba359f9cb0e811ebe02ccf81a1dd0c71fb9ed7",
                    operation="INSERT",
                    pgid="pgtrigger_taken_bff70",
                    table="assemblies_takeover",
                    when="BEFORE",
                ),
            ),
        ),
    ]
