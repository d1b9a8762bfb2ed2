"""What the words of an entry are, for those who look for it; the index over them follows."""

from django.db import migrations

WORDS = r"""
-- The words that an entry says, lists last; neither its HMACs nor its moment. A tsvector has an end: so have they.
CREATE FUNCTION entry_words(body bytea) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
    SELECT to_tsvector('pg_catalog.simple', regexp_replace(
        left(lower(string_agg(value #>> '{}', ' ' ORDER BY jsonb_typeof(value) DESC)), 100000),
        '[^[:alnum:]]+', ' ', 'g'))
    FROM jsonb_each(convert_from(body, 'UTF8')::jsonb)
    WHERE jsonb_typeof(value) IN ('string', 'array') AND key NOT IN ('at', 'subject')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0011_accounts_in_the_record")]
    operations = [migrations.RunSQL(WORDS, "DROP FUNCTION entry_words(bytea)")]
