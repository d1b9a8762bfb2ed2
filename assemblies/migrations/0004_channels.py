"""Counting over every channel, choosing among options, and what hangs on a question, in the database."""

from django.db import migrations

RULES = r"""
-- Papers on which the two tellers who read them last agree.
CREATE FUNCTION papers_agreed(which bigint) RETURNS TABLE(code_id bigint, choice text, ranking smallint[])
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (p.code_id, p.by_id) p.id, p.code_id, p.choice, p.ranking
        FROM assemblies_papercount p JOIN assemblies_papercode c ON c.id = p.code_id WHERE c.decision_id = which
        ORDER BY p.code_id, p.by_id, p.id DESC
    ), newest AS (
        SELECT l.*, row_number() OVER (PARTITION BY l.code_id ORDER BY l.id DESC) AS place FROM latest l
    )
    SELECT a.code_id, a.choice::text, a.ranking FROM newest a JOIN newest b ON b.code_id = a.code_id
    WHERE a.place = 1 AND b.place = 2
        AND a.choice IS NOT DISTINCT FROM b.choice AND a.ranking IS NOT DISTINCT FROM b.ranking
$$;

-- Those marked as voting by hand, and the most hands that any teller says were up.
CREATE FUNCTION hands_present(which bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM assemblies_rollmark m
    WHERE m.decision_id = which AND m.channel = 'hands' AND m.withdrawn_at IS NULL
$$;

CREATE FUNCTION hands_claimed(which bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(l.yes::bigint + l.no + l.abstain), 0) FROM (
        SELECT DISTINCT ON (h.by_id) h.* FROM assemblies_handcount h WHERE h.decision_id = which
        ORDER BY h.by_id, h.id DESC) l
$$;

-- The count on which the two tellers who counted last agree; no row while they do not.
CREATE FUNCTION hands_agreed(which bigint) RETURNS TABLE(count_id bigint, yes int, no int, abstain int)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (h.by_id) h.* FROM assemblies_handcount h WHERE h.decision_id = which
        ORDER BY h.by_id, h.id DESC
    ), newest AS (SELECT l.*, row_number() OVER (ORDER BY l.id DESC) AS place FROM latest l)
    SELECT a.id, a.yes, a.no, a.abstain FROM newest a, newest b
    WHERE a.place = 1 AND b.place = 2 AND (a.yes, a.no, a.abstain) = (b.yes, b.no, b.abstain)
$$;

-- What each channel brought; a vote among options has voters only.
CREATE FUNCTION channel_count(which bigint) RETURNS TABLE(channel text, yes int, no int, abstain int, voters int)
LANGUAGE sql STABLE AS $$
    SELECT 'device', coalesce(sum(n) FILTER (WHERE choice = 'yes'), 0)::int,
        coalesce(sum(n) FILTER (WHERE choice = 'no'), 0)::int,
        coalesce(sum(n) FILTER (WHERE choice = 'abstain'), 0)::int, coalesce(sum(n), 0)::int
    FROM (SELECT b.choice, count(*) AS n FROM assemblies_ballot b WHERE b.decision_id = which GROUP BY b.choice) counted
    UNION ALL SELECT 'paper', (count(*) FILTER (WHERE p.choice = 'yes'))::int,
        (count(*) FILTER (WHERE p.choice = 'no'))::int, (count(*) FILTER (WHERE p.choice = 'abstain'))::int,
        count(*)::int
    FROM papers_agreed(which) p
    UNION ALL SELECT 'hands', coalesce(sum(h.yes), 0)::int, coalesce(sum(h.no), 0)::int,
        coalesce(sum(h.abstain), 0)::int, coalesce(sum(h.yes + h.no + h.abstain), 0)::int
    FROM hands_agreed(which) h
$$;

DROP FUNCTION decision_count(bigint);
CREATE FUNCTION decision_count(decision bigint, OUT yes int, OUT no int, OUT abstain int, OUT voters int)
LANGUAGE sql STABLE AS $$
    SELECT sum(c.yes)::int, sum(c.no)::int, sum(c.abstain)::int, sum(c.voters)::int FROM channel_count(decision) c
$$;

-- The ballots of a vote among options, grouped.
CREATE FUNCTION decision_profile(which bigint) RETURNS TABLE(ranking smallint[], n bigint) LANGUAGE sql STABLE AS $$
    SELECT v.ranking, count(*) FROM (
        SELECT b.ranking FROM assemblies_ballot b WHERE b.decision_id = which
        UNION ALL SELECT p.ranking FROM papers_agreed(which) p
    ) v WHERE v.ranking IS NOT NULL GROUP BY v.ranking
$$;

-- A vote among options: with quorum and at least one voter it chooses.
CREATE FUNCTION choice_outcome(voters int, electorate int, quorum_per_mille int, quorum_number int) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN 1000::bigint * voters < quorum_per_mille::bigint * electorate OR voters < quorum_number
            THEN 'quorum_missed'
        WHEN voters > 0 THEN 'carried'
        ELSE 'lost'
    END
$$;

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

-- The option that was chosen: its question carried by then, and the frozen count names it.
CREATE FUNCTION chosen_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT d.closes_at FROM assemblies_option o JOIN assemblies_decision d ON d.proposal_id = o.proposal_id
    JOIN assemblies_count c ON c.decision_id = d.id
    WHERE o.id = which AND d.closes_at <= at AND d.outcome = 'carried' AND o.number = ANY (c.elected)
$$;

-- What hangs on a question is decided by yes or no: a choice that carried has said yes to nothing.
CREATE OR REPLACE FUNCTION is_fresh_question(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = asked AND p.assembly_id = place
        AND p.effect = 'question' AND p.method = 'yes-no' AND p.offered_at IS NULL)
$$;

CREATE FUNCTION is_fresh_choice(asked bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = asked AND p.assembly_id = place
        AND p.effect = 'question' AND p.method <> 'yes-no' AND p.offered_at IS NULL)
$$;
"""

NO_RULES = """
DROP FUNCTION is_fresh_choice;
DROP FUNCTION chosen_at;
DROP FUNCTION choice_outcome;
DROP FUNCTION decision_profile;
DROP FUNCTION channel_count;
DROP FUNCTION hands_agreed;
DROP FUNCTION hands_claimed;
DROP FUNCTION hands_present;
DROP FUNCTION papers_agreed;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0003_choices")]
    operations = [migrations.RunSQL(RULES, NO_RULES)]
