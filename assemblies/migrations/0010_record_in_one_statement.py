"""An entry with what its HMACs stand for, written by one statement: every act pays for it."""

from django.db import migrations

WRITE = r"""
-- `before` and `after` are the entry's RFC 8785 text on both sides of its moment, which is the civic clock's now when
-- none is given. `told` is null, or a list of what the HMACs stand for: field, salt in hexadecimal, words, citizen.
CREATE FUNCTION write_entry(log bigint, what text, about text, before text, after text, told jsonb,
    moment timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    entry bigint;
BEGIN
    moment := coalesce(moment, civic_now());
    INSERT INTO assemblies_entry (log_id, kind, subject, at, recorded_at, body)
    VALUES (log, what, about, moment, moment, convert_to(
        before || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || after, 'UTF8'))
    RETURNING id INTO entry;
    IF told IS NOT NULL THEN
        INSERT INTO assemblies_disclosure (entry_id, field, salt, value, person_id)
        SELECT entry, it ->> 0, decode(it ->> 1, 'hex'), it ->> 2, (it ->> 3)::bigint FROM jsonb_array_elements(told) it;
    END IF;
    RETURN entry;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0007_counted_in_parallel")]
    operations = [
        migrations.RunSQL(WRITE, "DROP FUNCTION write_entry(bigint, text, text, text, text, jsonb, timestamptz)")
    ]
