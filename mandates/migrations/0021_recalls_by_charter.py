import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0020_reports"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="names_what_it_decides",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="recall",
            name="opened",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="names_what_it_decides",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN\nIF EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.id AND NOT EXISTS (SELECT FROM mandates_clause c WHERE c.mandate_id = m.id)) THEN RAISE EXCEPTION 'A mandate has at least one clause: what is the delegate to do?' USING ERRCODE = 'CFU04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN mandates_candidacy y ON y.id = m.candidacy_id WHERE m.proposal_id = NEW.id AND EXISTS ((SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id) UNION ALL (SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_electionclause c WHERE c.election_id = y.election_id EXCEPT SELECT c.number, c.policy_id, c.power, c.instruction, c.\"limit\", c.unit, c.place_id FROM mandates_clause c WHERE c.mandate_id = m.id))) THEN RAISE EXCEPTION 'The mandate of a candidate carries the clauses of the election, word for word.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_poll x JOIN mandates_candidacy y ON y.election_id = x.election_id JOIN mandates_election e ON e.id = x.election_id WHERE NEW.id IN (x.ranking_id, x.question_id) AND y.withdrawn_at IS NULL AND is_citizen(y.citizen_id, e.assembly_id, civic_now()) AND within_terms(y.citizen_id, e.confederation_id, e.valid_from, e.valid_until, civic_now()) AND NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.candidacy_id = y.id)) THEN RAISE EXCEPTION 'Everyone who stands is among those who can be elected.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_mandate m JOIN assemblies_citizen d ON d.id = m.delegate_id JOIN mandates_confederation k ON k.id = m.confederation_id JOIN mandates_clause c ON c.mandate_id = m.id JOIN assemblies_policy y ON y.id = c.policy_id LEFT JOIN assemblies_assembly a ON a.id = c.place_id WHERE m.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, k.name) > 0 AND strpos(NEW.text, c.instruction) > 0 AND strpos(NEW.text, y.title) > 0 AND strpos(NEW.text, coalesce(a.name, '')) > 0 AND strpos(NEW.text, coalesce(trim_scale(c.\"limit\") || ' ' || c.unit, '')) > 0)) THEN RAISE EXCEPTION 'The question names the delegate, the confederation and every clause of the mandate.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF EXISTS (SELECT FROM mandates_recall r JOIN mandates_mandate m ON m.id = r.mandate_id JOIN assemblies_citizen d ON d.id = m.delegate_id WHERE r.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, r.grounds) > 0)) THEN RAISE EXCEPTION 'The question names the delegate and the grounds.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF NEW.author_id IS NULL AND NOT EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id AND r.opened_by_id IS NULL) THEN RAISE EXCEPTION 'Only the recall that a charter puts by itself has no author.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nEND IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_poll x WHERE NEW.id IN (x.ranking_id, x.question_id)) THEN RAISE EXCEPTION 'An election belongs to all who stand and all who vote: it is not taken back.' USING ERRCODE = 'CFF04', HINT = 'article 4'; END IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id) THEN RAISE EXCEPTION 'A recall that was opened belongs to all who may sign it: it is not taken back.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nRETURN NEW;",
                    hash="93568dc4bbf2da5e6b75f3e5025e700c2f5da195",
                    operation="UPDATE",
                    pgid="pgtrigger_names_what_it_decides_45499",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recall",
            trigger=pgtrigger.compiler.Trigger(
                name="opened",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE m mandates_mandate%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nPERFORM pg_advisory_xact_lock(3, (NEW.mandate_id)::int);\nNEW.opened_at := civic_now();\nPERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR NO KEY UPDATE;\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;\nIF NEW.opened_by_id IS NULL AND recall_due_at(m.id, NEW.opened_at) IS NULL THEN RAISE EXCEPTION 'The charter puts a recall by itself only when enough reports were missed.' USING ERRCODE = 'CFF10', HINT = 'article 10'; END IF;\nIF NEW.opened_by_id IS NOT NULL AND NOT is_citizen(NEW.opened_by_id, m.assembly_id, NEW.opened_at) THEN RAISE EXCEPTION 'Any citizen of the mandating assembly may open a recall, and nobody else.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF NOT mandate_stands(m.id, NEW.opened_at) THEN RAISE EXCEPTION 'This mandate is not in force: there is nothing to recall.' USING ERRCODE = 'CFC07', HINT = 'article 7'; END IF;\nIF NOT is_free_question(NEW.proposal_id, m.assembly_id) THEN RAISE EXCEPTION 'A recall has a question of its own before the mandating assembly.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nIF EXISTS (SELECT FROM assemblies_proposal p JOIN assemblies_standingorders o ON o.id = orders_in_force(p.assembly_id, NEW.opened_at) WHERE p.id = NEW.proposal_id AND p.secret <> o.secret_on_persons) THEN RAISE EXCEPTION 'A recall is voted on in secret where the standing orders say so, and nowhere else.' USING ERRCODE = 'CFF07', HINT = 'article 7'; END IF;\nSELECT CASE WHEN NEW.opened_by_id IS NULL THEN 0 ELSE greatest(1, ceil(c.recall_per_mille * (SELECT count(*) FROM assemblies_citizenship z WHERE z.assembly_id = m.assembly_id AND z.valid_from <= NEW.opened_at AND (z.valid_until IS NULL OR z.valid_until > NEW.opened_at)) / 1000.0)::int) END, later(NEW.opened_at, c.signing_period) INTO STRICT NEW.needed, NEW.lapses_at FROM mandates_charter c WHERE c.confederation_id = m.confederation_id;\nRETURN NEW;",
                    hash="87b897756b3474ffb249125a8c5756d8d0e89c5b",
                    operation="INSERT",
                    pgid="pgtrigger_opened_75dae",
                    table="mandates_recall",
                    when="BEFORE",
                ),
            ),
        ),
    ]
