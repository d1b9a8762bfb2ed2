"""Who is elected and mandated, and how many terms in a row, answered in the database for any moment."""

from django.db import migrations

RULES = r"""
CREATE OR REPLACE FUNCTION is_free_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_fresh_question(asked, place)
        AND NOT EXISTS (SELECT FROM mandates_mandate x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_narrowing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_recall x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_accession x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_departure x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM mandates_poll x WHERE x.question_id = asked OR x.ranking_id = asked)
$$;

-- When a mandate was issued, as far as that had happened by `at`: its question carried, and in an election the frozen
-- count named the candidate. Nobody is elected without a mandate, and nobody mandated by an election unelected.
CREATE FUNCTION mandate_issued_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.option_id IS NULL THEN carried_at(m.proposal_id, at)
        WHEN chosen_at(m.option_id, at) IS NOT NULL AND carried_at(m.proposal_id, at) IS NOT NULL
            THEN greatest(chosen_at(m.option_id, at), carried_at(m.proposal_id, at)) END
    FROM mandates_mandate m WHERE m.id = which
$$;

CREATE FUNCTION mandate_issued(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT mandate_issued_at(which, at) IS NOT NULL
$$;

-- Asked and not answered yet.
CREATE FUNCTION mandate_pending(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_proposal p ON p.id = m.proposal_id
        WHERE m.id = which AND p.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM assemblies_decision d WHERE d.closes_at <= at AND d.closed_at IS NOT NULL
            AND d.outcome <> 'quorum_missed' AND (d.proposal_id = m.proposal_id
                OR d.proposal_id = (SELECT o.proposal_id FROM assemblies_option o WHERE o.id = m.option_id))))
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
    WHERE m.id = which AND e.ends_at IS NOT NULL AND mandate_issued(m.id, at)
    ORDER BY e.ends_at, e.rank LIMIT 1
$$;

CREATE OR REPLACE FUNCTION mandate_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT CASE WHEN m.valid_from <= at AND m.valid_until > at AND mandate_issued(m.id, at)
            THEN (SELECT e.ends_at > at FROM mandate_end(which, at) e) ELSE false END
        FROM mandates_mandate m WHERE m.id = which), false)
$$;

-- How many terms in a row it would be to serve from `starts` until `ends`, this one included. Mandates that overlap
-- are one stretch, counted in longest terms of the charter; a pause as long as that breaks the row. What is asked and
-- not answered counts, so that two questions at once are no way around.
CREATE FUNCTION terms_in_a_row(who bigint, which bigint, starts timestamptz, ends timestamptz, at timestamptz)
RETURNS int LANGUAGE sql STABLE AS $$
    WITH longest AS (
        SELECT extract(epoch FROM c.longest_term) AS seconds FROM mandates_charter c WHERE c.confederation_id = which
    ), held AS (
        SELECT m.valid_from AS b, coalesce((SELECT e.ends_at FROM mandate_end(m.id, at) e), m.valid_until) AS e
        FROM mandates_mandate m WHERE m.delegate_id = who AND m.confederation_id = which
            AND (mandate_issued(m.id, at) OR mandate_pending(m.id, at))
        UNION ALL SELECT starts, ends
    ), stretch AS (
        -- A second shorter: what only touches is not one stretch.
        SELECT lower(r) AS b, upper(r) AS e FROM unnest((SELECT range_agg(tstzrange(b,
            greatest(e - interval '1 second', b + interval '1 second'))) FROM held WHERE e > b)) r
    ), paused AS (
        SELECT b, e, coalesce(extract(epoch FROM b - lag(e) OVER (ORDER BY b)) >= seconds + 1, false) AS pause
        FROM stretch, longest
    ), rows AS (
        SELECT b, e, count(*) FILTER (WHERE pause) OVER (ORDER BY b) AS n FROM paused
    )
    SELECT coalesce(sum(ceil(extract(epoch FROM r.e - r.b) / seconds)), 0)::int FROM rows r, longest
    WHERE r.n = (SELECT n FROM rows WHERE b <= starts AND e > starts)
$$;

CREATE FUNCTION within_terms(who bigint, which bigint, starts timestamptz, ends timestamptz, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT c.most_terms IS NULL OR terms_in_a_row(who, which, starts, ends, at) <= c.most_terms
        FROM mandates_charter c WHERE c.confederation_id = which), true)
$$;
"""

NO_RULES = """
DROP FUNCTION within_terms;
DROP FUNCTION terms_in_a_row;
DROP FUNCTION mandate_pending;
DROP FUNCTION mandate_issued;
DROP FUNCTION mandate_issued_at;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0003_elections"), ("assemblies", "0004_channels")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
