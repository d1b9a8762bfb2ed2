"""The lot over the record's checkpoint: who stands ready, drawings, and questions without an author."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

RULES = r"""
CREATE FUNCTION office_seats(which text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE which WHEN 'facilitator' THEN 2 WHEN 'registrar' THEN 1 WHEN 'teller' THEN 2 WHEN 'minute-taker' THEN 1
        ELSE 0 END
$$;

-- Who fills the vacant seats of an office: those who stand ready, by how long ago they last served, and after them the
-- rest of the roll likewise. `sure` find room without a lot; `pool` are the equals among whom it decides.
CREATE FUNCTION office_pool(place bigint, which text, most int, at timestamptz,
    OUT seats int, OUT sure bigint[], OUT pool bigint[], OUT by_all boolean) LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT o.citizen_id FROM assemblies_office o WHERE o.assembly_id = place AND o.kind = which
            AND o.valid_from <= at AND o.valid_until > at AND is_citizen(o.citizen_id, place, at)
    ), free AS (
        SELECT c.citizen_id AS who,
            EXISTS (SELECT FROM assemblies_willingness w WHERE w.assembly_id = place AND w.kind = which
                AND w.citizen_id = c.citizen_id AND w.declared_at <= at
                AND (w.withdrawn_at IS NULL OR w.withdrawn_at > at)) AS willing,
            (SELECT max(o.valid_until) FROM assemblies_office o WHERE o.assembly_id = place AND o.kind = which
                AND o.citizen_id = c.citizen_id) AS served
        FROM assemblies_citizenship c WHERE c.assembly_id = place AND c.valid_from <= at
            AND (c.valid_until IS NULL OR c.valid_until > at) AND c.citizen_id NOT IN (SELECT citizen_id FROM held)
    ), ranked AS (
        SELECT who, willing, rank() OVER rows AS first, count(*) OVER rows AS last FROM free
        WINDOW rows AS (ORDER BY willing DESC, served NULLS FIRST)
    ), vacant AS (
        SELECT least(greatest(most - (SELECT count(*) FROM held), 0), (SELECT count(*) FROM free))::int AS n
    )
    SELECT v.n,
        coalesce((SELECT array_agg(r.who ORDER BY r.first, r.who) FROM ranked r WHERE r.last <= v.n), '{}'),
        coalesce((SELECT array_agg(r.who ORDER BY r.who) FROM ranked r WHERE r.first <= v.n AND r.last > v.n), '{}'),
        coalesce((SELECT bool_or(NOT r.willing) FROM ranked r WHERE r.first <= v.n), false)
    FROM vacant v
$$;

-- The selection of RFC 3797, section 4: places from 0, in the order drawn. `assemblies/counting/lot.py`, letter for
-- letter.
CREATE FUNCTION rfc3797(key text, pool int, picks int) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    remaining int[] := ARRAY(SELECT generate_series(0, pool - 1));
    drawn int[] := '{}';
    edge bytea;
    digest text;
    number numeric;
    place int;
BEGIN
    FOR i IN 0 .. picks - 1 LOOP
        edge := decode(lpad(to_hex(i), 4, '0'), 'hex');
        digest := md5(edge || convert_to(key, 'UTF8') || edge);
        number := 0;
        FOR part IN 0 .. 3 LOOP
            number := number * 4294967296 + ('x' || lpad(substr(digest, 8 * part + 1, 8), 16, '0'))::bit(64)::bigint;
        END LOOP;
        place := mod(number, cardinality(remaining))::int + 1;
        drawn := drawn || remaining[place];
        remaining := remaining[:place - 1] || remaining[place + 1:];
    END LOOP;
    RETURN drawn;
END $$;

