"""A mark on the roll of a vote exists only once that vote has opened: its withdrawal need not ask."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0005_claims_of_the_last_two"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="rollmark",
            name="withdrawn",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rollmark",
            trigger=pgtrigger.compiler.Trigger(
                name="withdrawn",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked assemblies_decision%ROWTYPE; at timestamptz;",
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.decision_id IS DISTINCT FROM OLD.decision_id OR NEW.citizen_id IS DISTINCT FROM OLD.citizen_id OR NEW.channel IS DISTINCT FROM OLD.channel OR NEW.marked_by_id IS DISTINCT FROM OLD.marked_by_id OR NEW.marked_at IS DISTINCT FROM OLD.marked_at THEN RAISE EXCEPTION 'A mark on the roll is withdrawn or stays as it is.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nPERFORM pg_advisory_xact_lock(2, (NEW.decision_id)::int);\nSELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;\nat := civic_now();\nIF asked.closed_at IS NOT NULL OR at >= asked.closes_at THEN RAISE EXCEPTION 'This vote is closed: it is being counted.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nIF NEW.withdrawn_by_id IS NULL OR NOT holds_office(NEW.withdrawn_by_id, asked.assembly_id, 'teller', at) THEN RAISE EXCEPTION 'Only tellers of the assembly keep the paper and the hands.' USING ERRCODE = 'CFF16', HINT = 'article 16'; END IF;\nIF OLD.channel <> 'hands' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL THEN RAISE EXCEPTION 'Only a standing mark of somebody who votes by hand is withdrawn.' USING ERRCODE = 'CFF02', HINT = 'article 2'; END IF;\nIF hands_claimed(NEW.decision_id) > hands_present(NEW.decision_id) - 1 THEN RAISE EXCEPTION 'More hands are counted than would be left: correct the count first.' USING ERRCODE = 'CFC02', HINT = 'article 2'; END IF;\nNEW.withdrawn_at := at;\nRETURN NEW;",
                    hash="eb7c39e527fd614b5d4916cd5719958998b40c35",
                    operation="UPDATE",
                    pgid="pgtrigger_withdrawn_475bb",
                    table="assemblies_rollmark",
                    when="BEFORE",
                ),
            ),
        ),
    ]
