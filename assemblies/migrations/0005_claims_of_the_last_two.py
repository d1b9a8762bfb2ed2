"""What a teller who has been replaced counted once holds up no mark: those who counted last are asked."""

from django.db import migrations

CLAIMED = r"""
-- The most hands that either of the two tellers who counted last says were up.
CREATE OR REPLACE FUNCTION hands_claimed(which bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(n.total), 0) FROM (
        SELECT l.yes::bigint + l.no + l.abstain AS total FROM (
            SELECT DISTINCT ON (h.by_id) h.* FROM assemblies_handcount h WHERE h.decision_id = which
            ORDER BY h.by_id, h.id DESC) l
        ORDER BY l.id DESC LIMIT 2) n
$$;
"""

BEFORE = r"""
CREATE OR REPLACE FUNCTION hands_claimed(which bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(l.yes::bigint + l.no + l.abstain), 0) FROM (
        SELECT DISTINCT ON (h.by_id) h.* FROM assemblies_handcount h WHERE h.decision_id = which
        ORDER BY h.by_id, h.id DESC) l
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0004_channels")]
    operations = [migrations.RunSQL(CLAIMED, BEFORE)]
