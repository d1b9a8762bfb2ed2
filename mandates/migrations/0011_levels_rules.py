"""Ceilings, seats that several assemblies hold together, leaving at a date, and shared texts: what their rules ask."""

from django.db import migrations

RULES = r"""
-- ---- ceilings ----

-- Limits as a charter may write them: by power of that charter and by unit, a positive number.
CREATE FUNCTION limits_sound(limits jsonb, powers text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(limits) <> 'object' THEN false ELSE coalesce((
        SELECT bool_and(CASE
            WHEN NOT l.power = ANY (powers) OR jsonb_typeof(l.units) <> 'object' OR l.units = '{}' THEN false
            ELSE (SELECT bool_and(btrim(u.unit) <> '' AND u.most ~ '^[0-9]{1,13}(\.[0-9]{1,3})?$'
                AND u.most ~ '[1-9]') FROM jsonb_each_text(l.units) u(unit, most)) END)
        FROM jsonb_each(limits) l(power, units)), true) END
$$;

-- How much of a power one mandate may give in that unit: NULL without a limit, nothing in a unit that is not named.
CREATE FUNCTION ceiling_of(limits jsonb, which text, counted text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN limits ? which THEN coalesce((limits -> which ->> counted)::numeric, 0) END
$$;

-- The powers that the wider one has too many; all of its, where both have the same.
CREATE FUNCTION powers_beyond(wider text[], narrower text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((SELECT string_agg(p, ', ') FROM unnest(wider) p WHERE NOT p = ANY (narrower)),
        array_to_string(wider, ', '))
$$;

-- The limits of the wider one that are larger than those of the narrower, or missing where that has some; else NULL.
CREATE FUNCTION limits_beyond(wider jsonb, powers text[], narrower jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(x.words, ', ' ORDER BY x.words) FROM unnest(powers) p CROSS JOIN LATERAL (
        SELECT p || ' without a limit' AS words WHERE NOT wider ? p
        UNION ALL SELECT p || ', ' || u.most || ' ' || u.unit FROM jsonb_each_text(coalesce(wider -> p, '{}')) u(unit, most)
            WHERE u.most::numeric > ceiling_of(narrower, p, u.unit)
    ) x WHERE narrower ? p
$$;

-- ---- joining and leaving ----

-- When an assembly leaves, by what it had decided by then: at the close of the vote or at the later moment it named.
CREATE FUNCTION leaves_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest(c.carried, d.leaves_at) FROM mandates_departure d
    CROSS JOIN LATERAL (SELECT carried_at(d.proposal_id, at) AS carried) c WHERE d.id = which AND c.carried IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION accession_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_accession a WHERE a.id = which AND carried(a.proposal_id, at)
        AND NOT EXISTS (SELECT FROM mandates_departure d JOIN mandates_accession b ON b.id = d.accession_id
            WHERE b.assembly_id = a.assembly_id AND b.confederation_id = a.confederation_id
            AND leaves_at(d.id, at) <= at AND leaves_at(d.id, at) >= carried_at(a.proposal_id, at)))
$$;

-- The moment at which a second assembly had joined: fewer than two found nothing together.
CREATE FUNCTION confederation_founded_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT x.joined FROM (SELECT min(carried_at(a.proposal_id, at)) AS joined FROM mandates_accession a
        WHERE a.confederation_id IN (SELECT reach_of(which)) GROUP BY a.assembly_id) x
    WHERE x.joined IS NOT NULL ORDER BY x.joined OFFSET 1 LIMIT 1
$$;

-- ---- seats that rest on the mandates of several assemblies ----

-- The narrower confederation, directly within that one, to which an assembly and the home of its delegate both belong;
-- NULL where an assembly that joined by itself sends a citizen of its own, and where there is none.
CREATE FUNCTION part_of(which bigint, place bigint, home bigint, at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT min(c.id) FROM mandates_confederation c
    WHERE c.within_id = which AND is_member(place, c.id, at) AND is_member(home, c.id, at)
        AND NOT (place = home AND EXISTS (SELECT FROM mandates_accession a WHERE a.assembly_id = place
            AND a.confederation_id = which AND accession_in_force(a.id, at)))
$$;

CREATE OR REPLACE FUNCTION mandate_end(which bigint, at timestamptz, OUT kind text, OUT ends_at timestamptz)
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
            FROM (SELECT leaves_at(d.id, at) AS left_at
                FROM mandates_accession a JOIN mandates_departure d ON d.accession_id = a.id
                WHERE a.assembly_id = m.assembly_id AND a.confederation_id IN (SELECT reach_of(m.confederation_id))) x
            WHERE x.left_at > (SELECT p.drafted_at FROM assemblies_proposal p WHERE p.id = m.proposal_id)
                AND NOT is_member(m.assembly_id, m.confederation_id, x.left_at)
        UNION ALL SELECT 'expired', greatest(n.valid_until, carried_at(n.proposal_id, at)), 6
            FROM mandates_narrowing n WHERE n.mandate_id = m.id AND n.valid_until IS NOT NULL
                AND carried(n.proposal_id, at)
        UNION ALL SELECT 'expired', m.valid_until, 7
    ) e
    WHERE m.id = which AND e.ends_at IS NOT NULL AND mandate_issued(m.id, at)
    ORDER BY e.ends_at, e.rank LIMIT 1
$$;

-- Issued, begun and not ended, whatever became of the seat.
CREATE FUNCTION mandate_binds(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT CASE WHEN m.valid_from <= at AND m.valid_until > at AND mandate_issued(m.id, at)
            THEN (SELECT e.ends_at > at FROM mandate_end(which, at) e) ELSE false END
        FROM mandates_mandate m WHERE m.id = which), false)
$$;

-- How many assemblies of one narrower confederation gave a person mandates whose term runs, and how many of these are
-- in force: who recalled or withdrew theirs no longer stands behind the seat.
CREATE FUNCTION seat_behind(who bigint, which bigint, part bigint, at timestamptz, OUT given int, OUT standing int)
LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT m.assembly_id)::int, count(DISTINCT m.assembly_id) FILTER (WHERE mandate_binds(m.id, at))::int
    FROM mandates_mandate m
    WHERE m.delegate_id = who AND m.confederation_id = which AND m.part_id = part
        AND m.valid_from <= at AND m.valid_until > at
        AND (SELECT e.ends_at > m.valid_from FROM mandate_end(m.id, at) e)
$$;

CREATE FUNCTION seat_stands(who bigint, which bigint, part bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT 1000 * b.standing > c.seat_per_mille * b.given
    FROM mandates_charter c, seat_behind(who, which, part, at) b WHERE c.confederation_id = which
$$;

-- When a seat last lost its majority, as known at `at`.
CREATE FUNCTION seat_fell_at(who bigint, which bigint, part bigint, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT max(e.ends_at) FROM mandates_mandate m CROSS JOIN LATERAL mandate_end(m.id, at) e
    WHERE m.delegate_id = who AND m.confederation_id = which AND m.part_id = part AND e.ends_at <= at
        AND seat_stands(who, which, part, e.ends_at - interval '1 microsecond')
        AND NOT seat_stands(who, which, part, e.ends_at)
$$;

CREATE OR REPLACE FUNCTION mandate_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN mandate_binds(which, at) THEN (
        SELECT CASE WHEN m.part_id IS NULL THEN true
            ELSE seat_stands(m.delegate_id, m.confederation_id, m.part_id, at) END
        FROM mandates_mandate m WHERE m.id = which) ELSE false END
$$;

CREATE OR REPLACE FUNCTION clause_end(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(ends_at) FROM mandates_clause c JOIN mandates_mandate m ON m.id = c.mandate_id CROSS JOIN LATERAL (
        SELECT ends_at FROM mandate_end(c.mandate_id, at) WHERE ends_at <= at
        UNION ALL SELECT clause_struck_at(c.id, at)
        UNION ALL SELECT later(carried_at(p.id, at), y.notice) FROM assemblies_proposal p
            JOIN assemblies_policy y ON y.id = p.policy_id
            WHERE p.policy_id = c.policy_id AND p.effect = 'repeal' AND NOT policy_in_force(c.policy_id, at)
            AND later(carried_at(p.id, at), y.notice) <= at
        UNION ALL SELECT seat_fell_at(m.delegate_id, m.confederation_id, m.part_id, at)
            WHERE m.part_id IS NOT NULL AND NOT seat_stands(m.delegate_id, m.confederation_id, m.part_id, at)
    ) e WHERE c.id = which
$$;

-- As before, and for a seat at a wider council also what could change whether the other mandates behind it are in
-- force: one being laid down (it holds the lock of the seat), and votes in the other assemblies.
CREATE OR REPLACE FUNCTION settled(which bigint) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    m mandates_mandate%ROWTYPE;
    moment timestamptz;
BEGIN
    SELECT * INTO STRICT m FROM mandates_mandate WHERE id = which;
    IF m.part_id IS NOT NULL THEN PERFORM pg_advisory_xact_lock_shared(40, m.delegate_id::int); END IF;
    PERFORM FROM assemblies_citizenship WHERE id = m.citizenship_id FOR SHARE;
    moment := civic_now();
    PERFORM pg_advisory_xact_lock(2, d.id::int) FROM (SELECT id FROM assemblies_decision
        WHERE (assembly_id = m.assembly_id OR m.part_id IS NOT NULL AND assembly_id IN (SELECT o.assembly_id
            FROM mandates_mandate o WHERE (o.delegate_id, o.confederation_id, o.part_id)
            = (m.delegate_id, m.confederation_id, m.part_id)))
        AND closes_at <= moment AND closed_at IS NULL ORDER BY id) d;
    RETURN moment;
END $$;

-- ---- shared texts ----

CREATE OR REPLACE FUNCTION is_free_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_fresh_question(asked, place)
        AND NOT EXISTS (SELECT FROM mandates_mandate x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_narrowing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_recall x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_accession x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_departure x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_sharedtext x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_poll x WHERE x.question_id = asked OR x.ranking_id = asked)
$$;

-- Offered by a decision that carried, on a question that contained the very text.
CREATE FUNCTION text_offered(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT carried(t.proposal_id, at) AND strpos(p.text, t.text) > 0 FROM mandates_sharedtext t
        JOIN assemblies_proposal p ON p.id = t.proposal_id WHERE t.id = which), false)
$$;

-- A text and all that it descends from.
CREATE FUNCTION lineage_of(which bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line(id, amends) AS (
        SELECT t.id, t.amends_id FROM mandates_sharedtext t WHERE t.id = which
        UNION SELECT t.id, t.amends_id FROM mandates_sharedtext t JOIN line l ON t.id = l.amends
    ) SELECT id FROM line
$$;

-- Whether a policy began by the adoption of that text or of one that it descends from.
CREATE FUNCTION adopted_by(rule bigint, offer bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_policyversion v JOIN assemblies_decision d ON d.id = v.decision_id
        JOIN mandates_adoption a ON a.proposal_id = d.proposal_id
        WHERE v.policy_id = rule AND a.shared_id IN (SELECT lineage_of(offer)))
$$;

-- Carried, on the same words byte for byte, and still what the assembly's policy says.
CREATE FUNCTION adoption_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_adoption a JOIN mandates_sharedtext t ON t.id = a.shared_id
        JOIN assemblies_decision d ON d.proposal_id = a.proposal_id
        JOIN assemblies_policyversion v ON v.decision_id = d.id
        WHERE a.id = which AND v.text = t.text AND v.in_force_from <= at AND policy_in_force(v.policy_id, at)
        AND NOT EXISTS (SELECT FROM assemblies_policyversion w WHERE w.policy_id = v.policy_id
            AND w.number > v.number AND w.in_force_from <= at))
$$;

-- From when an adopted text binds that assembly, and until when by what it has decided since; NULL where there is none.
CREATE FUNCTION adoption_binds_from(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT v.in_force_from FROM mandates_adoption a JOIN mandates_sharedtext t ON t.id = a.shared_id
    JOIN assemblies_decision d ON d.proposal_id = a.proposal_id JOIN assemblies_policyversion v ON v.decision_id = d.id
    WHERE a.id = which AND v.text = t.text AND d.closes_at <= at
$$;

CREATE FUNCTION adoption_binds_until(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(w.in_force_from) FROM mandates_adoption a JOIN assemblies_decision d ON d.proposal_id = a.proposal_id
    JOIN assemblies_policyversion v ON v.decision_id = d.id
    JOIN assemblies_policyversion w ON w.policy_id = v.policy_id AND w.number > v.number
    JOIN assemblies_decision e ON e.id = w.decision_id AND e.closes_at <= at
    WHERE a.id = which
$$;

-- How many assemblies a text binds.
CREATE FUNCTION text_bound(which bigint, at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT a.assembly_id)::int FROM mandates_adoption a
    WHERE a.shared_id = which AND adoption_in_force(a.id, at)
$$;
"""

NO_RULES = """
DROP FUNCTION text_bound;
DROP FUNCTION adoption_binds_until;
DROP FUNCTION adoption_binds_from;
DROP FUNCTION adoption_in_force;
DROP FUNCTION adopted_by;
DROP FUNCTION lineage_of;
DROP FUNCTION text_offered;
DROP FUNCTION seat_fell_at;
DROP FUNCTION seat_stands;
DROP FUNCTION seat_behind;
DROP FUNCTION mandate_binds;
DROP FUNCTION part_of;
DROP FUNCTION confederation_founded_at;
DROP FUNCTION leaves_at;
DROP FUNCTION limits_beyond;
DROP FUNCTION powers_beyond;
DROP FUNCTION ceiling_of;
DROP FUNCTION limits_sound;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0010_levels"), ("assemblies", "0021_notice_rules")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
