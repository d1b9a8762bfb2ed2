"""A tally that becomes part of the query that asks it.

A function of one row is run by itself, row by row, in one process; of a set, the planner sees the count inside and
shares it out among several.
"""

from django.db import migrations

COUNT = """
DROP FUNCTION decision_count(bigint);
CREATE FUNCTION decision_count({arguments}) RETURNS {returns} LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sum(c.yes)::int, sum(c.no)::int, sum(c.abstain)::int, sum(c.voters)::int FROM channel_count(decision) c
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0040_cast_in_one_statement")]
    operations = [
        migrations.RunSQL(
            COUNT.format(arguments="decision bigint", returns="TABLE(yes int, no int, abstain int, voters int)"),
            COUNT.format(
                arguments="decision bigint, OUT yes int, OUT no int, OUT abstain int, OUT voters int", returns="record"
            ),
        ),
    ]
