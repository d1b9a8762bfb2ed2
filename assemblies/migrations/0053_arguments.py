"""What citizens say of a proposal, and what of it has helped others."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0052_hall_taken_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="Argument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("for", "For"), ("against", "Against"), ("question", "Question"), ("reply", "Reply")],
                        max_length=10,
                    ),
                ),
                ("quote", models.TextField(blank=True, max_length=4000)),
                ("position", models.PositiveIntegerField(null=True)),
                ("text", models.TextField(max_length=5000, verbose_name="text")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "answers",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="assemblies.argument",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arguments", to="assemblies.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Help",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "argument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="helps", to="assemblies.argument"
                    ),
                ),
                (
                    "citizen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="argument",
            index=models.Index(fields=["proposal", "kind"], name="assemblies__proposa_6cfbfe_idx"),
        ),
        migrations.AddConstraint(
            model_name="argument",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="argument_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="argument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answers__isnull", True), ("kind__in", ["for", "against", "question"])),
                    models.Q(("answers__isnull", False), ("kind", "reply"), ("quote", "")),
                    _connector="OR",
                ),
                name="argument_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="argument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("position__isnull", True), ("quote", "")),
                    models.Q(models.Q(("quote", ""), _negated=True), ("position__isnull", False)),
                    _connector="OR",
                ),
                name="argument_passage",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="argument",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said stays on record: it can be taken back.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF; RETURN NULL;",
                    hash="7bdca6a3565a62ab223c16276f17bf740f2699df",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_2af32",
                    table="assemblies_argument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="argument",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said stays on record: it can be taken back.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF; RETURN NULL;",
                    hash="f3cdc974925b47b4bd742d5b74d29278fab5bf3a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_99bab",
                    table="assemblies_argument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="argument",
            trigger=pgtrigger.compiler.Trigger(
                name="made",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_proposal%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.made_at := civic_now();\nSELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id;\nIF NOT is_citizen(NEW.by_id, asked.assembly_id, NEW.made_at) THEN RAISE EXCEPTION 'Citizens of the assembly argue about what is before it.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF;\nIF asked.offered_at IS NULL OR asked.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'Only what is before the assembly is argued about.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = NEW.proposal_id AND d.closes_at <= NEW.made_at AND d.outcome IS DISTINCT FROM 'quorum_missed') THEN RAISE EXCEPTION 'This has been voted on: what is still to be said belongs to another proposal.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.quote <> '' AND substr(asked.text, NEW.position + 1, char_length(NEW.quote)) <> NEW.quote THEN RAISE EXCEPTION 'A passage is quoted as it stands in the text.' USING ERRCODE = 'CFU20', HINT = 'article 20'; END IF;\nIF NEW.answers_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_argument a WHERE a.id = NEW.answers_id AND a.proposal_id = NEW.proposal_id AND a.answers_id IS NULL AND a.withdrawn_at IS NULL) THEN RAISE EXCEPTION 'Replies are to an argument or a question about the same proposal that was not taken back.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nRETURN NEW;",
                    hash="fa1f022ec8710a9903d4820a552414cbd64c6f30",
                    operation="INSERT",
                    pgid="pgtrigger_made_07944",
                    table="assemblies_argument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="argument",
            trigger=pgtrigger.compiler.Trigger(
                name="taken_back",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.proposal_id IS DISTINCT FROM OLD.proposal_id OR NEW.answers_id IS DISTINCT FROM OLD.answers_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.quote IS DISTINCT FROM OLD.quote OR NEW.position IS DISTINCT FROM OLD.position OR NEW.text IS DISTINCT FROM OLD.text OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.made_at IS DISTINCT FROM OLD.made_at THEN RAISE EXCEPTION 'What was said is not rewritten.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF;\nIF OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'This was taken back already.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="7bb9808b2b9d12e4203241231da80809d88e3969",
                    operation="UPDATE",
                    pgid="pgtrigger_taken_back_3b638",
                    table="assemblies_argument",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="help",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("argument", "citizen"),
                name="help_once",
                violation_error_code="article-20",
                violation_error_message="You have marked this already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="help",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A mark is taken back, not removed.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF; RETURN NULL;",
                    hash="cf3c93489c7fff2cd20dc78c2feee47295a96267",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_51d3e",
                    table="assemblies_help",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="help",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A mark is taken back, not removed.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF; RETURN NULL;",
                    hash="9bf0a0acde500bbf2350ecb2f4121acc73b79ec0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_2a713",
                    table="assemblies_help",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="help",
            trigger=pgtrigger.compiler.Trigger(
                name="marked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE said assemblies_argument%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT said FROM assemblies_argument WHERE id = NEW.argument_id;\nIF NOT is_citizen(NEW.citizen_id, (SELECT p.assembly_id FROM assemblies_proposal p WHERE p.id = said.proposal_id), civic_now()) THEN RAISE EXCEPTION 'Citizens of the assembly say what has helped them to judge.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF;\nIF NEW.citizen_id = said.by_id THEN RAISE EXCEPTION 'Others say whether it has helped them.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF;\nIF said.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'This was taken back.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nRETURN NEW;",
                    hash="dab72efe45cb9c2b4b1a92caa7dba3c640980bf7",
                    operation="INSERT",
                    pgid="pgtrigger_marked_c0031",
                    table="assemblies_help",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="help",
            trigger=pgtrigger.compiler.Trigger(
                name="unmarked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.argument_id IS DISTINCT FROM OLD.argument_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id THEN RAISE EXCEPTION 'A mark stays with its citizen and its argument.' USING ERRCODE = 'CFF20', HINT = 'article 20'; END IF;\nIF OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'This mark was taken back already.' USING ERRCODE = 'CFC20', HINT = 'article 20'; END IF;\nIF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="ab32a0292a11b93c127f12f6402c701b34f0ce3e",
                    operation="UPDATE",
                    pgid="pgtrigger_unmarked_83259",
                    table="assemblies_help",
                    when="BEFORE",
                ),
            ),
        ),
    ]
