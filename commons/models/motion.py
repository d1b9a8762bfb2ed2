"""Proposals as this floor sees them: a question about something here names it in its text, and decides one thing."""

import pgtrigger

from assemblies.models import Proposal
from assemblies.refusal import FORBIDDEN
from assemblies.triggers import checked, refuse

# Every noun of this floor that a question may decide.
DECIDED = ("enterprise", "governance", "passing", "acceptance", "stewardship", "discharge", "need", "surplus")
HANGS_HERE = " OR ".join(f"EXISTS (SELECT FROM commons_{noun} x WHERE x.proposal_id = NEW.id)" for noun in DECIDED)


class Motion(Proposal):
    """What must hold before a question of this floor is offered."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "says_what_it_moves",
                pgtrigger.Update,
                f"IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL AND ({HANGS_HERE}) THEN",
                refuse(
                    14,
                    "NOT is_free_question(NEW.id, NEW.assembly_id)",
                    "A question decides one thing.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "EXISTS (SELECT FROM commons_enterprise e WHERE e.proposal_id = NEW.id"
                    " AND (strpos(NEW.text, e.name) = 0"
                    " OR strpos(NEW.text, e.purpose) = 0 OR NOT EXISTS (SELECT FROM commons_governance g"
                    " WHERE g.proposal_id = NEW.id)))"
                    " OR EXISTS (SELECT FROM commons_governance g JOIN assemblies_policy p ON p.id = g.policy_id"
                    " JOIN commons_enterprise e ON e.id = g.enterprise_id WHERE g.proposal_id = NEW.id"
                    " AND (strpos(NEW.text, p.title) = 0 OR strpos(NEW.text, e.name) = 0))",
                    "The question names the enterprise, what it is for, and the policies that govern it.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "EXISTS (SELECT FROM commons_passing x JOIN commons_enterprise e ON e.id = x.enterprise_id"
                    " LEFT JOIN assemblies_assembly a ON a.id = x.to_id WHERE x.proposal_id = NEW.id"
                    " AND (strpos(NEW.text, e.name) = 0 OR strpos(NEW.text, coalesce(a.name, '')) = 0))"
                    " OR EXISTS (SELECT FROM commons_acceptance y JOIN commons_passing x ON x.id = y.passing_id"
                    " JOIN commons_enterprise e ON e.id = x.enterprise_id WHERE y.proposal_id = NEW.id"
                    " AND strpos(NEW.text, e.name) = 0)",
                    "The question names the enterprise and who is to have it.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "EXISTS (SELECT FROM commons_stewardship s JOIN commons_enterprise e ON e.id = s.enterprise_id"
                    " JOIN assemblies_citizen c ON c.id = s.citizen_id WHERE (s.proposal_id = NEW.id"
                    " OR s.id = (SELECT d.stewardship_id FROM commons_discharge d WHERE d.proposal_id = NEW.id))"
                    " AND (strpos(NEW.text, e.name) = 0 OR strpos(NEW.text, c.name) = 0))"
                    " OR EXISTS (SELECT FROM commons_remit r JOIN commons_good g ON g.id = r.good_id"
                    " JOIN commons_stewardship s ON s.id = r.stewardship_id"
                    " WHERE s.proposal_id = NEW.id AND strpos(NEW.text, g.name) = 0)",
                    "The question names the enterprise, its steward, and the goods they may speak for.",
                    FORBIDDEN,
                ),
                refuse(
                    13,
                    "EXISTS (SELECT FROM (SELECT proposal_id, good_id, quantity, essential, reason FROM commons_need"
                    " UNION ALL SELECT proposal_id, good_id, quantity, 0, '' FROM commons_surplus) x"
                    " JOIN commons_good g ON g.id = x.good_id WHERE x.proposal_id = NEW.id"
                    " AND (strpos(NEW.text, g.name) = 0"
                    " OR strpos(NEW.text, trim_scale(x.quantity) || ' ' || g.unit) = 0"
                    " OR x.essential > 0 AND strpos(NEW.text, trim_scale(x.essential) || ' ' || g.unit) = 0"
                    " OR strpos(NEW.text, x.reason) = 0))",
                    "The question names the good, how much, how much of it is essential, and why.",
                    FORBIDDEN,
                ),
                "END IF;",
            ),
        ]
