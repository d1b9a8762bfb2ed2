"""A vote as one statement whose plan is kept: many are cast at once."""

from django.db import migrations

CAST = r"""
-- The number of the ballot, cast or changed; null where there is no such decision. Its rules are the table's own.
CREATE FUNCTION cast_ballot(which bigint, who bigint, said text, named smallint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    ballot bigint;
BEGIN
    INSERT INTO assemblies_ballot AS b (decision_id, voter_id, choice, ranking)
    SELECT d.id, who, said, named FROM assemblies_decision d WHERE d.id = which
    ON CONFLICT (decision_id, voter_id) DO UPDATE SET choice = excluded.choice, ranking = excluded.ranking
    RETURNING b.id INTO ballot;
    RETURN ballot;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0031_questions_nobody_wrote")]
    operations = [migrations.RunSQL(CAST, "DROP FUNCTION cast_ballot(bigint, bigint, text, smallint[])")]
