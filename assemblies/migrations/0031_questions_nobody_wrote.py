import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("assemblies", "0030_lots"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="proposal",
            name="moved_on",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="moved_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'Rules are read as things stand: use read committed transactions.' USING ERRCODE = 'CFF19', HINT = 'article 19'; END IF;\nIF NEW.id IS DISTINCT FROM OLD.id OR NEW.assembly_id IS DISTINCT FROM OLD.assembly_id OR NEW.author_id IS DISTINCT FROM OLD.author_id OR NEW.effect IS DISTINCT FROM OLD.effect OR NEW.policy_id IS DISTINCT FROM OLD.policy_id OR NEW.method IS DISTINCT FROM OLD.method OR NEW.seats IS DISTINCT FROM OLD.seats OR NEW.most IS DISTINCT FROM OLD.most OR NEW.secret IS DISTINCT FROM OLD.secret OR NEW.notice IS DISTINCT FROM OLD.notice OR NEW.drafted_at IS DISTINCT FROM OLD.drafted_at THEN RAISE EXCEPTION 'A proposal keeps its assembly, author and kind.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF OLD.offered_at IS NOT NULL AND (NEW.title, NEW.text, NEW.offered_at) IS DISTINCT FROM (OLD.title, OLD.text, OLD.offered_at) THEN RAISE EXCEPTION 'What has been offered is voted on as it stands: withdraw it and offer another.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND (OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = NEW.id AND d.outcome IS DISTINCT FROM 'quorum_missed')) THEN RAISE EXCEPTION 'What has been put to the vote can no longer be withdrawn.' USING ERRCODE = 'CFC01', HINT = 'article 1'; END IF;\nIF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN NEW.offered_at := civic_now();\nIF NEW.author_id IS NOT NULL AND NOT is_citizen(NEW.author_id, NEW.assembly_id, NEW.offered_at) THEN RAISE EXCEPTION 'Only citizens of the assembly lay proposals before it.' USING ERRCODE = 'CFF01', HINT = 'article 1'; END IF;\nIF NEW.method <> 'yes-no' AND (SELECT count(*) FROM assemblies_option o WHERE o.proposal_id = NEW.id) < greatest(2, NEW.seats) THEN RAISE EXCEPTION 'To choose there must be at least two options, and as many as are to be chosen.' USING ERRCODE = 'CFU02', HINT = 'article 2'; END IF;\nEND IF;\nIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;\nRETURN NEW;",
                    hash="147cc0f49039e91a8ee5f691b90ca4da53e04ef0",
                    operation="UPDATE",
                    pgid="pgtrigger_moved_on_76ef9",
                    table="assemblies_proposal",
                    when="BEFORE",
                ),
            ),
        ),
    ]
