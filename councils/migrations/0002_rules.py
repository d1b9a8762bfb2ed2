"""The question that the rules of floor 3 ask."""

from django.db import migrations

RULES = r"""
-- How much of a clause's limit the log of actions has used.
CREATE FUNCTION clause_used(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(x.quantity), 0) FROM councils_action x
    JOIN councils_attachment a ON a.id = x.attachment_id WHERE a.clause_id = which
$$;
"""

NO_RULES = """
DROP FUNCTION clause_used;
"""


class Migration(migrations.Migration):
    dependencies = [("councils", "0001_initial"), ("mandates", "0002_rules")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
