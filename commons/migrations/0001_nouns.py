# The nouns of the commons, with the rules that hold in their tables.

import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("assemblies", "0004_channels"),
        ("councils", "0002_rules"),
        ("mandates", "0004_elections_in_force"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deed",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("councils.action",),
        ),
        migrations.CreateModel(
            name="Motion",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("assemblies.proposal",),
        ),
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="councils.attachment"
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("code", models.CharField(db_default="", max_length=32, unique=True)),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "allotment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="commons.allotment"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Carriage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "condition",
                    models.CharField(
                        choices=[("good", "in good condition"), ("part", "partly damaged"), ("spoilt", "spoilt")],
                        max_length=10,
                    ),
                ),
                (
                    "said_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="carriage", to="commons.delivery"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("farm", "farm"),
                            ("orchard", "orchard or garden"),
                            ("mill", "mill or press"),
                            ("workshop", "workshop"),
                            ("clinic", "clinic"),
                            ("kitchen", "kitchen or oven"),
                            ("store", "store"),
                            ("works", "water, power or transport works"),
                            ("other", "something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("purpose", models.TextField(max_length=2000, verbose_name="what it is for")),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Good",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("produce", "produce"),
                            ("tool_time", "time of a tool or machine"),
                            ("labour", "days of work"),
                            ("transport", "transport"),
                            ("room", "room"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("kg", "kilograms"),
                            ("t", "tonnes"),
                            ("l", "litres"),
                            ("m3", "cubic metres"),
                            ("piece", "pieces"),
                            ("h", "hours"),
                            ("day", "days of work"),
                            ("tkm", "tonne-kilometres"),
                            ("place", "places"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "named_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Governance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="governances", to="commons.enterprise"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.policy"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Harvest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("made", "made"), ("used", "used")], max_length=10)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                ("day", models.DateField()),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "reported_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="commons.harvest",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="harvests", to="commons.enterprise"
                    ),
                ),
                (
                    "good",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.good"),
                ),
            ],
            options={
                "ordering": ["-day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=30)),
                ("unit", models.CharField(max_length=10)),
                ("factor", models.DecimalField(decimal_places=9, max_digits=24)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("word", "unit"), name="measure_once")],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                ("begins", models.DateField()),
                ("ends", models.DateField()),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("stated_at", models.DateTimeField(null=True)),
                ("essential", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "good",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.good"),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assemblies.proposal",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="allotment",
            name="need",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="allotments", to="commons.need"
            ),
        ),
        migrations.CreateModel(
            name="Passing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="passings", to="commons.enterprise"
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assemblies.assembly",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
                    ),
                ),
                (
                    "passing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptance", to="commons.passing"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.DateField()),
                ("ends", models.DateField()),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("step", models.PositiveIntegerField(default=0)),
                ("steps", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("goes_ahead_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("findings", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "good",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.good"),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="councils.task"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.AddField(
            model_name="allotment",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="allotments", to="commons.plan"
            ),
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "condition",
                    models.CharField(
                        choices=[("good", "in good condition"), ("part", "partly damaged"), ("spoilt", "spoilt")],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "said_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="commons.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["-said_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("report", models.JSONField()),
                (
                    "uploaded_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("entered_at", models.DateTimeField(null=True)),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at"],
            },
        ),
        migrations.CreateModel(
            name="Stewardship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_until", models.DateTimeField()),
                (
                    "citizen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stewardships",
                        to="commons.enterprise",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.proposal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Remit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "good",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.good"),
                ),
                (
                    "stewardship",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remits", to="commons.stewardship"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="need",
            name="stewardship",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.stewardship"
            ),
        ),
        migrations.CreateModel(
            name="Discharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("laid_down_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assemblies.proposal",
                    ),
                ),
                (
                    "stewardship",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="discharges", to="commons.stewardship"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Surplus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16)),
                ("begins", models.DateField()),
                ("ends", models.DateField()),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("stated_at", models.DateTimeField(null=True)),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assemblies.assembly"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "good",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.good"),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assemblies.proposal",
                    ),
                ),
                (
                    "stewardship",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commons.stewardship",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "surpluses",
            },
        ),
        migrations.AddField(
            model_name="allotment",
            name="surplus",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="allotments", to="commons.surplus"
            ),
        ),
        migrations.CreateModel(
            name="Yardstick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaning_per_mille", models.PositiveSmallIntegerField()),
                ("quiet_days", models.PositiveIntegerField()),
                (
                    "set_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confederation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mandates.confederation"
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deed",
            trigger=pgtrigger.compiler.Trigger(
                name="beside_what_is_allotted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE c mandates_clause%ROWTYPE; moment timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT c FROM mandates_clause WHERE id = (SELECT a.clause_id FROM councils_attachment a WHERE a.id = NEW.attachment_id);\nPERFORM pg_advisory_xact_lock_shared(3, (c.mandate_id)::int);\nPERFORM pg_advisory_xact_lock(4, (c.id)::int);\nmoment := settled(c.mandate_id);\nIF NEW.unit = c.unit AND clause_allotted(c.id, moment) > 0 AND NEW.quantity > clause_limit(c.id, moment) - clause_used(c.id) - clause_allotted(c.id, moment) THEN RAISE EXCEPTION 'What is left of this limit has been allotted by a plan.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nRETURN NEW;",
                    hash="993e9f0e36aff7a96e9547f2d3fc48345656caae",
                    operation="INSERT",
                    pgid="pgtrigger_beside_what_is_allotted_c6002",
                    table="councils_action",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="motion",
            trigger=pgtrigger.compiler.Trigger(
                name="says_what_it_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL AND (EXISTS (SELECT FROM commons_enterprise x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_governance x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_passing x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_acceptance x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_stewardship x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_discharge x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_need x WHERE x.proposal_id = NEW.id) OR EXISTS (SELECT FROM commons_surplus x WHERE x.proposal_id = NEW.id)) THEN\nIF NOT is_free_question(NEW.id, NEW.assembly_id) THEN RAISE EXCEPTION 'A question decides one thing.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF EXISTS (SELECT FROM commons_enterprise e WHERE e.proposal_id = NEW.id AND (strpos(NEW.text, e.name) = 0 OR strpos(NEW.text, e.purpose) = 0 OR NOT EXISTS (SELECT FROM commons_governance g WHERE g.proposal_id = NEW.id))) OR EXISTS (SELECT FROM commons_governance g JOIN assemblies_policy p ON p.id = g.policy_id JOIN commons_enterprise e ON e.id = g.enterprise_id WHERE g.proposal_id = NEW.id AND (strpos(NEW.text, p.title) = 0 OR strpos(NEW.text, e.name) = 0)) THEN RAISE EXCEPTION 'The question names the enterprise, what it is for, and the policies that govern it.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF EXISTS (SELECT FROM commons_passing x JOIN commons_enterprise e ON e.id = x.enterprise_id LEFT JOIN assemblies_assembly a ON a.id = x.to_id WHERE x.proposal_id = NEW.id AND (strpos(NEW.text, e.name) = 0 OR strpos(NEW.text, coalesce(a.name, '')) = 0)) OR EXISTS (SELECT FROM commons_acceptance y JOIN commons_passing x ON x.id = y.passing_id JOIN commons_enterprise e ON e.id = x.enterprise_id WHERE y.proposal_id = NEW.id AND strpos(NEW.text, e.name) = 0) THEN RAISE EXCEPTION 'The question names the enterprise and who is to have it.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF EXISTS (SELECT FROM commons_stewardship s JOIN commons_enterprise e ON e.id = s.enterprise_id JOIN assemblies_citizen c ON c.id = s.citizen_id WHERE (s.proposal_id = NEW.id OR s.id = (SELECT d.stewardship_id FROM commons_discharge d WHERE d.proposal_id = NEW.id)) AND (strpos(NEW.text, e.name) = 0 OR strpos(NEW.text, c.name) = 0)) OR EXISTS (SELECT FROM commons_remit r JOIN commons_good g ON g.id = r.good_id JOIN commons_stewardship s ON s.id = r.stewardship_id WHERE s.proposal_id = NEW.id AND strpos(NEW.text, g.name) = 0) THEN RAISE EXCEPTION 'The question names the enterprise, its steward, and the goods they may speak for.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF EXISTS (SELECT FROM (SELECT proposal_id, good_id, quantity, essential, reason FROM commons_need UNION ALL SELECT proposal_id, good_id, quantity, 0, '' FROM commons_surplus) x JOIN commons_good g ON g.id = x.good_id WHERE x.proposal_id = NEW.id AND (strpos(NEW.text, g.name) = 0 OR strpos(NEW.text, trim_scale(x.quantity) || ' ' || g.unit) = 0 OR x.essential > 0 AND strpos(NEW.text, trim_scale(x.essential) || ' ' || g.unit) = 0 OR strpos(NEW.text, x.reason) = 0)) THEN RAISE EXCEPTION 'The question names the good, how much, how much of it is essential, and why.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="48b4a62baed77d79deb469dd38a163129d2656e6",
                    operation="UPDATE",
                    pgid="pgtrigger_says_what_it_moves_b2030",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="delivery_quantity"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was sent stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="3df3fd79ebd1b7fa54d887c6e71ebebb3714c2b4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_dbdfe",
                    table="commons_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was sent stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="f0fec607a419089a302b52cb554c9e2c05e5e474",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_7520a",
                    table="commons_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE a commons_allotment%ROWTYPE; p commons_plan%ROWTYPE; mandate bigint; delegate bigint; giver bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT a FROM commons_allotment WHERE id = NEW.allotment_id;\nSELECT * INTO STRICT p FROM commons_plan WHERE id = a.plan_id;\nPERFORM pg_advisory_xact_lock(60, (p.good_id)::int);\nSELECT m.id, m.delegate_id, m.assembly_id INTO STRICT mandate, delegate, giver FROM mandates_mandate m JOIN mandates_clause c ON c.mandate_id = m.id JOIN councils_attachment x ON x.clause_id = c.id WHERE x.id = a.attachment_id;\nNEW.sent_at := settled(mandate);\nNEW.code := replace(gen_random_uuid()::text, '-', '');\nIF NOT allotment_counts(a.id, NEW.sent_at) THEN RAISE EXCEPTION 'This allotment no longer counts: its mandate or policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF p.goes_ahead_at > NEW.sent_at THEN RAISE EXCEPTION 'A plan goes ahead after assemblies have had time to look at it.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF NEW.by_id <> delegate AND NOT EXISTS (SELECT FROM commons_stewardship s WHERE s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.sent_at) AND enterprise_holder(s.enterprise_id, NEW.sent_at) = giver AND (EXISTS (SELECT FROM commons_remit r WHERE r.stewardship_id = s.id AND r.good_id = p.good_id) OR EXISTS (SELECT FROM commons_harvest h WHERE h.enterprise_id = s.enterprise_id AND h.good_id = p.good_id))) THEN RAISE EXCEPTION 'A load is sent by the delegate whose clause it is, or by a steward of the giver.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.quantity > a.quantity - allotment_sent(a.id) THEN RAISE EXCEPTION 'No more is sent than was allotted.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_whole(p.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="6f90d35a3096c084122c3a401911e955f17fcca9",
                    operation="INSERT",
                    pgid="pgtrigger_sent_6def7",
                    table="commons_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="carriage",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="carriage_quantity"),
        ),
        migrations.AddConstraint(
            model_name="carriage",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition__in", ["good", "part", "spoilt"])), name="carriage_condition"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carriage",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said of a load stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="115fe68b23c97f830eb022c0c3a69d72ca1f87c6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_ee1fb",
                    table="commons_carriage",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carriage",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said of a load stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="3ff0fe302d668e177ec860f976f53bc4df083e30",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_3337f",
                    table="commons_carriage",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carriage",
            trigger=pgtrigger.compiler.Trigger(
                name="said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE d commons_delivery%ROWTYPE; good bigint; giver bigint; receiver bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT d FROM commons_delivery WHERE id = NEW.delivery_id;\nSELECT p.good_id, s.assembly_id, n.assembly_id INTO STRICT good, giver, receiver FROM commons_allotment a JOIN commons_plan p ON p.id = a.plan_id JOIN commons_surplus s ON s.id = a.surplus_id JOIN commons_need n ON n.id = a.need_id WHERE a.id = d.allotment_id;\nPERFORM pg_advisory_xact_lock(60, (good)::int);\nNEW.said_at := civic_now();\nIF NEW.by_id IS DISTINCT FROM d.driver_id AND (d.driver_id IS NOT NULL OR NOT is_citizen(NEW.by_id, giver, NEW.said_at) AND NOT is_citizen(NEW.by_id, receiver, NEW.said_at)) THEN RAISE EXCEPTION 'The driver named on the load takes it on; without one, a citizen of either end.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF EXISTS (SELECT FROM commons_carriage x WHERE x.delivery_id = d.id) THEN RAISE EXCEPTION 'This has been said of the load already.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF NEW.quantity > d.quantity THEN RAISE EXCEPTION 'No more arrives than was sent.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_whole(good, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="cba6474023bbc3069d0f5e7f844c00d43d60545e",
                    operation="INSERT",
                    pgid="pgtrigger_said_78e70",
                    table="commons_carriage",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("purpose", ""), _negated=True)),
                name="enterprise_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["farm", "orchard", "mill", "workshop", "clinic", "kitchen", "store", "works", "other"],
                    )
                ),
                name="enterprise_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An enterprise is moved, closed and governed by decisions of its assembly alone.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="ffa86787d7bb88656e0f280191f93ba2e7ae8b06",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_db95c",
                    table="commons_enterprise",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'An enterprise is moved, closed and governed by decisions of its assembly alone.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="4857840ceaa79a01900d26487e05688933efbcb7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_05841",
                    table="commons_enterprise",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="founded",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NOT is_free_matter(NEW.proposal_id, NEW.assembly_id) THEN RAISE EXCEPTION 'An enterprise belongs to an assembly by a decision of that assembly.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="e8a23370b094186cd5001e0f86f06057a4fd6fd2",
                    operation="INSERT",
                    pgid="pgtrigger_founded_fbaa1",
                    table="commons_enterprise",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="good",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                name="good_named_once",
                violation_error_code="article-14",
                violation_error_message="There is a good of this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="good",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="good_has_a_name"),
        ),
        migrations.AddConstraint(
            model_name="good",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "produce"), ("unit__in", ("kg", "t", "l", "m3", "piece"))),
                    models.Q(("kind", "tool_time"), ("unit__in", ("h",))),
                    models.Q(("kind", "labour"), ("unit__in", ("day",))),
                    models.Q(("kind", "transport"), ("unit__in", ("tkm",))),
                    models.Q(("kind", "room"), ("unit__in", ("place",))),
                    _connector="OR",
                ),
                name="good_unit_of_its_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="good",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A good keeps its name and its unit: what was counted in it would mean something else.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="71ffe967e941855c0b5ef3d05b789e3abe61dc9f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_98313",
                    table="commons_good",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="good",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A good keeps its name and its unit: what was counted in it would mean something else.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="2a9c5f635ca6ca09af55d7e5f9d11d09fbb48385",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_c07e9",
                    table="commons_good",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="good",
            trigger=pgtrigger.compiler.Trigger(
                name="named",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.named_at := civic_now();\nIF NOT EXISTS (SELECT FROM assemblies_citizenship c WHERE c.citizen_id = NEW.named_by_id AND c.valid_from <= NEW.named_at AND (c.valid_until IS NULL OR c.valid_until > NEW.named_at)) THEN RAISE EXCEPTION 'Only citizens of an assembly name goods.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="e1fa7836a2d0eb68b3cd52b244398e085ec8799e",
                    operation="INSERT",
                    pgid="pgtrigger_named_40d22",
                    table="commons_good",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="governance",
            constraint=models.UniqueConstraint(
                fields=("proposal", "policy"),
                name="governance_once",
                violation_error_code="article-14",
                violation_error_message="A question names each policy once.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="governance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Which policies govern an enterprise is decided by its assembly, and stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="474e14d4ef81bde91a8c7538ee6cef7c0e456227",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_cdecc",
                    table="commons_governance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="governance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Which policies govern an enterprise is decided by its assembly, and stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="2e42491fae3d16a1887096c7b3ca8b96bff66cf7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_bb12e",
                    table="commons_governance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="governance",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE e commons_enterprise%ROWTYPE; place bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nSELECT * INTO STRICT e FROM commons_enterprise WHERE id = NEW.enterprise_id;\nplace := coalesce(enterprise_holder(e.id, civic_now()), e.assembly_id);\nIF NOT is_fresh_question(NEW.proposal_id, place) OR e.proposal_id <> NEW.proposal_id AND NOT is_free_matter(NEW.proposal_id, place) THEN RAISE EXCEPTION 'Which policies govern an enterprise is decided by the assembly whose it is.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF NOT policy_in_force(NEW.policy_id, civic_now()) OR NOT EXISTS (SELECT FROM assemblies_policy p WHERE p.id = NEW.policy_id AND p.assembly_id = place) THEN RAISE EXCEPTION 'An enterprise is governed by policies in force of its own assembly.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="870cbb95b4ce76756f4cfbdb35fd6363a251f445",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_c421c",
                    table="commons_governance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="harvest",
            index=models.Index(fields=["good", "day"], name="commons_har_good_id_233bcd_idx"),
        ),
        migrations.AddConstraint(
            model_name="harvest",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="harvest_quantity"),
        ),
        migrations.AddConstraint(
            model_name="harvest",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", ["made", "used"])), name="harvest_kind"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="harvest",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was reported is never rewritten: report it again as a correction.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="d64c184ff19f3200af91c4097f8834250ee4c191",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_58a8d",
                    table="commons_harvest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="harvest",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was reported is never rewritten: report it again as a correction.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="91982d375e0e2e5c84c12c052775d272a6194b00",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_2973c",
                    table="commons_harvest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="harvest",
            trigger=pgtrigger.compiler.Trigger(
                name="reported",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(60, (NEW.good_id)::int);\nNEW.reported_at := settled_in(enterprise_holder(NEW.enterprise_id, civic_now()));\nIF EXISTS (SELECT FROM commons_harvest h WHERE h.corrects_id = NEW.corrects_id) THEN RAISE EXCEPTION 'This report has been corrected already: correct the correction.' USING ERRCODE = 'CFC14', HINT = 'article 14'; END IF;\nIF NOT EXISTS (SELECT FROM commons_stewardship s WHERE s.enterprise_id = NEW.enterprise_id AND s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.reported_at)) THEN RAISE EXCEPTION 'What an enterprise makes is reported by a steward in force.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT FROM commons_harvest h WHERE h.id = NEW.corrects_id AND (h.enterprise_id, h.good_id, h.kind) = (NEW.enterprise_id, NEW.good_id, NEW.kind)) THEN RAISE EXCEPTION 'A correction is about the same good of the same enterprise.' USING ERRCODE = 'CFU14', HINT = 'article 14'; END IF;\nIF NEW.day > (later(NEW.reported_at, interval '1 day') AT TIME ZONE 'UTC')::date THEN RAISE EXCEPTION 'What is reported has been made or used.' USING ERRCODE = 'CFU14', HINT = 'article 14'; END IF;\nIF NOT is_whole(NEW.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="f5bcd91eef3e306585c6e99011dd4a4d2b5d4de1",
                    operation="INSERT",
                    pgid="pgtrigger_reported_21a77",
                    table="commons_harvest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="passing",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What became of an enterprise stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="f891d75af6d63a2358e65ceb45568552e0b489b4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_d1d37",
                    table="commons_passing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="passing",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What became of an enterprise stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="e948ad677fb58d46d8a6e991f942ecf35a662eb2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_cda01",
                    table="commons_passing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="passing",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE place bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nplace := enterprise_holder(NEW.enterprise_id, civic_now());\nIF place IS NULL OR NOT is_free_matter(NEW.proposal_id, place) THEN RAISE EXCEPTION 'An enterprise is handed over or closed by a decision of the assembly whose it is.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="08f96496dbf51c9e488ed199c0b60dc2c838b6a5",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_ea5cc",
                    table="commons_passing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="acceptance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What became of an enterprise stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="2c79b696b37597beb7676fc86aa1c6a1df6b25a2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_3f465",
                    table="commons_acceptance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="acceptance",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What became of an enterprise stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="aba8794821190c6a1d04bf0181a1036406a2e85a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_a38c9",
                    table="commons_acceptance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="acceptance",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NOT coalesce(is_free_matter(NEW.proposal_id, (SELECT p.to_id FROM commons_passing p WHERE p.id = NEW.passing_id)), false) THEN RAISE EXCEPTION 'An assembly takes over an enterprise by its own decision.' USING ERRCODE = 'CFF12', HINT = 'article 12'; END IF;\nPERFORM pg_advisory_xact_lock(62, (NEW.passing_id)::int);\nIF EXISTS (SELECT FROM commons_acceptance a WHERE a.passing_id = NEW.passing_id) THEN RAISE EXCEPTION 'That question is before the assembly already.' USING ERRCODE = 'CFC14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="d7911687c07bb9e3e41ab441ed4cd1e32154d264",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_bc2fb",
                    table="commons_acceptance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(condition=models.Q(("ends__gt", models.F("begins"))), name="plan_time"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                    models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                    _connector="OR",
                ),
                name="plan_cancelled_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A plan stays on record as it was worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="2e77255b872441997bc02ac3984c8fcc36c4c722",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_d29b3",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A plan stays on record as it was worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="1bd10ed33a31bf7bb53d71ef90144e539d4d8a99",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_b2223",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE t councils_task%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT t FROM councils_task WHERE id = NEW.task_id;\nNEW.asked_at := civic_now();\nIF t.power <> 'distribute' THEN RAISE EXCEPTION 'A plan is worked out under a task to distribute.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = t.id AND m.delegate_id = NEW.by_id AND clause_in_force(c.id, settled(m.id))) THEN RAISE EXCEPTION 'Only a delegate whose clause in force carries this task asks for a plan.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NEW.finished_at IS NOT NULL OR NEW.cancelled_at IS NOT NULL OR NEW.failed_at IS NOT NULL THEN RAISE EXCEPTION 'A plan is asked for before it is worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="bf3c85141e598cb5a9379abb018047cf0a008b28",
                    operation="INSERT",
                    pgid="pgtrigger_asked_9c82f",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="worked_out",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.task_id IS DISTINCT FROM OLD.task_id OR NEW.good_id IS DISTINCT FROM OLD.good_id OR NEW.begins IS DISTINCT FROM OLD.begins OR NEW.ends IS DISTINCT FROM OLD.ends OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.asked_at IS DISTINCT FROM OLD.asked_at THEN RAISE EXCEPTION 'A plan is worked out as it was asked for.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF (OLD.finished_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL) AND (NEW.finished_at, NEW.goes_ahead_at, NEW.failed_at, NEW.findings, NEW.step, NEW.steps) IS DISTINCT FROM (OLD.finished_at, OLD.goes_ahead_at, OLD.failed_at, OLD.findings, OLD.step, OLD.steps) THEN RAISE EXCEPTION 'What was worked out stays as it is: ask for another plan.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL THEN NEW.finished_at := civic_now();\nNEW.goes_ahead_at := later(NEW.finished_at, interval '3 days'); END IF;\nIF NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at THEN\nIF OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL OR OLD.goes_ahead_at <= civic_now() THEN RAISE EXCEPTION 'This plan has gone ahead or ended: each assembly can still halt its own part.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nNEW.cancelled_at := civic_now();\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = NEW.task_id AND m.delegate_id = NEW.cancelled_by_id AND clause_in_force(c.id, settled(m.id))) THEN RAISE EXCEPTION 'Only a delegate whose clause in force carries this task cancels its plans.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="2fd78c505049a50b24e3abe2576bd0c34a0dae7d",
                    operation="UPDATE",
                    pgid="pgtrigger_worked_out_407f5",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="receipt_quantity"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition__in", ["good", "part", "spoilt"])), name="receipt_condition"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said of a load stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="cc4f318ddf519eb825ce3b2abb11d0fe96facab1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_56036",
                    table="commons_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was said of a load stays as it was said.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="352fddf2a6f0e217aabc35c647e60b78ba25f208",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_a45e2",
                    table="commons_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE d commons_delivery%ROWTYPE; good bigint; giver bigint; receiver bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT d FROM commons_delivery WHERE id = NEW.delivery_id;\nSELECT p.good_id, s.assembly_id, n.assembly_id INTO STRICT good, giver, receiver FROM commons_allotment a JOIN commons_plan p ON p.id = a.plan_id JOIN commons_surplus s ON s.id = a.surplus_id JOIN commons_need n ON n.id = a.need_id WHERE a.id = d.allotment_id;\nPERFORM pg_advisory_xact_lock(60, (good)::int);\nNEW.said_at := civic_now();\nIF NOT is_citizen(NEW.by_id, receiver, NEW.said_at) THEN RAISE EXCEPTION 'What arrived is said by a citizen of the assembly it was sent to.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF EXISTS (SELECT FROM commons_receipt x WHERE x.delivery_id = d.id) THEN RAISE EXCEPTION 'This has been said of the load already.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF NEW.quantity > d.quantity THEN RAISE EXCEPTION 'No more arrives than was sent.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_whole(good, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="0b64b909ecd1295e8d3836bdf8d358a1b983a0a3",
                    operation="INSERT",
                    pgid="pgtrigger_said_68bcd",
                    table="commons_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementimport",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A file that was brought in stays on file.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="170635f05ebfac21a1b0de5191835b0208a9fde0",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_fbe5b",
                    table="commons_statementimport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementimport",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A file that was brought in stays on file.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="3dded9d885f2e8ca7a0bfb5d3b3b9e9471efcf28",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_43b8f",
                    table="commons_statementimport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementimport",
            trigger=pgtrigger.compiler.Trigger(
                name="as_looked_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.uploaded_at IS DISTINCT FROM OLD.uploaded_at THEN RAISE EXCEPTION 'What is said is what was looked at.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF OLD.entered_at IS NOT NULL OR (SELECT jsonb_agg(line - 'verdict' - 'why') FROM jsonb_array_elements(NEW.report) line) IS DISTINCT FROM (SELECT jsonb_agg(line - 'verdict' - 'why') FROM jsonb_array_elements(OLD.report) line) THEN RAISE EXCEPTION 'What is said is what was looked at.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="5c1b2c702096ea563a47fdd01330c23b3eaf7699",
                    operation="UPDATE",
                    pgid="pgtrigger_as_looked_at_f5725",
                    table="commons_statementimport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stewardship",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A steward is appointed and discharged by decision, and it stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="1d4553366d228ab940c98ee16a355f16b8506ab4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_b577f",
                    table="commons_stewardship",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stewardship",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A steward is appointed and discharged by decision, and it stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="c62b4c832e4a5d0b907f49223d0f7b899c4de352",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_f7a08",
                    table="commons_stewardship",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stewardship",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE place bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nplace := enterprise_holder(NEW.enterprise_id, civic_now());\nIF place IS NULL OR NOT is_free_matter(NEW.proposal_id, place) THEN RAISE EXCEPTION 'A steward is appointed by a decision of the assembly whose enterprise it is.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF NOT is_citizen(NEW.citizen_id, place, civic_now()) THEN RAISE EXCEPTION 'A steward is a citizen of the assembly whose enterprise it is.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF NEW.valid_until > later(civic_now(), interval '1461 days') THEN RAISE EXCEPTION 'A stewardship lasts four years at most: then the assembly decides again.' USING ERRCODE = 'CFU16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="175f7d2db905a67bd6ece7a57251fd828fca390a",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_7b8f3",
                    table="commons_stewardship",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="remit",
            constraint=models.UniqueConstraint(
                fields=("stewardship", "good"),
                name="remit_once",
                violation_error_code="article-14",
                violation_error_message="A remit names each good once.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remit",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What a steward may say for the assembly is decided with the appointment.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="4f52d2e7b6cd069182cce03e4d74e68fda7c7b67",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_358b9",
                    table="commons_remit",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remit",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What a steward may say for the assembly is decided with the appointment.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="1064ed18ddda5de8d70587da4bf862c8a8ee545e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_1314a",
                    table="commons_remit",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remit",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE p assemblies_proposal%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT p FROM assemblies_proposal WHERE id = (SELECT s.proposal_id FROM commons_stewardship s WHERE s.id = NEW.stewardship_id);\nPERFORM FROM assemblies_proposal WHERE id = p.id FOR NO KEY UPDATE;\nIF NOT is_fresh_question(p.id, p.assembly_id) THEN RAISE EXCEPTION 'What a steward may say for the assembly is decided with the appointment.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="3957cd07a4c0d46ba2ba8bf7c97d832d69353229",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_6da61",
                    table="commons_remit",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["good", "assembly"], name="commons_nee_good_id_8a082e_idx"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(condition=models.Q(("ends__gt", models.F("begins"))), name="need_time"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("essential__gte", 0), ("essential__lte", models.F("quantity"))),
                name="need_essential_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("essential", 0), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="need_essential_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", True), ("proposal__isnull", False), ("stewardship__isnull", True)),
                    models.Q(("by__isnull", False), ("proposal__isnull", True), ("stewardship__isnull", False)),
                    _connector="OR",
                ),
                name="need_one_way",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="need",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was needed stays as it was said: say it anew.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="f5206e21ffc9f26106e1d3c701774638a4bd4795",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_d0398",
                    table="commons_need",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="need",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was needed stays as it was said: say it anew.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="faa2f03fcfb8fe7c007b15514aa4a8514b1f913e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_53e8e",
                    table="commons_need",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="need",
            trigger=pgtrigger.compiler.Trigger(
                name="said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(60, (NEW.good_id)::int);\nNEW.stated_at := settled_in(NEW.assembly_id);\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NEW.proposal_id IS NOT NULL AND NOT is_free_matter(NEW.proposal_id, NEW.assembly_id) THEN RAISE EXCEPTION 'An assembly says what it needs and can give by its own decision.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.proposal_id IS NULL AND NOT EXISTS (SELECT FROM commons_stewardship s JOIN commons_remit r ON r.stewardship_id = s.id AND r.good_id = NEW.good_id WHERE s.id = NEW.stewardship_id AND s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.stated_at) AND enterprise_holder(s.enterprise_id, NEW.stated_at) = NEW.assembly_id) THEN RAISE EXCEPTION 'Only a steward whom the assembly has empowered for this good speaks for it.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.proposal_id IS NULL AND EXISTS (SELECT FROM commons_need x WHERE x.assembly_id = NEW.assembly_id AND x.good_id = NEW.good_id AND x.proposal_id IS NOT NULL AND x.begins < NEW.ends AND NEW.begins < x.ends AND carried(x.proposal_id, NEW.stated_at)) THEN RAISE EXCEPTION 'What the assembly itself has decided is changed by the assembly alone.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NOT is_whole(NEW.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="2e8aa47089f0884e14396ffb93cef2aba654eb09",
                    operation="INSERT",
                    pgid="pgtrigger_said_30b64",
                    table="commons_need",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="need",
            trigger=pgtrigger.compiler.Trigger(
                name="essential",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NOT is_whole(NEW.good_id, NEW.essential) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="055a7b36e4dd912c7c8635c245b878c59e928905",
                    operation="INSERT",
                    pgid="pgtrigger_essential_1c347",
                    table="commons_need",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="discharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("proposal__isnull", True)),
                    models.Q(("by__isnull", True), ("proposal__isnull", False)),
                    _connector="OR",
                ),
                name="discharge_one_way",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discharge",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A steward is appointed and discharged by decision, and it stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="725f901e8025e3a880b32cb73b95bf455d3eaea6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_05f53",
                    table="commons_discharge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discharge",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A steward is appointed and discharged by decision, and it stays on record.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF; RETURN NULL;",
                    hash="b1f2a35b296b3d538fd5f6181036333439410104",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_54a6c",
                    table="commons_discharge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="discharge",
            trigger=pgtrigger.compiler.Trigger(
                name="drafted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE s commons_stewardship%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT s FROM commons_stewardship WHERE id = NEW.stewardship_id;\nNEW.laid_down_at := CASE WHEN NEW.proposal_id IS NULL THEN civic_now() END;\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NEW.proposal_id IS NOT NULL AND NOT is_free_matter(NEW.proposal_id, (SELECT p.assembly_id FROM assemblies_proposal p WHERE p.id = s.proposal_id)) THEN RAISE EXCEPTION 'A steward is discharged by a decision of the assembly that appointed them.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nIF NEW.proposal_id IS NULL AND (NEW.by_id IS DISTINCT FROM s.citizen_id OR NOT stewardship_in_force(s.id, civic_now())) THEN RAISE EXCEPTION 'Only the steward lays a stewardship down, while it is in force.' USING ERRCODE = 'CFF14', HINT = 'article 14'; END IF;\nRETURN NEW;",
                    hash="246373460de2c005f7ade6c7d276bfda2472b730",
                    operation="INSERT",
                    pgid="pgtrigger_drafted_d6b36",
                    table="commons_discharge",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="surplus",
            index=models.Index(fields=["good", "assembly"], name="commons_sur_good_id_aee29f_idx"),
        ),
        migrations.AddConstraint(
            model_name="surplus",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("begins"))), name="surplus_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="surplus",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="surplus_quantity"),
        ),
        migrations.AddConstraint(
            model_name="surplus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", True), ("proposal__isnull", False), ("stewardship__isnull", True)),
                    models.Q(("by__isnull", False), ("proposal__isnull", True), ("stewardship__isnull", False)),
                    _connector="OR",
                ),
                name="surplus_one_way",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surplus",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What could be given stays as it was said: say it anew.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="870996aba3eccdf3038abee8dfe7c9fb7dcd76e2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_bb9d8",
                    table="commons_surplus",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surplus",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What could be given stays as it was said: say it anew.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="5cb8a3b8b0bae839a220a58114c68258e666c4a8",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_53f8d",
                    table="commons_surplus",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surplus",
            trigger=pgtrigger.compiler.Trigger(
                name="said",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(60, (NEW.good_id)::int);\nNEW.stated_at := settled_in(NEW.assembly_id);\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nIF NEW.proposal_id IS NOT NULL AND NOT is_free_matter(NEW.proposal_id, NEW.assembly_id) THEN RAISE EXCEPTION 'An assembly says what it needs and can give by its own decision.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.proposal_id IS NULL AND NOT EXISTS (SELECT FROM commons_stewardship s JOIN commons_remit r ON r.stewardship_id = s.id AND r.good_id = NEW.good_id WHERE s.id = NEW.stewardship_id AND s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.stated_at) AND enterprise_holder(s.enterprise_id, NEW.stated_at) = NEW.assembly_id) THEN RAISE EXCEPTION 'Only a steward whom the assembly has empowered for this good speaks for it.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.proposal_id IS NULL AND EXISTS (SELECT FROM commons_surplus x WHERE x.assembly_id = NEW.assembly_id AND x.good_id = NEW.good_id AND x.proposal_id IS NOT NULL AND x.begins < NEW.ends AND NEW.begins < x.ends AND carried(x.proposal_id, NEW.stated_at)) THEN RAISE EXCEPTION 'What the assembly itself has decided is changed by the assembly alone.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NOT is_whole(NEW.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="7bceeefff702553ac210e2897907aa3f9d04b4ae",
                    operation="INSERT",
                    pgid="pgtrigger_said_8b5f1",
                    table="commons_surplus",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="allotment",
            constraint=models.UniqueConstraint(fields=("plan", "attachment", "surplus", "need"), name="allotment_once"),
        ),
        migrations.AddConstraint(
            model_name="allotment",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="allotment_quantity"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was allotted stays on record: a mandate that ends takes its part with it.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="1549b6e3a9a34a042e1ea10d9b191397deab7cea",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_29f0c",
                    table="commons_allotment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'What was allotted stays on record: a mandate that ends takes its part with it.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF; RETURN NULL;",
                    hash="5a5604f6f314c90a2ad8d45ae16fce2b36ffe755",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_36725",
                    table="commons_allotment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="allotted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE p commons_plan%ROWTYPE; a councils_attachment%ROWTYPE; m mandates_mandate%ROWTYPE; s commons_surplus%ROWTYPE; n commons_need%ROWTYPE; moment timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT p FROM commons_plan WHERE id = NEW.plan_id;\nPERFORM pg_advisory_xact_lock(60, (p.good_id)::int);\nSELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;\nPERFORM pg_advisory_xact_lock_shared(3, ((SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id))::int);\nPERFORM pg_advisory_xact_lock(4, (a.clause_id)::int);\nSELECT * INTO STRICT s FROM commons_surplus WHERE id = NEW.surplus_id;\nSELECT * INTO STRICT n FROM commons_need WHERE id = NEW.need_id;\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = (SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id);\nmoment := settled(m.id);\nIF p.finished_at IS NOT NULL OR p.cancelled_at IS NOT NULL OR p.failed_at IS NOT NULL THEN RAISE EXCEPTION 'A plan is not added to once it is worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF a.task_id <> p.task_id THEN RAISE EXCEPTION 'A plan gives through clauses that carry its own task.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT clause_in_force(a.clause_id, moment) THEN RAISE EXCEPTION 'This clause is not in force: its mandate or its policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF NOT clause_names(a.clause_id, p.good_id) THEN RAISE EXCEPTION 'A clause lets go only what its instruction names.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF s.assembly_id <> m.assembly_id THEN RAISE EXCEPTION 'An assembly gives through its own clause, and through nobody else''s.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF s.good_id <> p.good_id OR n.good_id <> p.good_id OR s.assembly_id = n.assembly_id THEN RAISE EXCEPTION 'A plan takes one good from one assembly to another.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_member(n.assembly_id, (SELECT t.council_id FROM councils_task t WHERE t.id = p.task_id), moment) THEN RAISE EXCEPTION 'A council''s plan reaches the assemblies of its own confederation.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT surplus_stands(s.id, p.asked_at) OR NOT need_stands(n.id, p.asked_at) OR s.begins < p.begins OR s.ends > p.ends OR n.begins < p.begins OR n.ends > p.ends THEN RAISE EXCEPTION 'A plan goes by what had been said of its time when it was asked for.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NOT is_whole(p.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NEW.quantity > coalesce(clause_room(a.clause_id, p.good_id, moment), NEW.quantity) THEN RAISE EXCEPTION 'The limit of this clause does not cover so much.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NEW.quantity > surplus_left(s.id, p.asked_at, moment) THEN RAISE EXCEPTION 'An assembly''s own essential need, and what it has promised elsewhere, come first on what it has.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NEW.quantity > need_open(n.id, p.asked_at, moment) THEN RAISE EXCEPTION 'Nobody is given more than they need.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="f2fa57bcfbb43eebeb37446e1e6f68aebda4561f",
                    operation="INSERT",
                    pgid="pgtrigger_allotted_c1b48",
                    table="commons_allotment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="whole",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="IF EXISTS (SELECT FROM commons_plan p WHERE p.id = NEW.plan_id AND p.finished_at IS NULL) THEN RAISE EXCEPTION 'A plan is written down whole, or not at all.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nRETURN NULL;",
                    hash="c92d47cc96944618586fb588145f81419eeae1d3",
                    operation="INSERT",
                    pgid="pgtrigger_whole_f13e3",
                    table="commons_allotment",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="yardstick",
            constraint=models.CheckConstraint(
                condition=models.Q(("leaning_per_mille__gte", 1), ("leaning_per_mille__lte", 1000)),
                name="yardstick_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="yardstick",
            constraint=models.CheckConstraint(condition=models.Q(("quiet_days__gte", 1)), name="yardstick_days"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="yardstick",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Assemblies joined under these measures: they stay.' USING ERRCODE = 'CFF15', HINT = 'article 15'; END IF; RETURN NULL;",
                    hash="0f42d25080cee6113790cffe408f36ac1c81e195",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_4f487",
                    table="commons_yardstick",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="yardstick",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'Assemblies joined under these measures: they stay.' USING ERRCODE = 'CFF15', HINT = 'article 15'; END IF; RETURN NULL;",
                    hash="7fa277a2c589dd9bc7bd7af37658798b946f34d3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_1fd2e",
                    table="commons_yardstick",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="yardstick",
            trigger=pgtrigger.compiler.Trigger(
                name="before_anyone_joined",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(63, (NEW.confederation_id)::int);\nNEW.set_at := civic_now();\nIF EXISTS (SELECT FROM commons_yardstick y WHERE y.confederation_id = NEW.confederation_id) THEN RAISE EXCEPTION 'The measures of this confederation have been written already.' USING ERRCODE = 'CFC15', HINT = 'article 15'; END IF;\nIF NOT EXISTS (SELECT FROM mandates_confederation c WHERE c.id = NEW.confederation_id AND c.drafted_by_id = NEW.by_id) OR EXISTS (SELECT FROM mandates_accession a WHERE a.confederation_id = NEW.confederation_id) THEN RAISE EXCEPTION 'Who drafted the confederation writes its measures, before anyone has joined.' USING ERRCODE = 'CFF15', HINT = 'article 15'; END IF;\nRETURN NEW;",
                    hash="f965d35e0818a47e479670a04ca871366cd02c51",
                    operation="INSERT",
                    pgid="pgtrigger_before_anyone_joined_2a8fd",
                    table="commons_yardstick",
                    when="BEFORE",
                ),
            ),
        ),
    ]
