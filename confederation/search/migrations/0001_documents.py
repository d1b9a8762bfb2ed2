"""The documents, and the triggers on the tables below that keep them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION put_document(
    noun text, number bigint, assembly bigint, confederation bigint, task bigint, at timestamptz, title text, body text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    used text := dictionary(coalesce((SELECT a.language FROM assemblies_assembly a WHERE a.id = assembly), ''));
    said text := left(body, 200000);  -- what a vector of words can hold for certain
BEGIN
    -- What no assembly wrote is read in the language that most assemblies of the place write in.
    IF assembly IS NULL AND confederation IS NOT NULL THEN
        used := dictionary(coalesce((
            SELECT a.language FROM mandates_accession m JOIN assemblies_assembly a ON a.id = m.assembly_id
            WHERE m.confederation_id = confederation GROUP BY a.language ORDER BY count(*) DESC, a.language LIMIT 1
        ), (SELECT language FROM assemblies_assembly ORDER BY id LIMIT 1), ''));
    END IF;
    INSERT INTO search_document AS d
        (noun, number, assembly_id, confederation_id, task, at, dictionary, title, text, folded, words)
    VALUES (noun, number, assembly, confederation, task, at, used, title, said, unaccent(lower(title)),
        setweight(to_tsvector(used::regconfig, title), 'A') || setweight(to_tsvector(used::regconfig, said), 'C'))
    ON CONFLICT ON CONSTRAINT document_one_a_thing DO UPDATE SET
        assembly_id = EXCLUDED.assembly_id, confederation_id = EXCLUDED.confederation_id, at = EXCLUDED.at,
        dictionary = EXCLUDED.dictionary, title = EXCLUDED.title, text = EXCLUDED.text, folded = EXCLUDED.folded,
        words = EXCLUDED.words;
END $$;

-- One function a noun: it writes the document of one row, where the row is public and has words.
CREATE FUNCTION document_of_assembly(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('assembly', id, id, NULL, NULL, founded_at, name, '')
    FROM assemblies_assembly WHERE id = thing AND founded_at IS NOT NULL
$$;
CREATE FUNCTION document_of_confederation(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('confederation', id, NULL, id, NULL, drafted_at, name, '')
    FROM mandates_confederation WHERE id = thing
$$;
CREATE FUNCTION document_of_proposal(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('proposal', id, assembly_id, NULL, NULL, offered_at, title, text)
    FROM assemblies_proposal WHERE id = thing AND offered_at IS NOT NULL
$$;
CREATE FUNCTION document_of_policy(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('policy', y.id, y.assembly_id, NULL, NULL, v.in_force_from, y.title, v.text)
    FROM assemblies_policy y JOIN assemblies_policyversion v ON v.policy_id = y.id AND NOT v.repeals
    WHERE y.id = thing ORDER BY v.number DESC LIMIT 1
$$;
CREATE FUNCTION document_of_session(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('session', s.id, s.assembly_id, NULL, NULL, s.opened_at, a.name || ', ' || s.place,
        concat_ws(E'\n\n',
            (SELECT string_agg(concat_ws(E'\n', i.title, nullif(i.text, '')), E'\n\n' ORDER BY i.position)
                FROM assemblies_agendaitem i WHERE i.session_id = s.id),
            (SELECT string_agg(m.text, E'\n\n' ORDER BY m.id) FROM assemblies_motion m
                WHERE m.session_id = s.id AND m.text <> ''),
            (SELECT string_agg(n.text, E'\n\n' ORDER BY n.id) FROM (
                SELECT DISTINCT ON (item_id) id, text FROM assemblies_minutenote
                WHERE session_id = s.id ORDER BY item_id, id DESC) n WHERE n.text <> '')))
    FROM assemblies_session s JOIN assemblies_assembly a ON a.id = s.assembly_id
    WHERE s.id = thing AND s.opened_at IS NOT NULL
$$;
CREATE FUNCTION document_of_task(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('task', id, place_id, council_id, NULL, opened_at, title, purpose)
    FROM councils_task WHERE id = thing
$$;
CREATE FUNCTION document_of_action(thing bigint) RETURNS void LANGUAGE sql AS $$
    SELECT put_document('action', x.id, m.assembly_id, m.confederation_id, x.task_id, x.done_at, t.title, x.what)
    FROM councils_action x JOIN councils_task t ON t.id = x.task_id
    JOIN councils_attachment h ON h.id = x.attachment_id JOIN mandates_clause c ON c.id = h.clause_id
    JOIN mandates_mandate m ON m.id = c.mandate_id WHERE x.id = thing
$$;

-- In the owner's name, for the application writes no document itself.
CREATE FUNCTION keep_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE written jsonb := to_jsonb(NEW);
BEGIN
    EXECUTE format('SELECT %I($1)', 'document_of_' || TG_ARGV[0]) USING (written ->> TG_ARGV[1])::bigint;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_document() FROM PUBLIC;
"""