-- The key of RFC 3797 from 32 bytes: one source of one whole number.
CREATE FUNCTION rfc3797_key(root bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    number numeric := 0;
BEGIN
    FOR i IN 0 .. length(root) - 1 LOOP
        number := number * 256 + get_byte(root, i);
    END LOOP;
    RETURN number::text || './';
END $$;

-- The seed of a drawing: the root of the first checkpoint of the assembly's record that holds its announcement.
CREATE FUNCTION drawing_root(which bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT c.root FROM assemblies_checkpoint c
    JOIN assemblies_drawing d ON d.id = which
    JOIN assemblies_assembly a ON a.id = d.assembly_id AND a.log_id = c.log_id
    WHERE c.size > (SELECT l.index FROM assemblies_entry e JOIN assemblies_leaf l ON l.entry_id = e.id
        WHERE e.kind = 'drawing.announced' AND e.subject = 'drawing/' || d.id AND e.log_id = a.log_id
            AND e.recorded_at >= d.announced_at ORDER BY e.id LIMIT 1)
    ORDER BY c.size LIMIT 1
$$;

-- Who has the seats: those without a lot, then those on whom it fell.
CREATE FUNCTION drawing_result(which bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT d.sure || ARRAY(SELECT d.pool[n + 1] FROM unnest(rfc3797(rfc3797_key(drawing_root(d.id)),
        cardinality(d.pool), d.seats - cardinality(d.sure))) WITH ORDINALITY x(n, place) ORDER BY place)
    FROM assemblies_drawing d WHERE d.id = which
$$;
"""

NO_RULES = """
DROP FUNCTION drawing_result;
DROP FUNCTION drawing_root;
DROP FUNCTION rfc3797_key;
DROP FUNCTION rfc3797;
DROP FUNCTION office_pool;
DROP FUNCTION office_seats;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0022_taken_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="Drawing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("facilitator", "facilitator"),
                            ("registrar", "registrar"),
                            ("teller", "teller"),
                            ("minute-taker", "minute-taker"),
                        ],
                        max_length=20,
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField()),
                ("sure", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("pool", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("by_all", models.BooleanField()),
                (
                    "announced_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
            ],
            options={
                "ordering": ["-announced_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Willingness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("facilitator", "facilitator"),
                            ("registrar", "registrar"),
                            ("teller", "teller"),
                            ("minute-taker", "minute-taker"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "declared_at",
                    models.DateTimeField(
                        db_default=models.Func(function="civic_now", output_field=models.DateTimeField())
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="office",
            name="drawn",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="office",
            name="shortened",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="proposal",
            name="laid",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="proposal",
            name="moved_on",
        ),
        migrations.AlterField(
            model_name="proposal",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="office",
            trigger=pgtrigger.compiler.Trigger(
                name="drawn",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(1, (NEW.assembly_id)::int);\nNEW.valid_from := civic_now();\nIF NEW.drawing_id IS NULL THEN\nIF NEW.kind <> 'facilitator' OR EXISTS (SELECT FROM assemblies_assembly a WHERE a.id = NEW.assembly_id AND a.founded_at < NEW.valid_from - interval '1 minute') THEN RAISE EXCEPTION 'Offices are drawn by a lot that was announced, except at the founding.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nNEW.seed := replace(gen_random_uuid()::text, '-', '');\nNEW.citizen_id := office_lot(NEW.assembly_id, NEW.kind, NEW.seed, NEW.valid_from);\nELSE\nNEW.seed := encode(drawing_root(NEW.drawing_id), 'hex');\nIF NEW.seed IS NULL THEN RAISE EXCEPTION 'The seed of this lot is not there yet: it comes with the next checkpoint of the record.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nSELECT d.assembly_id, d.kind, (drawing_result(d.id))[1 + (SELECT count(*) FROM assemblies_office o WHERE o.drawing_id = d.id)] INTO STRICT NEW.assembly_id, NEW.kind, NEW.citizen_id FROM assemblies_drawing d WHERE d.id = NEW.drawing_id;\nIF NEW.citizen_id IS NULL THEN RAISE EXCEPTION 'Every seat of this drawing has been filled.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nEND IF;\nSELECT later(NEW.valid_from, o.office_term) INTO STRICT NEW.valid_until FROM assemblies_standingorders o WHERE o.id = orders_in_force(NEW.assembly_id, NEW.valid_from);\nIF NOT EXISTS (SELECT FROM assemblies_assembly a WHERE a.id = NEW.assembly_id AND a.founded_at IS NOT NULL) THEN RAISE EXCEPTION 'Offices are drawn in an assembly that has been founded.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF (SELECT count(*) FROM assemblies_office o WHERE o.assembly_id = NEW.assembly_id AND o.kind = NEW.kind AND o.valid_from <= NEW.valid_from AND o.valid_until > NEW.valid_from AND is_citizen(o.citizen_id, o.assembly_id, NEW.valid_from)) >= (CASE NEW.kind WHEN 'facilitator' THEN 2 WHEN 'registrar' THEN 1 WHEN 'teller' THEN 2 WHEN 'minute-taker' THEN 1 END) THEN RAISE EXCEPTION 'Every seat of this office is taken.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="a6d26c539466d7d7ff1c7974033b1bc8bf8313b7",
                    operation="INSERT",
                    pgid="pgtrigger_drawn_80c96",
                    table="assemblies_office",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="office",
            trigger=pgtrigger.compiler.Trigger(
                name="shortened",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.seed IS DISTINCT FROM OLD.seed OR NEW.drawing_id IS DISTINCT FROM OLD.drawing_id OR NEW.valid_from IS DISTINCT FROM OLD.valid_from THEN RAISE EXCEPTION 'A turn in office keeps its holder and beginning.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.valid_until > OLD.valid_until THEN RAISE EXCEPTION 'A turn in office is never prolonged.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.valid_until < civic_now() - interval '1 minute' THEN RAISE EXCEPTION 'A turn in office cannot end in the past.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="66f1df45446713b110860d579b5381418be8a40c",
                    operation="UPDATE",
                    pgid="pgtrigger_shortened_7f47f",
                    table="assemblies_office",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="laid",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.drafted_at := civic_now();\nIF NEW.offered_at IS NOT NULL THEN RAISE EXCEPTION 'A proposal is drafted before it is offered.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NOT EXISTS (SELECT FROM assemblies_assembly a WHERE a.id = NEW.assembly_id AND a.founded_at IS NOT NULL) THEN RAISE EXCEPTION 'An assembly is founded before anything is laid before it.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.author_id IS NULL AND NEW.effect <> 'question' THEN RAISE EXCEPTION 'What an assembly adopts, a citizen laid before it.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.author_id IS NOT NULL AND NOT is_citizen(NEW.author_id, NEW.assembly_id, civic_now()) THEN RAISE EXCEPTION 'Only citizens of the assembly lay proposals before it.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.policy_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_policy p WHERE p.id = NEW.policy_id AND p.assembly_id = NEW.assembly_id) THEN RAISE EXCEPTION 'An assembly changes its own policies, and no other''s.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nRETURN NEW;",
                    hash="ab90e834b299cb68ae1618fcf18ae47f9bbba817",
                    operation="INSERT",
                    pgid="pgtrigger_laid_fa44d",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="moved_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.author_id IS DISTINCT FROM OLD.author_id OR NEW.effect IS DISTINCT FROM OLD.effect OR NEW.policy_id IS DISTINCT FROM OLD.policy_id OR NEW.method IS DISTINCT FROM OLD.method OR NEW.seats IS DISTINCT FROM OLD.seats OR NEW.most IS DISTINCT FROM OLD.most OR NEW.drafted_at IS DISTINCT FROM OLD.drafted_at THEN RAISE EXCEPTION 'A proposal keeps its assembly, author and kind.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF OLD.offered_at IS NOT NULL AND (NEW.title, NEW.text, NEW.offered_at) IS DISTINCT FROM (OLD.title, OLD.text, OLD.offered_at) THEN RAISE EXCEPTION 'What has been offered is voted on as it stands: withdraw it and offer another.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND (OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = NEW.id AND d.outcome IS DISTINCT FROM 'quorum_missed')) THEN RAISE EXCEPTION 'What has been put to the vote can no longer be withdrawn.' USING ERRCODE = 'CFC01', HINT = 'article 1'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN NEW.offered_at := civic_now();\nIF NEW.author_id IS NOT NULL AND NOT is_citizen(NEW.author_id, NEW.assembly_id, NEW.offered_at) THEN RAISE EXCEPTION 'Only citizens of the assembly lay proposals before it.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.method <> 'yes-no' AND (SELECT count(*) FROM assemblies_option o WHERE o.proposal_id = NEW.id) < greatest(2, NEW.seats) THEN RAISE EXCEPTION 'To choose there must be at least two options, and as many as are to be chosen.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nEND IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="d5589438e228b3d9c66adc81bca79968f745be61",
                    operation="UPDATE",
                    pgid="pgtrigger_moved_on_76ef9",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="drawing",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="drawings", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="drawing",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="offices", to="assemblies.drawing"
            ),
        ),
        migrations.AddField(
            model_name="willingness",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="willing", to="assemblies.assembly"
            ),
        ),
        migrations.AddField(
            model_name="willingness",
            name="citizen",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="willing_for", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="drawing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["facilitator", "registrar", "teller", "minute-taker"])),
                name="drawing_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="drawing",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A drawing stands as it was announced.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF; RETURN NULL;",
                    hash="b45ac23ed80366d59394f3768fb9c33db13ad60f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_fixed_rows_8948a",
                    table="assemblies_drawing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="drawing",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'A drawing stands as it was announced.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF; RETURN NULL;",
                    hash="66294161f35c57b4731e508b88fe302802322263",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_b0647",
                    table="assemblies_drawing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="drawing",
            trigger=pgtrigger.compiler.Trigger(
                name="announced",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(1, (NEW.assembly_id)::int);\nNEW.announced_at := civic_now();\nSELECT p.seats, p.sure, p.pool, p.by_all INTO STRICT NEW.seats, NEW.sure, NEW.pool, NEW.by_all FROM office_pool(NEW.assembly_id, NEW.kind, office_seats(NEW.kind), NEW.announced_at) p;\nIF EXISTS (SELECT FROM assemblies_drawing d WHERE d.assembly_id = NEW.assembly_id AND d.kind = NEW.kind AND NOT EXISTS (SELECT FROM assemblies_office o WHERE o.drawing_id = d.id)) THEN RAISE EXCEPTION 'A lot for this office is announced already: it is drawn before another is announced.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nIF cardinality(NEW.sure) + cardinality(NEW.pool) = 0 THEN RAISE EXCEPTION 'Every seat of this office is taken, or nobody is left to draw.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="2edc18abefc4423dc6803a6cc17606c0cab6a16f",
                    operation="INSERT",
                    pgid="pgtrigger_announced_05c04",
                    table="assemblies_drawing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="drawing",
            trigger=pgtrigger.compiler.Trigger(
                name="on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="IF NOT EXISTS (SELECT FROM assemblies_entry e WHERE e.kind = 'drawing.announced' AND e.subject = 'drawing/' || NEW.id AND e.recorded_at >= NEW.announced_at AND e.log_id = (SELECT a.log_id FROM assemblies_assembly a WHERE a.id = NEW.assembly_id)) THEN RAISE EXCEPTION 'A drawing is announced in the record of its assembly.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nRETURN NULL;",
                    hash="a6f63d265e0d8282f6ba0677495191104bda8912",
                    operation="INSERT",
                    pgid="pgtrigger_on_record_f786f",
                    table="assemblies_drawing",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="willingness",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["facilitator", "registrar", "teller", "minute-taker"])),
                name="willingness_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="willingness",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("assembly", "kind", "citizen"),
                name="willingness_once",
                violation_error_code="article-16",
                violation_error_message="You stand ready for this office already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="willingness",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That somebody stood ready stays on record.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF; RETURN NULL;",
                    hash="4e5b8728e49008ed9656fffefd6cdd19c8e7d13b",
                    operation="DELETE",
                    pgid="pgtrigger_fixed_rows_4f299",
                    table="assemblies_willingness",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="willingness",
            trigger=pgtrigger.compiler.Trigger(
                name="fixed_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TRUE THEN RAISE EXCEPTION 'That somebody stood ready stays on record.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF; RETURN NULL;",
                    hash="0e4aea6770cda65817c7c1bb7f349df77accf8df",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_fixed_table_f59ad",
                    table="assemblies_willingness",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="willingness",
            trigger=pgtrigger.compiler.Trigger(
                name="declared",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nNEW.declared_at := civic_now();\nIF NOT is_citizen(NEW.citizen_id, NEW.assembly_id, NEW.declared_at) OR NEW.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'Only citizens of an assembly serve in its offices.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nRETURN NEW;",
                    hash="b410a55dedc2df557a29d64077f036d5cb27f37b",
                    operation="INSERT",
                    pgid="pgtrigger_declared_e6a27",
                    table="assemblies_willingness",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="willingness",
            trigger=pgtrigger.compiler.Trigger(
                name="withdrawn",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.declared_at IS DISTINCT FROM OLD.declared_at THEN RAISE EXCEPTION 'Who stood ready, and for what, stays.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF OLD.withdrawn_at IS NOT NULL THEN RAISE EXCEPTION 'This was taken back already.' USING ERRCODE = 'CFC16', HINT = 'article 16'; END IF;\nIF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="d6f25d16eaeade4142199860549b614d4760e5b0",
                    operation="UPDATE",
                    pgid="pgtrigger_withdrawn_16209",
                    table="assemblies_willingness",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(RULES, NO_RULES),
    ]
