"""The words of an entry by the same question in PL/pgSQL, which keeps its plan: SQL functions are started for each act."""

from django.db import migrations

WORDS = r"""
-- The words that an entry says, lists last; neither its HMACs nor its moment. A tsvector has an end: so have they.
CREATE OR REPLACE FUNCTION entry_words(body bytea) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
BEGIN
    RETURN (SELECT to_tsvector('pg_catalog.simple', regexp_replace(
        left(lower(string_agg(value #>> '{}', ' ' ORDER BY jsonb_typeof(value) DESC)), 100000),
        '[^[:alnum:]]+', ' ', 'g'))
    FROM jsonb_each(convert_from(body, 'UTF8')::jsonb)
    WHERE jsonb_typeof(value) IN ('string', 'array') AND key NOT IN ('at', 'subject'));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0013_search_in_the_record")]
    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
