"""A count that PostgreSQL shares out among its processes, in whatever query it stands.

The functions that count only read, as 0007 says; replacing one had made it again one that several processes may not
share. And a function of one row is run by itself, row by row, in one process: as a set it becomes part of the query
that asks it.
"""

from django.db import migrations

COUNTING = [
    "hands_agreed(bigint)",
    "channel_count(bigint)",
    "decision_profile(bigint)",
    "urn.may_be_read(bigint)",
    "urn.said(bigint)",
]
COUNT = """
DROP FUNCTION decision_count(bigint);
CREATE FUNCTION decision_count({arguments}) RETURNS {returns}
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sum(c.yes)::int, sum(c.no)::int, sum(c.abstain)::int, sum(c.voters)::int FROM channel_count(decision) c
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0040_cast_in_one_statement")]
    operations = [
        *(
            migrations.RunSQL(f"ALTER FUNCTION {name} PARALLEL SAFE", f"ALTER FUNCTION {name} PARALLEL UNSAFE")
            for name in COUNTING
        ),
        migrations.RunSQL(
            COUNT.format(arguments="decision bigint", returns="TABLE(yes int, no int, abstain int, voters int)"),
            COUNT.format(
                arguments="decision bigint, OUT yes int, OUT no int, OUT abstain int, OUT voters int", returns="record"
            ),
        ),
    ]
