"""The questions that the rules of floor 4 ask, and the words in which limits may be said."""

from django.db import migrations

RULES = r"""
-- One of a word's unit is so many of another: what commons/units.py knows. Nothing else is comparable.
INSERT INTO commons_measure (word, unit, factor) VALUES
    ('bed', 'place', 1),
    ('beds', 'place', 1),
    ('cubic metre', 'l', 1000),
    ('cubic metre', 'm3', 1),
    ('cubic metres', 'l', 1000),
    ('cubic metres', 'm3', 1),
    ('day', 'day', 1),
    ('days', 'day', 1),
    ('g', 'kg', 0.001),
    ('g', 't', 0.000001),
    ('gram', 'kg', 0.001),
    ('gram', 't', 0.000001),
    ('grams', 'kg', 0.001),
    ('grams', 't', 0.000001),
    ('h', 'h', 1),
    ('hour', 'h', 1),
    ('hours', 'h', 1),
    ('kg', 'kg', 1),
    ('kg', 't', 0.001),
    ('kilo', 'kg', 1),
    ('kilo', 't', 0.001),
    ('kilogram', 'kg', 1),
    ('kilogram', 't', 0.001),
    ('kilogramme', 'kg', 1),
    ('kilogramme', 't', 0.001),
    ('kilogrammes', 'kg', 1),
    ('kilogrammes', 't', 0.001),
    ('kilograms', 'kg', 1),
    ('kilograms', 't', 0.001),
    ('kilos', 'kg', 1),
    ('kilos', 't', 0.001),
    ('l', 'l', 1),
    ('l', 'm3', 0.001),
    ('liter', 'l', 1),
    ('liter', 'm3', 0.001),
    ('liters', 'l', 1),
    ('liters', 'm3', 0.001),
    ('litre', 'l', 1),
    ('litre', 'm3', 0.001),
    ('litres', 'l', 1),
    ('litres', 'm3', 0.001),
    ('m3', 'l', 1000),
    ('m3', 'm3', 1),
    ('m³', 'l', 1000),
    ('m³', 'm3', 1),
    ('person-day', 'day', 1),
    ('person-days', 'day', 1),
    ('piece', 'piece', 1),
    ('pieces', 'piece', 1),
    ('place', 'place', 1),
    ('places', 'place', 1),
    ('t', 'kg', 1000),
    ('t', 't', 1),
    ('tkm', 'tkm', 1),
    ('ton', 'kg', 1000),
    ('ton', 't', 1),
    ('tonne', 'kg', 1000),
    ('tonne', 't', 1),
    ('tonne-kilometre', 'tkm', 1),
    ('tonne-kilometres', 'tkm', 1),
    ('tonnes', 'kg', 1000),
    ('tonnes', 't', 1),
    ('tons', 'kg', 1000),
    ('tons', 't', 1),
    ('t·km', 'tkm', 1);

-- A question still being drafted on which nothing hangs yet, neither here nor below.
CREATE FUNCTION is_free_matter(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_free_question(asked, place)
        AND NOT EXISTS (SELECT FROM commons_enterprise x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_governance x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_passing x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_acceptance x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_stewardship x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_discharge x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_need x WHERE x.proposal_id = asked)
        AND NOT EXISTS (SELECT FROM commons_surplus x WHERE x.proposal_id = asked)
$$;

-- The moment of an act in an assembly's name, asked after its locks are taken: votes cast in time whose rows are still
-- being written have been waited for.
CREATE FUNCTION settled_in(place bigint) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE moment timestamptz := civic_now();
BEGIN
    PERFORM pg_advisory_xact_lock(2, d.id::int) FROM (SELECT id FROM assemblies_decision
        WHERE assembly_id = place AND closes_at <= moment AND closed_at IS NULL ORDER BY id) d;
    RETURN moment;
END $$;

CREATE FUNCTION is_whole(which bigint, quantity numeric) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT quantity IS NULL OR g.unit NOT IN ('piece', 'place') OR quantity = trunc(quantity)
    FROM commons_good g WHERE g.id = which
$$;

-- ---- enterprises ----

-- When a closing took effect, or a handing over that both assemblies had decided; NULL before.
CREATE FUNCTION passing_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p.to_id IS NULL THEN carried_at(p.proposal_id, at) ELSE (
        SELECT greatest(carried_at(p.proposal_id, at), carried_at(a.proposal_id, at)) FROM commons_acceptance a
        WHERE a.passing_id = p.id AND carried(p.proposal_id, at) AND carried(a.proposal_id, at)) END
    FROM commons_passing p WHERE p.id = which
$$;

-- The assembly an enterprise belongs to: the one that founded it, then whoever it was handed to by its holder of then.
CREATE FUNCTION enterprise_holder(which bigint, at timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    place bigint;
    step record;
BEGIN
    SELECT e.assembly_id INTO place FROM commons_enterprise e WHERE e.id = which AND carried(e.proposal_id, at);
    FOR step IN SELECT q.assembly_id AS giver, p.to_id AS taker FROM commons_passing p
        JOIN assemblies_proposal q ON q.id = p.proposal_id
        WHERE p.enterprise_id = which AND passing_at(p.id, at) IS NOT NULL ORDER BY passing_at(p.id, at), p.id
    LOOP
        EXIT WHEN place IS NULL;
        place := CASE WHEN step.giver = place THEN step.taker ELSE place END;
    END LOOP;
    RETURN place;
END $$;

CREATE FUNCTION stewardship_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT s.valid_until > at AND carried(s.proposal_id, at)
        AND enterprise_holder(s.enterprise_id, at) = p.assembly_id AND is_citizen(s.citizen_id, p.assembly_id, at)
        AND NOT EXISTS (SELECT FROM commons_discharge d WHERE d.stewardship_id = s.id
            AND (d.laid_down_at <= at OR carried(d.proposal_id, at)))
        FROM commons_stewardship s JOIN assemblies_proposal p ON p.id = s.proposal_id WHERE s.id = which), false)
$$;

-- ---- what is needed and what can be given ----

-- Since when it has been said, as far as that had happened by `at`: by a steward, or by a decision that had carried.
CREATE FUNCTION need_since(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN x.proposal_id IS NOT NULL THEN carried_at(x.proposal_id, at)
        WHEN x.stated_at <= at THEN x.stated_at END
    FROM commons_need x WHERE x.id = which
$$;

-- Said by then, and no later word about any part of its time in its place.
CREATE FUNCTION need_stands(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commons_need x WHERE x.id = which AND need_since(x.id, at) IS NOT NULL
        AND NOT EXISTS (SELECT FROM commons_need y
            WHERE y.good_id = x.good_id AND y.assembly_id = x.assembly_id AND y.id <> x.id
            AND y.begins < x.ends AND x.begins < y.ends
            AND (need_since(y.id, at), y.id) > (need_since(x.id, at), x.id)))
$$;

-- Since when it has been said, as far as that had happened by `at`: by a steward, or by a decision that had carried.
CREATE FUNCTION surplus_since(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN x.proposal_id IS NOT NULL THEN carried_at(x.proposal_id, at)
        WHEN x.stated_at <= at THEN x.stated_at END
    FROM commons_surplus x WHERE x.id = which
$$;

-- Said by then, and no later word about any part of its time in its place.
CREATE FUNCTION surplus_stands(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commons_surplus x WHERE x.id = which AND surplus_since(x.id, at) IS NOT NULL
        AND NOT EXISTS (SELECT FROM commons_surplus y
            WHERE y.good_id = x.good_id AND y.assembly_id = x.assembly_id AND y.id <> x.id
            AND y.begins < x.ends AND x.begins < y.ends
            AND (surplus_since(y.id, at), y.id) > (surplus_since(x.id, at), x.id)))
$$;

-- ---- what is allotted, sent and received ----

CREATE FUNCTION allotment_sent(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(d.quantity), 0) FROM commons_delivery d WHERE d.allotment_id = which
$$;

CREATE FUNCTION allotment_received(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(r.quantity), 0) FROM commons_receipt r
    JOIN commons_delivery d ON d.id = r.delivery_id WHERE d.allotment_id = which
$$;

-- Its plan is not cancelled, and the clause it goes through is in force.
CREATE FUNCTION allotment_binds(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commons_allotment a JOIN commons_plan p ON p.id = a.plan_id
        JOIN councils_attachment x ON x.id = a.attachment_id
        WHERE a.id = which AND p.failed_at IS NULL AND (p.cancelled_at IS NULL OR p.cancelled_at > at)
        AND clause_in_force(x.clause_id, at))
$$;

-- It binds, and its plan had been worked out by then.
CREATE FUNCTION allotment_counts(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT allotment_binds(which, at) AND EXISTS (SELECT FROM commons_allotment a
        JOIN commons_plan p ON p.id = a.plan_id WHERE a.id = which AND p.finished_at <= at)
$$;

-- What the giver has let go or promised.
CREATE FUNCTION allotment_committed(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(allotment_sent(a.id), CASE WHEN allotment_binds(a.id, at) THEN a.quantity ELSE 0 END)
    FROM commons_allotment a WHERE a.id = which
$$;

-- What the receiver has or can still expect: what arrived, what is on its way, and what is promised and not yet sent.
-- What fell short on its way is none of these.
CREATE FUNCTION allotment_expected(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT (SELECT coalesce(sum(coalesce(r.quantity, d.quantity)), 0) FROM commons_delivery d
            LEFT JOIN commons_receipt r ON r.delivery_id = d.id WHERE d.allotment_id = a.id)
        + CASE WHEN allotment_binds(a.id, at) THEN greatest(a.quantity - allotment_sent(a.id), 0) ELSE 0 END
    FROM commons_allotment a WHERE a.id = which
$$;

-- Of what an assembly has, its own essential need comes first.
CREATE FUNCTION surplus_own(which bigint, said timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT least(s.quantity, (SELECT coalesce(sum(n.essential), 0) FROM commons_need n
        WHERE n.assembly_id = s.assembly_id AND n.good_id = s.good_id
        AND n.begins < s.ends AND s.begins < n.ends AND need_stands(n.id, said)))
    FROM commons_surplus s WHERE s.id = which
$$;

CREATE FUNCTION need_own(which bigint, said timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT least(n.essential, (SELECT coalesce(sum(s.quantity), 0) FROM commons_surplus s
        WHERE s.assembly_id = n.assembly_id AND s.good_id = n.good_id
        AND n.begins < s.ends AND s.begins < n.ends AND surplus_stands(s.id, said)))
    FROM commons_need n WHERE n.id = which
$$;

-- What is let go or promised of what that assembly has of that good in that time, whichever of its words it was by.
CREATE FUNCTION surplus_committed(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(allotment_committed(a.id, at)), 0) FROM commons_surplus s
    JOIN commons_surplus y ON y.assembly_id = s.assembly_id AND y.good_id = s.good_id
        AND y.begins < s.ends AND s.begins < y.ends
    JOIN commons_allotment a ON a.surplus_id = y.id WHERE s.id = which
$$;

CREATE FUNCTION need_met(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(allotment_expected(a.id, at)), 0) FROM commons_need n
    JOIN commons_need y ON y.assembly_id = n.assembly_id AND y.good_id = n.good_id
        AND y.begins < n.ends AND n.begins < y.ends
    JOIN commons_allotment a ON a.need_id = y.id WHERE n.id = which
$$;

-- What can still be shared of it, by what had been `said` then and is promised `at` that moment.
CREATE FUNCTION surplus_left(which bigint, said timestamptz, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(s.quantity - surplus_own(s.id, said) - surplus_committed(s.id, at), 0)
    FROM commons_surplus s WHERE s.id = which
$$;

CREATE FUNCTION need_open(which bigint, said timestamptz, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(n.quantity - need_own(n.id, said) - need_met(n.id, at), 0)
    FROM commons_need n WHERE n.id = which
$$;

-- ---- clauses ----

-- Words in small letters, each between spaces.
CREATE FUNCTION plain_words(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ' ' || trim(regexp_replace(lower(said), '[^[:alnum:]]+', ' ', 'g')) || ' '
$$;

-- A clause lets go what its instruction names, word for word: the assembly voted on those words.
CREATE FUNCTION clause_names(which bigint, good bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_clause c JOIN commons_good g ON g.id = good
        WHERE c.id = which AND strpos(plain_words(c.instruction), plain_words(g.name)) > 0)
$$;

-- How much of a clause's limit plans have promised, in the unit of the clause.
CREATE FUNCTION clause_allotted(which bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(allotment_committed(a.id, at) / m.factor), 0) FROM mandates_clause c
    JOIN councils_attachment x ON x.clause_id = c.id JOIN commons_allotment a ON a.attachment_id = x.id
    JOIN commons_plan p ON p.id = a.plan_id JOIN commons_good g ON g.id = p.good_id
    JOIN commons_measure m ON m.word = lower(c.unit) AND m.unit = g.unit
    WHERE c.id = which
$$;

-- How much of a good a clause still lets go, in the unit of the good; NULL without a limit, nothing where the limit is
-- in a unit that measures something else.
CREATE FUNCTION clause_room(which bigint, good bigint, at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN clause_limit(c.id, at) IS NOT NULL THEN coalesce((
        SELECT greatest(clause_limit(c.id, at) - clause_used(c.id) - clause_allotted(c.id, at), 0) * m.factor
        FROM commons_measure m JOIN commons_good g ON g.unit = m.unit
        WHERE m.word = lower(c.unit) AND g.id = good), 0) END
    FROM mandates_clause c WHERE c.id = which
$$;
"""

NO_RULES = """
DROP FUNCTION clause_room;
DROP FUNCTION clause_allotted;
DROP FUNCTION clause_names;
DROP FUNCTION plain_words;
DROP FUNCTION need_open;
DROP FUNCTION surplus_left;
DROP FUNCTION need_met;
DROP FUNCTION surplus_committed;
DROP FUNCTION need_own;
DROP FUNCTION surplus_own;
DROP FUNCTION allotment_expected;
DROP FUNCTION allotment_committed;
DROP FUNCTION allotment_counts;
DROP FUNCTION allotment_binds;
DROP FUNCTION allotment_received;
DROP FUNCTION allotment_sent;
DROP FUNCTION surplus_stands;
DROP FUNCTION surplus_since;
DROP FUNCTION need_stands;
DROP FUNCTION need_since;
DROP FUNCTION stewardship_in_force;
DROP FUNCTION enterprise_holder;
DROP FUNCTION passing_at;
DROP FUNCTION is_whole;
DROP FUNCTION settled_in;
DROP FUNCTION is_free_matter;
DELETE FROM commons_measure;
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0001_nouns"), ("councils", "0002_rules"), ("mandates", "0004_elections_in_force")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