# Table, when, the noun whose document it changes, and the column that says of which row.
KEPT = [
    ("assemblies_assembly", "UPDATE OF founded_at", "assembly", "id"),
    ("mandates_confederation", "INSERT", "confederation", "id"),
    ("assemblies_proposal", "UPDATE OF offered_at, title, text", "proposal", "id"),
    ("assemblies_policyversion", "INSERT", "policy", "policy_id"),
    ("assemblies_session", "UPDATE OF opened_at", "session", "id"),
    ("assemblies_agendaitem", "INSERT", "session", "session_id"),
    ("assemblies_motion", "INSERT", "session", "session_id"),
    ("assemblies_minutenote", "INSERT", "session", "session_id"),
    ("councils_task", "INSERT", "task", "id"),
    ("councils_action", "INSERT", "action", "id"),
]
TRIGGERS = "".join(
    f"CREATE TRIGGER document_{when.split()[0].lower()} AFTER {when} ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION keep_document('{noun}', '{column}');"
    for table, when, noun, column in KEPT
)
NOUNS = {
    "assembly": "assemblies_assembly",
    "confederation": "mandates_confederation",
    "proposal": "assemblies_proposal",
    "policy": "assemblies_policy",
    "session": "assemblies_session",
    "task": "councils_task",
    "action": "councils_action",
}
ALREADY_THERE = "".join(f"SELECT document_of_{noun}(id) FROM {table};" for noun, table in NOUNS.items())  # noqa: S608
UNDONE = (
    "".join(f"DROP TRIGGER document_{when.split()[0].lower()} ON {table};" for table, when, _noun, _column in KEPT)
    + "DROP FUNCTION keep_document();"
    + "".join(f"DROP FUNCTION document_of_{noun}(bigint);" for noun in NOUNS)
    + "DROP FUNCTION put_document(text, bigint, bigint, bigint, bigint, timestamptz, text, text);"
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("assemblies", "0057_languages"),
        ("mandates", "0040_terms_at_the_issuing"),
        ("councils", "0022_done_within_the_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "noun",
                    models.CharField(
                        choices=[
                            ("proposal", "Proposals"),
                            ("policy", "Policies"),
                            ("session", "Minutes"),
                            ("task", "Tasks"),
                            ("action", "Actions"),
                            ("assembly", "Assemblies"),
                            ("confederation", "Councils"),
                        ],
                        max_length=30,
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("task", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("dictionary", models.CharField(max_length=60)),
                ("title", models.TextField()),
                ("text", models.TextField(blank=True)),
                ("folded", models.TextField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "assembly",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assemblies.assembly",
                    ),
                ),
                (
                    "confederation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mandates.confederation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="document_words"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("folded", "gin_trgm_ops"),
                        condition=models.Q(("noun__in", ("assembly", "confederation"))),
                        name="document_names",
                    ),
                    models.Index(fields=["-at", "-id"], name="document_newest"),
                    models.Index(fields=["noun", "-at"], name="document_kind"),
                ],
                "constraints": [models.UniqueConstraint(fields=("noun", "number"), name="document_one_a_thing")],
            },
        ),
        migrations.RunSQL(FUNCTIONS + TRIGGERS + ALREADY_THERE, UNDONE),
    ]
