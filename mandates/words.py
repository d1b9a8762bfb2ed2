"""What this floor's entries in the record are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "confederation.drafted": _("A confederation was drafted"),
    "accession.proposed": _("Joining a confederation was proposed"),
    "mandate.proposed": _("A mandate was proposed"),
    "mandate.narrowing_proposed": _("Narrowing a mandate was proposed"),
    "mandate.resigned": _("A delegate resigned"),
    "mandate.recalled": _("A mandate ended: recalled"),
    "mandate.expired": _("A mandate ended: its time was over"),
    "mandate.withdrawn": _("A mandate ended: withdrawn"),
    "mandate.fulfilled": _("A mandate ended: fulfilled"),
    "election.called": _("An election was called"),
    "election.put_to_vote": _("An election was put to the vote"),
    "candidacy.declared": _("Somebody stands in an election"),
    "candidacy.taken_back": _("A candidacy was taken back"),
    "recall.opened": _("A recall was opened"),
    "recall.signed": _("A recall was signed"),
    "recall.put_to_vote": _("A recall was put to the vote"),
    "recall.answered": _("The delegate answered a recall"),
}

FACTS = {
    "candidates": _("Candidates"),
    "changes": _("Changes"),
    "clauses": _("Clauses"),
    "confederation": _("Confederation"),
    "delegate": _("Delegate"),
    "decisions": _("Decisions"),
    "grounds": _("Grounds"),
    "lapses_at": _("Lapses"),
    "longest_term_days": _("Longest term, in days"),
    "mandate": _("Mandate"),
    "most_terms": _("Most terms in a row"),
    "needed": _("Signatures needed"),
    "powers": _("Powers"),
    "recall_per_mille": _("Recall, in thousandths of the roll"),
    "signatures": _("Signatures"),
    "stand_until": _("One can stand until"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "withdraws": _("Withdraws the mandate"),
    "within": _("Within"),
}
