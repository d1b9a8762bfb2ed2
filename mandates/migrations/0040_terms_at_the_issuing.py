"""Terms in a row are counted once more as an election issues its mandates: between its call and its close others pass.

Whoever has come to the end of their terms by then is elected and not mandated; the assembly decides anew about the
seat. Nothing is stored: the moment of the issue, and what had been issued before it, are the same for ever.
"""

from django.db import migrations

TERMS = r"""
-- As many longest terms of the charter as make up the row of stretches in which `starts` lies. Mandates that overlap
-- are one stretch; a pause as long as a longest term breaks the row.
CREATE FUNCTION terms_among(held tstzrange[], which bigint, starts timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    WITH longest AS (
        SELECT extract(epoch FROM c.longest_term) AS seconds FROM mandates_charter c WHERE c.confederation_id = which
    ), stretch AS (
        -- A second shorter: what only touches is not one stretch.
        SELECT lower(r) AS b, upper(r) AS e FROM unnest((SELECT range_agg(tstzrange(lower(h),
            greatest(upper(h) - interval '1 second', lower(h) + interval '1 second'))) FROM unnest(held) h)) r
    ), paused AS (
        SELECT b, e, coalesce(extract(epoch FROM b - lag(e) OVER (ORDER BY b)) >= seconds + 1, false) AS pause
        FROM stretch, longest
    ), rows AS (
        SELECT b, e, count(*) FILTER (WHERE pause) OVER (ORDER BY b) AS n FROM paused
    )
    SELECT coalesce(sum(ceil(extract(epoch FROM r.e - r.b) / seconds)), 0)::int FROM rows r, longest
    WHERE r.n = (SELECT n FROM rows WHERE b <= starts AND e > starts)
$$;

-- How many terms in a row it would be to serve from `starts` until `ends`, this one included. What is put to the vote
-- and not answered counts, so that two questions at once are no way around.
CREATE OR REPLACE FUNCTION terms_in_a_row(who bigint, which bigint, starts timestamptz, ends timestamptz,
    at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT terms_among(ARRAY(
        SELECT tstzrange(h.b, h.e) FROM (
            SELECT m.valid_from AS b, coalesce((SELECT e.ends_at FROM mandate_end(m.id, at) e), m.valid_until) AS e
            FROM mandates_mandate m WHERE m.delegate_id = who AND m.confederation_id = which
                AND (mandate_issued(m.id, at) OR mandate_pending(m.id, at))
            UNION ALL SELECT starts, ends
        ) h WHERE h.e > h.b), which, starts)
$$;

-- When its question carried, and in an election the frozen count named the candidate, as far as that had happened.
CREATE FUNCTION mandate_named_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.option_id IS NULL THEN carried_at(m.proposal_id, at)
        WHEN chosen_at(m.option_id, at) IS NOT NULL AND carried_at(m.proposal_id, at) IS NOT NULL
            THEN greatest(chosen_at(m.option_id, at), carried_at(m.proposal_id, at)) END
    FROM mandates_mandate m WHERE m.id = which
$$;

-- Whether the charter allows the term that an election gave at `moment`, after all that had been issued before: of
-- what is issued in the same moment, the mandate drafted first comes first.
CREATE FUNCTION elected_within_terms(which bigint, moment timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH asked AS (
        SELECT m.*, c.most_terms FROM mandates_mandate m
        JOIN mandates_charter c ON c.confederation_id = m.confederation_id WHERE m.id = which
    ), earlier AS MATERIALIZED (
        -- Found first, or two mandates would ask for each other without end.
        SELECT o.id, o.valid_from, o.valid_until FROM mandates_mandate o, asked m
        WHERE m.most_terms IS NOT NULL AND o.delegate_id = m.delegate_id AND o.confederation_id = m.confederation_id
            AND (mandate_named_at(o.id, moment), o.id) < (moment, m.id)
    ), held AS (
        SELECT o.valid_from AS b, coalesce((SELECT e.ends_at FROM mandate_end(o.id, moment) e), o.valid_until) AS e
        FROM earlier o WHERE mandate_issued(o.id, moment)
        UNION ALL SELECT m.valid_from, m.valid_until FROM asked m
    )
    SELECT m.most_terms IS NULL OR terms_among(ARRAY(SELECT tstzrange(h.b, h.e) FROM held h WHERE h.e > h.b),
        m.confederation_id, m.valid_from) <= m.most_terms
    FROM asked m
$$;

-- When a mandate was issued, as far as that had happened by `at`. Nobody is elected without a mandate, nobody mandated
-- by an election unelected, and nobody for more terms in a row than the charter allows.
CREATE OR REPLACE FUNCTION mandate_issued_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.option_id IS NULL OR elected_within_terms(which, n.moment) THEN n.moment END
    FROM mandates_mandate m, LATERAL (SELECT mandate_named_at(which, at) AS moment OFFSET 0) n
    WHERE m.id = which AND n.moment IS NOT NULL
$$;
"""

BEFORE = r"""
CREATE OR REPLACE FUNCTION mandate_issued_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT mandate_named_at(which, at)
$$;
DROP FUNCTION elected_within_terms;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0021_recalls_by_charter")]
    operations = [migrations.RunSQL(TERMS, BEFORE)]
