"""Terms in a row count from the call of a vote, not from a proposal that anybody may make of anybody."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

PENDING = r"""
-- Put to the vote and not answered yet. What is only proposed is not: anybody can propose anybody.
CREATE OR REPLACE FUNCTION mandate_pending(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_decision d ON d.proposal_id = m.proposal_id
        OR d.proposal_id = (SELECT o.proposal_id FROM assemblies_option o WHERE o.id = m.option_id)
        WHERE m.id = which AND d.called_at <= at AND (d.closed_at IS NULL OR d.closes_at > at))
$$;
"""

BEFORE = r"""
CREATE OR REPLACE FUNCTION mandate_pending(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_proposal p ON p.id = m.proposal_id
        WHERE m.id = which AND p.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM assemblies_decision d WHERE d.closes_at <= at AND d.closed_at IS NOT NULL
            AND d.outcome <> 'quorum_missed' AND (d.proposal_id = m.proposal_id
                OR d.proposal_id = (SELECT o.proposal_id FROM assemblies_option o WHERE o.id = m.option_id))))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0004_elections_in_force"),
    ]

    operations = [
        migrations.RunSQL(PENDING, BEFORE),
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="names_what_it_decides",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="question",
            name="recall_signed",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="names_what_it_decides",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN\nIF EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.id AND NOT EXISTS (SELECT FROM mandates_clause c WHERE c.mandate_id = m.id)) THEN RAISE EXCEPTION 'A mandate has at least one clause: what is the delegate to do?' USING ERRCODE = 'CFU04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN mandates_candidacy y ON y.id = m.candidacy_id WHERE m.proposal_id = NEW.id AND EXISTS ((SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id) UNION ALL (SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id))) THEN RAISE EXCEPTION 'The mandate of a candidate carries the clauses of the election, word for word.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_poll x JOIN mandates_candidacy y ON y.election_id = x.election_id JOIN mandates_election e ON e.id = x.election_id WHERE NEW.id IN (x.ranking_id, x.question_id) AND y.withdrawn_at IS NULL AND is_citizen(y.citizen_id, e.assembly_id, civic_now()) AND within_terms(y.citizen_id, e.confederation_id, e.valid_from, e.valid_until, civic_now()) AND NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.candidacy_id = y.id)) THEN RAISE EXCEPTION 'Everyone who stands is among those who can be elected.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_citizen d ON d.id = m.delegate_id JOIN mandates_confederation k ON k.id = m.confederation_id JOIN mandates_clause c ON c.mandate_id = m.id JOIN assemblies_policy y ON y.id = c.policy_id LEFT JOIN assemblies_assembly a ON a.id = c.place_id WHERE m.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, k.name) > 0 AND strpos(NEW.text, c.instruction) > 0 AND strpos(NEW.text, y.title) > 0 AND strpos(NEW.text, coalesce(a.name, '')) > 0 AND strpos(NEW.text, coalesce(trim_scale(c.\"limit\") || ' ' || c.unit, '')) > 0)) THEN RAISE EXCEPTION 'The question names the delegate, the confederation and every clause of the mandate.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_recall r JOIN mandates_mandate m ON m.id = r.mandate_id JOIN assemblies_citizen d ON d.id = m.delegate_id WHERE r.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, r.grounds) > 0)) THEN RAISE EXCEPTION 'The question names the delegate and the grounds.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nEND IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_poll x WHERE NEW.id IN (x.ranking_id, x.question_id)) THEN RAISE EXCEPTION 'An election belongs to all who stand and all who vote: it is not taken back.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id) THEN RAISE EXCEPTION 'A recall that was opened belongs to all who may sign it: it is not taken back.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nRETURN NEW;",
                    hash="dfa89fcf6a2ded871debc577c588aa43e67305c3",
                    operation="UPDATE",
                    pgid="pgtrigger_names_what_it_decides_45499",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="recall_signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.proposal_id AND r.needed > (SELECT count(*) FROM mandates_signature s WHERE s.recall_id = r.id)) THEN RAISE EXCEPTION 'A recall is put to the vote by enough signatures, and by nothing else.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF EXISTS (SELECT FROM mandates_recall r JOIN assemblies_proposal p ON p.id = r.proposal_id JOIN assemblies_standingorders o ON o.id = orders_in_force(p.assembly_id, civic_now()) WHERE r.proposal_id = NEW.proposal_id AND (NEW.called_by_id IS NOT NULL OR NEW.opens_at > interval '1 minute' + greatest(later(civic_now(), o.notice), later(p.offered_at, o.deliberation)) OR NEW.closes_at > interval '1 minute' + later(NEW.opens_at, o.voting_period))) THEN RAISE EXCEPTION 'A recall is voted on as soon as deliberation and notice allow: nobody puts it off.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF NEW.called_by_id IS NULL AND NOT EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.proposal_id) THEN RAISE EXCEPTION 'Only a recall is put to the vote by signatures; a facilitator calls every other vote.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF EXISTS (SELECT FROM mandates_poll x JOIN mandates_election e ON e.id = x.election_id WHERE x.ranking_id = NEW.proposal_id AND (SELECT count(*) FROM mandates_mandate m WHERE m.proposal_id = x.question_id) <> (SELECT count(*) FROM assemblies_option o WHERE o.proposal_id = x.ranking_id)) THEN RAISE EXCEPTION 'Whoever can be elected has a mandate drafted, and nobody else.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.proposal_id AND m.candidacy_id IS NULL AND NOT within_terms(m.delegate_id, m.confederation_id, m.valid_from, m.valid_until, civic_now())) THEN RAISE EXCEPTION 'The charter allows no further term in a row: let others serve.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF NEW.called_by_id IS NOT NULL AND NOT EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.proposal_id) AND NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', civic_now()) THEN RAISE EXCEPTION 'A facilitator of the assembly puts proposals to the vote.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nRETURN NEW;",
                    hash="117ceaa88f922c12423e07146ab0d6db265e6e03",
                    operation="INSERT",
                    pgid="pgtrigger_recall_signed_452c4",
                    table="assemblies_decision",
                    when="BEFORE",
                ),
            ),
        ),
    ]
