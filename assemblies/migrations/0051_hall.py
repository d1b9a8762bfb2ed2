"""Who is in a hall, who leads a session, and which motion comes first, in the database."""

from django.db import migrations

RULES = r"""
-- Whether somebody was in the hall of a session at that moment.
CREATE FUNCTION was_in(who bigint, hall bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_attendance a WHERE a.session_id = hall AND a.citizen_id = who
        AND a.came_at <= at AND (a.left_at IS NULL OR a.left_at > at))
$$;

CREATE FUNCTION session_of(item bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT i.session_id FROM assemblies_agendaitem i WHERE i.id = item
$$;

-- A facilitator leads a session; or whoever took it over last, while they hold an office of the assembly.
CREATE FUNCTION leads_session(who bigint, hall bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT holds_office(who, s.assembly_id, 'facilitator', at) OR (
        who = (SELECT t.citizen_id FROM assemblies_takeover t WHERE t.session_id = hall ORDER BY t.id DESC LIMIT 1)
        AND EXISTS (SELECT FROM assemblies_office o WHERE o.citizen_id = who
            AND holds_office(who, s.assembly_id, o.kind, at)))
    FROM assemblies_session s WHERE s.id = hall
$$;

CREATE FUNCTION keeps_door(who bigint, hall bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT leads_session(who, hall, at) OR holds_office(who, s.assembly_id, 'teller', at)
    FROM assemblies_session s WHERE s.id = hall
$$;

CREATE FUNCTION motion_rank(kind text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(ARRAY['point', 'adjourn', 'close', 'order', 'procedure', 'wording', 'minutes', 'correction'],
        kind)
$$;

-- The motion that is voted before this one: not yet decided, under a point that has not ended, and of a kind that comes
-- first, or of the same kind and moved earlier. A motion that has been voted on waits for no other.
CREATE FUNCTION motion_before(which bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT o.id FROM assemblies_motion m JOIN assemblies_motion o ON o.session_id = m.session_id
    WHERE m.id = which AND o.kind <> 'point' AND o.withdrawn_at IS NULL
        AND (motion_rank(o.kind), o.id) < (motion_rank(m.kind), m.id)
        AND NOT EXISTS (SELECT FROM assemblies_showofhands h WHERE h.motion_id IN (o.id, m.id))
        AND NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = o.item_id AND i.ended_at IS NOT NULL)
    ORDER BY motion_rank(o.kind), o.id LIMIT 1
$$;

-- As it was, and for a vote in session quorum and majority are shares of the whole roll.
CREATE OR REPLACE FUNCTION carried_at(asked bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT d.closes_at FROM assemblies_decision d
    WHERE d.proposal_id = asked AND d.closes_at <= at AND CASE
        WHEN d.closed_at IS NOT NULL THEN d.outcome = 'carried'
        WHEN d.opened_at IS NULL OR d.closes_at > civic_now() THEN false
        ELSE (SELECT CASE WHEN d.method = 'yes-no'
            THEN outcome_of(d.threshold, c.yes, c.no, c.abstain, coalesce(d.roll, d.electorate), d.quorum_per_mille,
                d.quorum_number)
            ELSE choice_outcome(c.voters, coalesce(d.roll, d.electorate), d.quorum_per_mille, d.quorum_number) END
            FROM decision_count(d.id) c) = 'carried'
    END
$$;
"""

NO_RULES = """
CREATE OR REPLACE FUNCTION carried_at(asked bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT d.closes_at FROM assemblies_decision d
    WHERE d.proposal_id = asked AND d.closes_at <= at AND CASE
        WHEN d.closed_at IS NOT NULL THEN d.outcome = 'carried'
        WHEN d.opened_at IS NULL OR d.closes_at > civic_now() THEN false
        ELSE (SELECT CASE WHEN d.method = 'yes-no'
            THEN outcome_of(d.threshold, c.yes, c.no, c.abstain, d.electorate, d.quorum_per_mille, d.quorum_number)
            ELSE choice_outcome(c.voters, d.electorate, d.quorum_per_mille, d.quorum_number) END
            FROM decision_count(d.id) c) = 'carried'
    END
$$;
DROP FUNCTION motion_before;
DROP FUNCTION motion_rank;
DROP FUNCTION keeps_door;
DROP FUNCTION leads_session;
DROP FUNCTION session_of;
DROP FUNCTION was_in;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0050_sessions")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
