"""The questions that the rules of floor 1 ask, answered in the database for any moment."""

from django.db import migrations

RULES = r"""
-- A moment and a span of elapsed time: a day is 24 hours in every time zone a session may choose.
CREATE FUNCTION later(moment timestamptz, span interval) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT moment + make_interval(secs => extract(epoch FROM span)::double precision)
$$;

CREATE FUNCTION is_citizen(who bigint, place bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_citizenship c WHERE c.citizen_id = who AND c.assembly_id = place
        AND c.valid_from <= at AND (c.valid_until IS NULL OR c.valid_until > at))
$$;

CREATE FUNCTION holds_office(who bigint, place bigint, which text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_office o WHERE o.citizen_id = who AND o.assembly_id = place
        AND o.kind = which AND o.valid_from <= at AND o.valid_until > at) AND is_citizen(who, place, at)
$$;

-- The citizen on whom the lot falls: the lowest SHA-256 of "seed:citizen" among those not holding the office.
CREATE FUNCTION office_lot(place bigint, which text, seed text, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT c.citizen_id FROM assemblies_citizenship c
    WHERE c.assembly_id = place AND c.valid_from <= at AND (c.valid_until IS NULL OR c.valid_until > at)
        AND NOT EXISTS (SELECT FROM assemblies_office o WHERE o.assembly_id = place AND o.kind = which
            AND o.citizen_id = c.citizen_id AND o.valid_from <= at AND o.valid_until > at)
    ORDER BY sha256(convert_to(seed || ':' || c.citizen_id, 'UTF8')) LIMIT 1
$$;

CREATE FUNCTION decision_count(decision bigint, OUT yes int, OUT no int, OUT abstain int) LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(n) FILTER (WHERE choice = 'yes'), 0)::int, coalesce(sum(n) FILTER (WHERE choice = 'no'), 0)::int,
        coalesce(sum(n) FILTER (WHERE choice = 'abstain'), 0)::int
    FROM (SELECT choice, count(*) AS n FROM assemblies_ballot WHERE decision_id = decision GROUP BY choice) counted
$$;

-- The arithmetic of assemblies/counting/majority.py, letter for letter.
CREATE FUNCTION outcome_of(threshold text, yes int, no int, abstain int, electorate int, quorum_per_mille int,
    quorum_number int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN 1000::bigint * (yes + no + abstain) < quorum_per_mille::bigint * electorate
            OR yes + no + abstain < quorum_number THEN 'quorum_missed'
        WHEN CASE threshold
            WHEN 'simple' THEN yes > no
            WHEN 'two-thirds' THEN yes > 0 AND 3::bigint * yes >= 2::bigint * (yes + no)
            WHEN 'absolute-of-roll' THEN 2::bigint * yes > electorate
        END THEN 'carried'
        WHEN threshold = 'simple' AND yes = no AND yes > 0 THEN 'tied'
        ELSE 'lost'
    END
$$;

-- When a proposal carried, as far as that had happened by `at`: the close of the decision, noted by a worker or not.
CREATE FUNCTION carried_at(asked bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT d.closes_at FROM assemblies_decision d
    WHERE d.proposal_id = asked AND d.closes_at <= at AND CASE
        WHEN d.closed_at IS NOT NULL THEN d.outcome = 'carried'
        WHEN d.opened_at IS NULL OR d.closes_at > civic_now() THEN false
        ELSE (SELECT outcome_of(d.threshold, c.yes, c.no, c.abstain, d.electorate, d.quorum_per_mille, d.quorum_number)
            FROM decision_count(d.id) c) = 'carried'
    END
$$;

CREATE FUNCTION carried(asked bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT carried_at(asked, at) IS NOT NULL
$$;

-- The newest standing orders whose decision had carried by then, else those of the founding.
CREATE FUNCTION orders_in_force(place bigint, at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT o.id FROM assemblies_standingorders o
    WHERE o.assembly_id = place AND (o.proposal_id IS NULL OR carried(o.proposal_id, at))
    ORDER BY carried_at(o.proposal_id, at) DESC NULLS LAST, o.id DESC LIMIT 1
$$;

-- A policy from its first adoption on, while the newest change of it that had carried by then is not a repeal; what
-- carried counts before anyone has written it down.
CREATE FUNCTION policy_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_policyversion v WHERE v.policy_id = which AND v.in_force_from <= at)
        AND coalesce((
            SELECT p.effect <> 'repeal' FROM assemblies_proposal p JOIN assemblies_decision d ON d.proposal_id = p.id
            WHERE p.policy_id = which AND d.closes_at = carried_at(p.id, at)
            ORDER BY d.closes_at DESC, d.id DESC LIMIT 1), true)
$$;

-- A question of that assembly that is still being drafted: what hangs on it can still be written.
CREATE FUNCTION is_fresh_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = asked AND p.assembly_id = place
        AND p.effect = 'question' AND p.offered_at IS NULL)
$$;
"""

NO_RULES = """
DROP FUNCTION is_fresh_question;
DROP FUNCTION policy_in_force;
DROP FUNCTION orders_in_force;
DROP FUNCTION carried;
DROP FUNCTION carried_at;
DROP FUNCTION outcome_of;
DROP FUNCTION decision_count;
DROP FUNCTION office_lot;
DROP FUNCTION holds_office;
DROP FUNCTION is_citizen;
DROP FUNCTION later;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0001_initial")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
