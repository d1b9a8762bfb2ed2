"""A policy adopted with a notice: what changes or repeals it takes effect only so long after its decision."""

from django.db import migrations

RULES = r"""
CREATE OR REPLACE FUNCTION policy_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_policyversion v WHERE v.policy_id = which AND v.in_force_from <= at)
        AND coalesce((
            SELECT p.effect <> 'repeal' FROM assemblies_policy y JOIN assemblies_proposal p ON p.policy_id = y.id
                JOIN assemblies_decision d ON d.proposal_id = p.id
            WHERE y.id = which AND later(d.closes_at, y.notice) <= at AND d.closes_at = carried_at(p.id, at)
            ORDER BY d.closes_at DESC, d.id DESC LIMIT 1), true)
$$;
"""

BEFORE = r"""
CREATE OR REPLACE FUNCTION policy_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_policyversion v WHERE v.policy_id = which AND v.in_force_from <= at)
        AND coalesce((
            SELECT p.effect <> 'repeal' FROM assemblies_proposal p JOIN assemblies_decision d ON d.proposal_id = p.id
            WHERE p.policy_id = which AND d.closes_at = carried_at(p.id, at)
            ORDER BY d.closes_at DESC, d.id DESC LIMIT 1), true)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0020_notice")]
    operations = [migrations.RunSQL(RULES, BEFORE)]
