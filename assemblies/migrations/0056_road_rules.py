"""What the rules ask of the road of a proposal; and the first version of everything that had been offered before."""

from django.db import migrations

RULES = r"""
CREATE FUNCTION newest_version(asked bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT v.id FROM assemblies_proposalversion v WHERE v.proposal_id = asked ORDER BY v.number DESC LIMIT 1
$$;

-- The number of the last text that its author wrote: readings and co-signers of an earlier one count no more.
CREATE FUNCTION authors_text(asked bigint) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT max(v.number) FROM assemblies_proposalversion v WHERE v.proposal_id = asked AND v.origin <> 'consolidated'
$$;

CREATE FUNCTION supporters(asked bigint, at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT s.citizen_id)::int FROM assemblies_support s
    JOIN assemblies_proposalversion v ON v.id = s.version_id JOIN assemblies_proposal p ON p.id = v.proposal_id
    WHERE p.id = asked AND v.number >= authors_text(asked) AND s.given_at <= at
        AND (s.withdrawn_at IS NULL OR s.withdrawn_at > at) AND is_citizen(s.citizen_id, p.assembly_id, at)
$$;

CREATE FUNCTION was_read(asked bigint, which int) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_reading r JOIN assemblies_proposalversion v ON v.id = r.version_id
        WHERE v.proposal_id = asked AND r.number = which AND v.number >= authors_text(asked))
$$;

CREATE FUNCTION sent_back(asked bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_sendingback b WHERE b.version_id = newest_version(asked))
$$;

CREATE FUNCTION amendments_open(text bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_amendment a WHERE a.version_id = amendments_open.text
        AND a.withdrawn_at IS NULL AND a.accepted_at IS NULL AND NOT EXISTS (SELECT FROM assemblies_decision d
            WHERE d.proposal_id = a.question_id AND d.closed_at IS NOT NULL))
$$;

CREATE FUNCTION amendments_adopted(text bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_amendment a WHERE a.version_id = amendments_adopted.text
        AND (a.accepted_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d
            WHERE d.proposal_id = a.question_id AND d.outcome = 'carried')))
$$;

-- Whether a question is that of an amendment whose text is still before its assembly.
CREATE FUNCTION amendment_stands(question bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM assemblies_amendment a JOIN assemblies_proposalversion v ON v.id = a.version_id
        JOIN assemblies_proposal p ON p.id = v.proposal_id
        WHERE a.question_id = question AND p.withdrawn_at IS NULL AND v.id = newest_version(p.id))
$$;

CREATE FUNCTION text_voted_on(asked bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT v.text FROM assemblies_decision d JOIN assemblies_proposalversion v ON v.proposal_id = d.proposal_id
    WHERE d.id = asked AND v.written_at <= d.called_at ORDER BY v.number DESC LIMIT 1
$$;

-- When the deliberation on a proposal is over, by the orders of that moment. It runs from the last text of the author.
-- A text that amendments changed is deliberated anew, or lies open for as long as the orders say; an amendment is
-- deliberated from when it was moved.
CREATE FUNCTION deliberated_at(asked bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN a.id IS NOT NULL THEN later(a.moved_at, o.deliberation)
        WHEN v.origin = 'consolidated' AND o.reconsideration IS NOT NULL THEN greatest(
            later(v.written_at, o.reconsideration), later((SELECT w.written_at FROM assemblies_proposalversion w
                WHERE w.proposal_id = p.id AND w.number = authors_text(p.id)), o.deliberation))
        ELSE later(v.written_at, o.deliberation) END
    FROM assemblies_proposal p
    JOIN assemblies_standingorders o ON o.id = orders_in_force(p.assembly_id, deliberated_at.at)
    LEFT JOIN assemblies_proposalversion v ON v.id = newest_version(p.id)
    LEFT JOIN assemblies_amendment a ON a.question_id = p.id
    WHERE p.id = asked
$$;

INSERT INTO assemblies_proposalversion (proposal_id, number, text, origin, written_by_id, written_at)
    SELECT p.id, 1, p.text, 'offered', p.author_id, p.offered_at FROM assemblies_proposal p
    WHERE p.offered_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""

NO_RULES = """
DROP FUNCTION deliberated_at;
DROP FUNCTION text_voted_on;
DROP FUNCTION amendment_stands;
DROP FUNCTION amendments_adopted;
DROP FUNCTION amendments_open;
DROP FUNCTION sent_back;
DROP FUNCTION was_read;
DROP FUNCTION supporters;
DROP FUNCTION authors_text;
DROP FUNCTION newest_version;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0055_road")]

    operations = [migrations.RunSQL(RULES, NO_RULES)]
