"""What an assembly has halted its part of counts no longer: plans give nothing more through its clauses."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

RULES = r"""
-- When the giver halted its part of the plan's task, as known at that moment; NULL where it did not. A halt that was
-- ended before the plan was worked out reaches nothing of it. One that is ended later frees no promise again: what it
-- let go may have been promised to others since, and another plan can be asked for.
CREATE FUNCTION allotment_halted_at(which bigint, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(carried_at(h.proposal_id, at)) FROM commons_allotment a
    JOIN commons_plan p ON p.id = a.plan_id
    JOIN councils_attachment x ON x.id = a.attachment_id
    JOIN mandates_clause c ON c.id = x.clause_id
    JOIN mandates_mandate m ON m.id = c.mandate_id
    JOIN councils_halt h ON h.task_id = x.task_id AND h.assembly_id = m.assembly_id
    WHERE a.id = which AND NOT EXISTS (SELECT FROM councils_resumption r WHERE r.halt_id = h.id
        AND carried_at(r.proposal_id, at) <= coalesce(p.finished_at, at))
$$;

-- Its plan is not cancelled, the clause it goes through is in force, and its giver has not halted its part.
CREATE OR REPLACE FUNCTION allotment_binds(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commons_allotment a JOIN commons_plan p ON p.id = a.plan_id
        JOIN councils_attachment x ON x.id = a.attachment_id
        WHERE a.id = which AND p.failed_at IS NULL AND (p.cancelled_at IS NULL OR p.cancelled_at > at)
        AND clause_in_force(x.clause_id, at) AND allotment_halted_at(a.id, at) IS NULL)
$$;
"""

NO_RULES = """
CREATE OR REPLACE FUNCTION allotment_binds(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commons_allotment a JOIN commons_plan p ON p.id = a.plan_id
        JOIN councils_attachment x ON x.id = a.attachment_id
        WHERE a.id = which AND p.failed_at IS NULL AND (p.cancelled_at IS NULL OR p.cancelled_at > at)
        AND clause_in_force(x.clause_id, at))
$$;
DROP FUNCTION allotment_halted_at;
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0002_rules"), ("councils", "0020_supervision")]

    operations = [
        migrations.RunSQL(RULES, NO_RULES),
        pgtrigger.migrations.RemoveTrigger(
            model_name="allotment",
            name="allotted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="delivery",
            name="sent",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="plan",
            name="asked",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="plan",
            name="worked_out",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="allotted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE p commons_plan%ROWTYPE; a councils_attachment%ROWTYPE; m mandates_mandate%ROWTYPE; s commons_surplus%ROWTYPE; n commons_need%ROWTYPE; moment timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT p FROM commons_plan WHERE id = NEW.plan_id;\nPERFORM pg_advisory_xact_lock(60, (p.good_id)::int);\nSELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;\nPERFORM pg_advisory_xact_lock_shared(3, ((SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id))::int);\nPERFORM pg_advisory_xact_lock(4, (a.clause_id)::int);\nSELECT * INTO STRICT s FROM commons_surplus WHERE id = NEW.surplus_id;\nSELECT * INTO STRICT n FROM commons_need WHERE id = NEW.need_id;\nSELECT * INTO STRICT m FROM mandates_mandate WHERE id = (SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id);\nmoment := settled(m.id);\nIF p.finished_at IS NOT NULL OR p.cancelled_at IS NOT NULL OR p.failed_at IS NOT NULL THEN RAISE EXCEPTION 'A plan is not added to once it is worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF a.task_id <> p.task_id THEN RAISE EXCEPTION 'A plan gives through clauses that carry its own task.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT clause_in_force(a.clause_id, moment) THEN RAISE EXCEPTION 'This clause is not in force: its mandate or its policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF task_halted_at(p.task_id, m.assembly_id, moment) IS NOT NULL THEN RAISE EXCEPTION 'The assembly has halted its part of this task.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF NOT clause_names(a.clause_id, p.good_id) THEN RAISE EXCEPTION 'A clause lets go only what its instruction names.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF s.assembly_id <> m.assembly_id THEN RAISE EXCEPTION 'An assembly gives through its own clause, and through nobody else''s.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF s.good_id <> p.good_id OR n.good_id <> p.good_id OR s.assembly_id = n.assembly_id THEN RAISE EXCEPTION 'A plan takes one good from one assembly to another.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_member(n.assembly_id, (SELECT t.council_id FROM councils_task t WHERE t.id = p.task_id), moment) THEN RAISE EXCEPTION 'A council''s plan reaches the assemblies of its own confederation.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT surplus_stands(s.id, p.asked_at) OR NOT need_stands(n.id, p.asked_at) OR s.begins < p.begins OR s.ends > p.ends OR n.begins < p.begins OR n.ends > p.ends THEN RAISE EXCEPTION 'A plan goes by what had been said of its time when it was asked for.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NOT is_whole(p.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NEW.quantity > coalesce(clause_room(a.clause_id, p.good_id, moment), NEW.quantity) THEN RAISE EXCEPTION 'The limit of this clause does not cover so much.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NEW.quantity > surplus_left(s.id, p.asked_at, moment) THEN RAISE EXCEPTION 'An assembly''s own essential need, and what it has promised elsewhere, come first on what it has.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NEW.quantity > need_open(n.id, p.asked_at, moment) THEN RAISE EXCEPTION 'Nobody is given more than they need.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="c10043bc79dafa379ee0eca6ffce4f72be20fe5e",
                    operation="INSERT",
                    pgid="pgtrigger_allotted_c1b48",
                    table="commons_allotment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE a commons_allotment%ROWTYPE; p commons_plan%ROWTYPE; mandate bigint; delegate bigint; giver bigint;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT a FROM commons_allotment WHERE id = NEW.allotment_id;\nSELECT * INTO STRICT p FROM commons_plan WHERE id = a.plan_id;\nPERFORM pg_advisory_xact_lock(60, (p.good_id)::int);\nSELECT m.id, m.delegate_id, m.assembly_id INTO STRICT mandate, delegate, giver FROM mandates_mandate m JOIN mandates_clause c ON c.mandate_id = m.id JOIN councils_attachment x ON x.clause_id = c.id WHERE x.id = a.attachment_id;\nNEW.sent_at := settled(mandate);\nNEW.code := replace(gen_random_uuid()::text, '-', '');\nIF allotment_halted_at(a.id, NEW.sent_at) IS NOT NULL THEN RAISE EXCEPTION 'The assembly has halted its part since this plan was worked out. Nothing more is sent of it.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF NOT allotment_counts(a.id, NEW.sent_at) THEN RAISE EXCEPTION 'This allotment no longer counts: its mandate or policy has ended.' USING ERRCODE = 'CFC08', HINT = 'article 8'; END IF;\nIF p.goes_ahead_at > NEW.sent_at THEN RAISE EXCEPTION 'A plan goes ahead after assemblies have had time to look at it.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF NEW.by_id <> delegate AND NOT EXISTS (SELECT FROM commons_stewardship s WHERE s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.sent_at) AND enterprise_holder(s.enterprise_id, NEW.sent_at) = giver AND (EXISTS (SELECT FROM commons_remit r WHERE r.stewardship_id = s.id AND r.good_id = p.good_id) OR EXISTS (SELECT FROM commons_harvest h WHERE h.enterprise_id = s.enterprise_id AND h.good_id = p.good_id))) THEN RAISE EXCEPTION 'A load is sent by the delegate whose clause it is, or by a steward of the giver.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF NEW.quantity > a.quantity - allotment_sent(a.id) THEN RAISE EXCEPTION 'No more is sent than was allotted.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nIF NOT is_whole(p.good_id, NEW.quantity) THEN RAISE EXCEPTION 'This good comes in whole pieces.' USING ERRCODE = 'CFU13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="7157289789e8b746d3018b9d1168dbc57b54efb7",
                    operation="INSERT",
                    pgid="pgtrigger_sent_6def7",
                    table="commons_delivery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE t councils_task%ROWTYPE;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nSELECT * INTO STRICT t FROM councils_task WHERE id = NEW.task_id;\nNEW.asked_at := civic_now();\nIF t.power <> 'distribute' THEN RAISE EXCEPTION 'A plan is worked out under a task to distribute.' USING ERRCODE = 'CFU06', HINT = 'article 6'; END IF;\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = t.id AND m.delegate_id = NEW.by_id AND clause_in_force(c.id, settled(m.id))) THEN RAISE EXCEPTION 'Only a delegate whose clause in force carries this task asks for a plan.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = t.id AND m.delegate_id = NEW.by_id AND clause_in_force(c.id, settled(m.id)) AND task_halted_at(t.id, m.assembly_id, civic_now()) IS NULL) THEN RAISE EXCEPTION 'The assembly has halted its part of this task.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nIF NEW.finished_at IS NOT NULL OR NEW.cancelled_at IS NOT NULL OR NEW.failed_at IS NOT NULL THEN RAISE EXCEPTION 'A plan is asked for before it is worked out.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nRETURN NEW;",
                    hash="20bb73d6606a9615a965499e3e2349f4ce15487e",
                    operation="INSERT",
                    pgid="pgtrigger_asked_9c82f",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="worked_out",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.task_id IS DISTINCT FROM OLD.task_id OR NEW.good_id IS DISTINCT FROM OLD.good_id OR NEW.begins IS DISTINCT FROM OLD.begins OR NEW.ends IS DISTINCT FROM OLD.ends OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.asked_at IS DISTINCT FROM OLD.asked_at THEN RAISE EXCEPTION 'A plan is worked out as it was asked for.' USING ERRCODE = 'CFF13', HINT = 'article 13'; END IF;\nIF (OLD.finished_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL) AND (NEW.finished_at, NEW.goes_ahead_at, NEW.failed_at, NEW.findings, NEW.step, NEW.steps) IS DISTINCT FROM (OLD.finished_at, OLD.goes_ahead_at, OLD.failed_at, OLD.findings, OLD.step, OLD.steps) THEN RAISE EXCEPTION 'What was worked out stays as it is: ask for another plan.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nIF OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL THEN NEW.finished_at := civic_now();\nNEW.goes_ahead_at := later(NEW.finished_at, interval '3 days'); END IF;\nIF NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at THEN\nIF OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL OR OLD.goes_ahead_at <= civic_now() THEN RAISE EXCEPTION 'This plan has gone ahead or ended: each assembly can still halt its own part.' USING ERRCODE = 'CFC13', HINT = 'article 13'; END IF;\nNEW.cancelled_at := civic_now();\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = NEW.task_id AND m.delegate_id = NEW.cancelled_by_id AND clause_in_force(c.id, settled(m.id))) THEN RAISE EXCEPTION 'Only a delegate whose clause in force carries this task cancels its plans.' USING ERRCODE = 'CFF06', HINT = 'article 6'; END IF;\nIF NOT EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = NEW.task_id AND m.delegate_id = NEW.cancelled_by_id AND clause_in_force(c.id, settled(m.id)) AND task_halted_at(NEW.task_id, m.assembly_id, civic_now()) IS NULL) THEN RAISE EXCEPTION 'The assembly has halted its part of this task.' USING ERRCODE = 'CFC10', HINT = 'article 10'; END IF;\nEND IF;\nRETURN NEW;",
                    hash="aaaf618a19088468b03190d4266b2d434625887c",
                    operation="UPDATE",
                    pgid="pgtrigger_worked_out_407f5",
                    table="commons_plan",
                    when="BEFORE",
                ),
            ),
        ),
    ]
