"""The questions that the rules of floor 2 ask, answered in the database for any moment."""

from django.db import migrations

RULES = r"""
-- A question still being drafted on which nothing hangs yet: it decides one thing, and nobody can slip in another.
CREATE FUNCTION is_free_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_fresh_question(asked, place)
        AND NOT EXISTS (SELECT FROM mandates_mandate x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_narrowing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_recall x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_accession x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_departure x WHERE x.proposal_id = asked)
$$;

-- Joined by a decision, and not left by a later one: who leaves has left, however often they had joined before.
CREATE FUNCTION accession_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_accession a WHERE a.id = which AND carried(a.proposal_id, at)
        AND NOT EXISTS (SELECT FROM mandates_departure d JOIN mandates_accession b ON b.id = d.accession_id
            WHERE b.assembly_id = a.assembly_id AND b.confederation_id = a.confederation_id
            AND carried_at(d.proposal_id, at) >= carried_at(a.proposal_id, at)))
$$;

-- A confederation and everything within it.
CREATE FUNCTION reach_of(which bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE reach(id) AS (
        SELECT which UNION SELECT c.id FROM mandates_confederation c JOIN reach r ON c.within_id = r.id
    ) SELECT id FROM reach
$$;

CREATE FUNCTION is_member(place bigint, which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_accession a WHERE a.assembly_id = place
        AND a.confederation_id IN (SELECT reach_of(which)) AND accession_in_force(a.id, at))
$$;

-- Why and when a mandate ends, as known at `at`: the earliest of all that can end it. Nothing while it has not carried.
CREATE FUNCTION mandate_end(which bigint, at timestamptz, OUT kind text, OUT ends_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT e.kind, e.ends_at
    FROM mandates_mandate m
    CROSS JOIN LATERAL (
        SELECT 'recalled' AS kind, carried_at(r.proposal_id, at) AS ends_at, 1 AS rank
            FROM mandates_recall r WHERE r.mandate_id = m.id
        UNION ALL SELECT 'withdrawn', carried_at(n.proposal_id, at), 2
            FROM mandates_narrowing n WHERE n.mandate_id = m.id AND n.withdraws
        UNION ALL SELECT 'resigned', x.effective_at, 3
            FROM mandates_ending x WHERE x.mandate_id = m.id AND x.kind = 'resigned' AND x.effective_at <= at
        UNION ALL SELECT 'citizenship_lost', c.valid_until, 4
            FROM assemblies_citizenship c WHERE c.id = m.citizenship_id AND c.valid_until <= at
        UNION ALL SELECT 'departed', x.left_at, 5
            FROM (SELECT carried_at(d.proposal_id, at) AS left_at
                FROM mandates_accession a JOIN mandates_departure d ON d.accession_id = a.id
                WHERE a.assembly_id = m.assembly_id AND a.confederation_id IN (SELECT reach_of(m.confederation_id))) x
            WHERE x.left_at > (SELECT p.drafted_at FROM assemblies_proposal p WHERE p.id = m.proposal_id)
                AND NOT is_member(m.assembly_id, m.confederation_id, x.left_at)
        UNION ALL SELECT 'expired', greatest(n.valid_until, carried_at(n.proposal_id, at)), 6
            FROM mandates_narrowing n WHERE n.mandate_id = m.id AND n.valid_until IS NOT NULL
                AND carried(n.proposal_id, at)
        UNION ALL SELECT 'expired', m.valid_until, 7
    ) e
    WHERE m.id = which AND e.ends_at IS NOT NULL AND carried(m.proposal_id, at)
    ORDER BY e.ends_at, e.rank LIMIT 1
$$;

-- Issued and not ended, whether or not its first day has come: it can be recalled, narrowed and laid down.
CREATE FUNCTION mandate_stands(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandate_end(which, at) e WHERE e.ends_at > at)
$$;

-- Authority is a function of rows and the clock: no worker has to have run.
CREATE FUNCTION mandate_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT CASE WHEN m.valid_from <= at AND m.valid_until > at AND carried(m.proposal_id, at)
            THEN (SELECT e.ends_at > at FROM mandate_end(which, at) e) ELSE false END
        FROM mandates_mandate m WHERE m.id = which), false)
$$;

-- The moment of an act under a mandate, asked after its locks are taken. What could still change an answer about that
-- moment has been waited for: a citizenship being ended, and votes cast in time whose rows are still being written.
CREATE FUNCTION settled(which bigint) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    m mandates_mandate%ROWTYPE;
    moment timestamptz;
BEGIN
    SELECT * INTO STRICT m FROM mandates_mandate WHERE id = which;
    PERFORM FROM assemblies_citizenship WHERE id = m.citizenship_id FOR SHARE;
    moment := civic_now();
    PERFORM pg_advisory_xact_lock(2, d.id::int) FROM (SELECT id FROM assemblies_decision
        WHERE assembly_id = m.assembly_id AND closes_at <= moment AND closed_at IS NULL ORDER BY id) d;
    RETURN moment;
END $$;

CREATE FUNCTION clause_struck_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(carried_at(n.proposal_id, at)) FROM mandates_narrowedclause x
    JOIN mandates_narrowing n ON n.id = x.narrowing_id WHERE x.clause_id = which AND x.struck
$$;

CREATE FUNCTION clause_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT mandate_in_force(c.mandate_id, at) AND policy_in_force(c.policy_id, at)
            AND clause_struck_at(c.id, at) IS NULL
        FROM mandates_clause c WHERE c.id = which), false)
$$;

-- The limit after every narrowing that carried by then; NULL where the clause has none.
CREATE FUNCTION clause_limit(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT least(c."limit", (SELECT min(x."limit") FROM mandates_narrowedclause x
        JOIN mandates_narrowing n ON n.id = x.narrowing_id
        WHERE x.clause_id = c.id AND x."limit" IS NOT NULL AND carried(n.proposal_id, at)))
    FROM mandates_clause c WHERE c.id = which
$$;

-- When a clause stopped being in force, as known at `at`; NULL while nothing has ended it.
CREATE FUNCTION clause_end(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(ends_at) FROM mandates_clause c CROSS JOIN LATERAL (
        SELECT ends_at FROM mandate_end(c.mandate_id, at) WHERE ends_at <= at
        UNION ALL SELECT clause_struck_at(c.id, at)
        UNION ALL SELECT carried_at(p.id, at) FROM assemblies_proposal p
            WHERE p.policy_id = c.policy_id AND p.effect = 'repeal' AND NOT policy_in_force(c.policy_id, at)
    ) e WHERE c.id = which
$$;
"""

NO_RULES = """
DROP FUNCTION clause_end;
DROP FUNCTION clause_limit;
DROP FUNCTION clause_in_force;
DROP FUNCTION clause_struck_at;
DROP FUNCTION settled;
DROP FUNCTION mandate_in_force;
DROP FUNCTION mandate_stands;
DROP FUNCTION mandate_end;
DROP FUNCTION is_member;
DROP FUNCTION reach_of;
DROP FUNCTION accession_in_force;
DROP FUNCTION is_free_question;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0001_initial"), ("assemblies", "0002_rules")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
