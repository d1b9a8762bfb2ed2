"""The urn: sealed ballots in a schema of their own, which the application reaches through three functions alone.

A row says nothing of when it came or whose it is: no serial number, no moment, no person. Which row was written
before which can be read from a table on disk, as from any; who took a paper when is known too; the two are days apart.
"""

from django.db import migrations

RULES = r"""
CREATE SCHEMA urn;

CREATE TABLE urn.ballot (
    token_hash bytea PRIMARY KEY,
    decision bigint NOT NULL,
    token bytea NOT NULL,
    signature bytea NOT NULL,
    choice text NOT NULL,
    seal bytea NOT NULL,
    CONSTRAINT known_by_its_token CHECK (token_hash = sha256(token)),
    CONSTRAINT whole CHECK (length(signature) = 384 AND length(seal) = 64
        AND choice ~ '^(yes|no|abstain|[1-9][0-9]?(,[1-9][0-9]?){0,49})$')
);
CREATE INDEX ballot_said ON urn.ballot (decision, choice);
REVOKE ALL ON SCHEMA urn FROM PUBLIC;

CREATE FUNCTION urn.kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A ballot in the urn stays as it was cast.' USING ERRCODE = 'CFF18', HINT = 'article 18';
END $$;
CREATE TRIGGER kept_rows BEFORE UPDATE OR DELETE ON urn.ballot FOR EACH ROW EXECUTE FUNCTION urn.kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON urn.ballot FOR EACH STATEMENT EXECUTE FUNCTION urn.kept();

-- Whoever puts a ballot in, and however. Locked before anything is read: one after another, and never beside the close.
CREATE FUNCTION urn.checked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, urn, pg_temp AS $$
DECLARE
    asked assemblies_decision%ROWTYPE;
    issuer assemblies_issuer%ROWTYPE;
    numbers int[];
    at timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.'
            USING ERRCODE = 'CFF19', HINT = 'article 19';
    END IF;
    PERFORM pg_advisory_xact_lock(2, NEW.decision::int);
    SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision;
    SELECT * INTO issuer FROM assemblies_issuer WHERE decision_id = NEW.decision;
    at := civic_now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This vote has no urn for sealed ballots.' USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    IF at < asked.urn_from THEN
        RAISE EXCEPTION 'The urn is not open yet: it opens when nobody can take a paper any more.'
            USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    IF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN
        RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    IF issuer.destroyed_at IS NULL THEN
        RAISE EXCEPTION 'The urn opens when the key that signed the papers is destroyed.'
            USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    IF issuer.papers < 8 THEN
        RAISE EXCEPTION 'Fewer than eight papers were taken: nobody would be hidden among them.'
            USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    IF (SELECT count(*) FROM urn.ballot b WHERE b.decision = NEW.decision) >= issuer.papers THEN
        RAISE EXCEPTION 'There are as many ballots in the urn as papers were taken.'
            USING ERRCODE = 'CFF18', HINT = 'article 18';
    END IF;
    IF (asked.method = 'yes-no') <> (NEW.choice IN ('yes', 'no', 'abstain')) THEN
        RAISE EXCEPTION 'This is no answer to what is asked.' USING ERRCODE = 'CFU02', HINT = 'article 2';
    END IF;
    IF asked.method <> 'yes-no' THEN
        numbers := string_to_array(NEW.choice, ',')::int[];
        IF cardinality(numbers) <> (SELECT count(*) FROM assemblies_option o
            WHERE o.proposal_id = asked.proposal_id AND o.number = ANY (numbers)) THEN
            RAISE EXCEPTION 'A ballot names options of its own question, each of them once.'
                USING ERRCODE = 'CFU02', HINT = 'article 2';
        END IF;
        IF cardinality(numbers) > asked.most
            OR asked.method = 'approval' AND numbers <> ARRAY(SELECT n FROM unnest(numbers) n ORDER BY n) THEN
            RAISE EXCEPTION 'This ballot names more options than it may, or not in the order of their numbers.'
                USING ERRCODE = 'CFU02', HINT = 'article 2';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON urn.ballot FOR EACH ROW EXECUTE FUNCTION urn.checked();

-- True when it is put in now, false when this very envelope lies there already.
CREATE FUNCTION urn.cast_ballot(which bigint, token bytea, signature bytea, choice text, seal bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, urn, pg_temp AS $$
DECLARE
    found_there urn.ballot%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(2, which::int);
    SELECT * INTO found_there FROM urn.ballot b WHERE b.token_hash = sha256(cast_ballot.token);
    IF NOT FOUND THEN
        INSERT INTO urn.ballot VALUES (sha256(token), which, token, signature, choice, seal);
        RETURN true;
    END IF;
    IF (found_there.decision, found_there.signature, found_there.choice, found_there.seal)
        IS DISTINCT FROM (which, signature, choice, seal) THEN
        RAISE EXCEPTION 'This paper has been cast already: each is used once.'
            USING ERRCODE = 'CFC18', HINT = 'article 18';
    END IF;
    RETURN false;
END $$;

CREATE FUNCTION urn.may_be_read(which bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = public, urn, pg_temp AS $$
    SELECT EXISTS (SELECT FROM assemblies_decision d WHERE d.id = which AND d.secret AND d.closes_at <= civic_now())
$$;

-- Nothing before the close: nobody who signs in as the application sees a running tally.
CREATE FUNCTION urn.board(which bigint) RETURNS TABLE(token bytea, signature bytea, choice text, seal bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, urn, pg_temp AS $$
    SELECT b.token, b.signature, b.choice, b.seal FROM urn.ballot b
    WHERE b.decision = which AND urn.may_be_read(which) ORDER BY b.token_hash
$$;

CREATE FUNCTION urn.said(which bigint) RETURNS TABLE(choice text, n bigint)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, urn, pg_temp AS $$
    SELECT b.choice, count(*) FROM urn.ballot b WHERE b.decision = which AND urn.may_be_read(which) GROUP BY b.choice
$$;

-- What a teller read on papers in the urn of a secret vote: {"2,1,3": 4}, answers to the question, in such a number.
CREATE FUNCTION urn_paper_fits(which bigint, ranked jsonb, total int, rest int) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT jsonb_typeof(ranked) = 'object' AND rest = 0
        AND total = (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(ranked))
        AND NOT EXISTS (
            SELECT FROM jsonb_each_text(ranked) r, assemblies_decision d,
                LATERAL (SELECT string_to_array(r.key, ',')::int[] AS numbers) n
            WHERE d.id = which AND (r.value::int < 1 OR cardinality(numbers) = 0 OR cardinality(numbers) > d.most
                OR cardinality(numbers) <> (SELECT count(*) FROM assemblies_option o
                    WHERE o.proposal_id = d.proposal_id AND o.number = ANY (numbers))))
$$;

-- The two tellers who counted last must agree on every paper, not on the number alone.
CREATE OR REPLACE FUNCTION hands_agreed(which bigint) RETURNS TABLE(count_id bigint, yes int, no int, abstain int)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (h.by_id) h.* FROM assemblies_handcount h WHERE h.decision_id = which
        ORDER BY h.by_id, h.id DESC
    ), newest AS (SELECT l.*, row_number() OVER (ORDER BY l.id DESC) AS place FROM latest l)
    SELECT a.id, a.yes, a.no, a.abstain FROM newest a, newest b
    WHERE a.place = 1 AND b.place = 2 AND (a.yes, a.no, a.abstain) = (b.yes, b.no, b.abstain)
        AND a.ranked IS NOT DISTINCT FROM b.ranked
$$;

CREATE OR REPLACE FUNCTION channel_count(which bigint)
RETURNS TABLE(channel text, yes int, no int, abstain int, voters int) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT 'device', coalesce(sum(n) FILTER (WHERE choice = 'yes'), 0)::int,
        coalesce(sum(n) FILTER (WHERE choice = 'no'), 0)::int,
        coalesce(sum(n) FILTER (WHERE choice = 'abstain'), 0)::int, coalesce(sum(n), 0)::int
    FROM (
        SELECT b.choice, count(*) AS n FROM assemblies_ballot b WHERE b.decision_id = which GROUP BY b.choice
        UNION ALL SELECT s.choice, s.n FROM urn.said(which) s
    ) counted
    UNION ALL SELECT 'paper', (count(*) FILTER (WHERE p.choice = 'yes'))::int,
        (count(*) FILTER (WHERE p.choice = 'no'))::int, (count(*) FILTER (WHERE p.choice = 'abstain'))::int,
        count(*)::int
    FROM papers_agreed(which) p
    UNION ALL SELECT 'hands', coalesce(sum(h.yes), 0)::int, coalesce(sum(h.no), 0)::int,
        coalesce(sum(h.abstain), 0)::int, coalesce(sum(h.yes + h.no + h.abstain), 0)::int
    FROM hands_agreed(which) h
$$;

CREATE OR REPLACE FUNCTION decision_profile(which bigint) RETURNS TABLE(ranking smallint[], n bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT v.ranking, sum(v.n)::bigint FROM (
        SELECT b.ranking, count(*) AS n FROM assemblies_ballot b WHERE b.decision_id = which GROUP BY b.ranking
        UNION ALL SELECT p.ranking, 1 FROM papers_agreed(which) p
        UNION ALL SELECT string_to_array(s.choice, ',')::smallint[], s.n FROM urn.said(which) s
        WHERE s.choice ~ '^[0-9]'
        UNION ALL SELECT string_to_array(r.key, ',')::smallint[], r.value::bigint
        FROM hands_agreed(which) a JOIN assemblies_handcount h ON h.id = a.count_id,
            LATERAL jsonb_each_text(coalesce(h.ranked, '{}'::jsonb)) r
    ) v WHERE v.ranking IS NOT NULL GROUP BY v.ranking
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0015_secret_votes")]
    operations = [migrations.RunSQL(RULES, migrations.RunSQL.noop)]
