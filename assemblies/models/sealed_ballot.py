"""Secret votes, as they lie in the urn: nothing in them says whose they are (article 18).

The urn is a schema of its own, and no model: the application puts envelopes in and reads them after the close, both
through two functions that run in a role of their own (`migrations/0016_urn.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ..clock import now
from ..envelope import BadEnvelope, Envelope
from ..record.checkpoint import encoded, sign
from ..record.keys import signing_key
from ..record.merkle import Peaks, leaf_hash
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from .ballot import fitting
from .decision import Decision
from .hand_count import HandCount
from .proposal import Method
from .roll_mark import RollMark


@dataclass(frozen=True)
class SealedBallot:
    """One envelope for the urn of one decision."""

    decision: Decision
    envelope: Envelope

    @classmethod
    def read(cls, decision: Decision, fields: Any) -> SealedBallot:
        """From what a browser sent; a sentence where that is no envelope."""
        try:
            return cls(decision, Envelope.read(fields))
        except BadEnvelope as error:
            raise Refusal(
                18, _("This is no sealed ballot of this vote. Load the page again, and send it again."), status=UNFIT
            ) from error

    def cast(self) -> str:
        """Put it into the urn, and return the signed receipt. When this returns it is on disk.

        It is one transaction that writes one row and nothing else. The same envelope sent again has the same receipt.
        """
        self._may_be_cast()
        self._check()
        envelope = self.envelope
        with act(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT urn.cast_ballot(%s, %s, %s, %s, %s)",
                [self.decision.pk, envelope.token, envelope.signature, envelope.choice, envelope.seal],
            )
        return sign(envelope.receipt(self.decision.pk), *signing_key())

    def _may_be_cast(self) -> None:
        """What the urn would refuse, with more words; the key is destroyed here if no worker has done it yet."""
        decision, issuer, at = self.decision, self.decision.papers, now()
        if issuer is None:
            raise Refusal(18, _("This vote has no urn for sealed ballots."), status=CONFLICT)
        if decision.urn_from is not None and at >= decision.urn_from:
            issuer.close()
            if not issuer.enough:
                raise Refusal(
                    18,
                    _(
                        "Fewer than eight papers were taken, and nobody would be hidden among them: this urn stays"
                        " shut. Vote in the urn that the tellers keep."
                    ),
                    status=CONFLICT,
                )

    def _check(self) -> None:
        decision, issuer = self.decision, self.decision.papers
        try:
            self.envelope.check(decision.pk, bytes(issuer.public_key) if issuer else b"")
        except BadEnvelope as error:
            sentence = {
                "decision": _("This paper belongs to another vote."),
                "signature": _("This paper was not signed by the key of this vote: it is no paper of it."),
                "seal": _("The choice is not the one that this paper sealed: it was altered on its way."),
            }[str(error)]
            raise Refusal(18, sentence, status=FORBIDDEN) from error
        choice, ranking = said(self.envelope.choice)
        order = fitting(decision, choice, ranking)
        if decision.method == Method.APPROVAL and order != ranking:
            raise Refusal(2, _("Name those you approve of in the order of their numbers."), status=UNFIT)


def said(words: str) -> tuple[str | None, list[int] | None]:
    """A choice as it stands in an envelope: a word, or numbers of options."""
    if words[:1].isdigit():
        return None, [int(number) for number in words.split(",")]
    return words, None


def board(decision: Decision) -> list[Envelope]:
    """Every envelope of a decision, by the hash of its token; none before the close."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, signature, choice, seal FROM urn.board(%s)", [decision.pk])
        return [Envelope(bytes(t), bytes(s), choice, bytes(seal)) for t, s, choice, seal in cursor.fetchall()]


def board_root(envelopes: list[Envelope]) -> bytes:
    """The RFC 9162 root over their lines."""
    tree = Peaks()
    for envelope in envelopes:
        tree.append(leaf_hash(envelope.line.encode()))
    return tree.root()


def sealed_figures(decision: Decision) -> dict[str, Any]:
    """What the close of a secret vote says in the record: every envelope, and the figures of urn and tellers apart."""
    envelopes = board(decision)
    channels = decision.channels or {}
    figures = ("yes", "no", "abstain", "voters") if decision.method == Method.YES_NO else ("voters",)
    apart: dict[str, Any] = {
        f"{name}_{figure}": channels.get(channel, {}).get(figure, 0)
        for name, channel in (("sealed", "device"), ("hands", RollMark.Channel.HANDS.value))
        for figure in figures
    }
    issuer = decision.papers
    by_hand = HandCount.objects.agreed(decision) if decision.is_choice else None
    if by_hand is not None:
        apart["hands_papers"] = [f"{words} x {n}" for words, n in sorted((by_hand.ranked or {}).items())]
    return {
        **apart,
        "papers": issuer.papers if issuer else 0,
        "envelopes_root": encoded(board_root(envelopes)),
        "envelopes": [envelope.line for envelope in envelopes],
    }
