#!/usr/bin/env python3
"""Check a secret vote offline. Needs Python 3.9 or later and the package `cryptography`; nothing of the project.

    python verify_urn.py board.json [--receipt receipt.txt] [--key KEY] [--blt out.blt]

`board.json` is the published file of one closed secret vote. `--receipt` takes a receipt that the urn gave, and finds
the ballot it names; `--key` is the key that signs receipts (name+id+base64), known from elsewhere: without it the one
in the file is taken. `--blt` writes the ballots of a ranked vote for a counting program of your choice.

Ends with 0 and a sentence when everything holds, with 1 and the first thing that is wrong otherwise.

What is checked: each ballot's token is signed by the announced key (RSA-PSS, SHA-384, salt 48) and is of this vote;
the paper's own key signed the choice (ECDSA P-256, SHA-256); no token occurs twice; the ballots are in the order of
their hashes and their RFC 9162 root is the published one; ballots <= papers <= roll; the ballots, counted again, give
the published figures. Yes or no and approval are counted here; for ranked ballots their number and form are checked,
and, where this program runs in the project's own folder, who is chosen as well.

The exact bytes of the entries stand in the file. Their hashes are printed, to be found in the record
(verify_record.py), which shows that they are what was published.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

FORMAT = "confederation-urn/1"
WORDS = ("yes", "no", "abstain")


class Wrong(Exception):
    """The first thing that does not hold, as a sentence."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check a secret vote offline.")
    parser.add_argument("board", help="the published file of a closed secret vote")
    parser.add_argument("--receipt", help="a receipt that the urn gave")
    parser.add_argument("--key", help="the key that signs receipts, known from elsewhere")
    parser.add_argument("--blt", metavar="FILE", help="write the ballots of a ranked vote")
    options = parser.parse_args(arguments)
    try:
        board = Board(json.loads(Path(options.board).read_text(encoding="utf-8")))
        sentences = board.check()
        if options.receipt:
            sentences.append(board.find(Path(options.receipt).read_text(encoding="utf-8"), options.key))
        print("\n".join(sentences))
        if options.blt:
            Path(options.blt).write_text(board.blt(), encoding="utf-8")
            print(f"The ballots are written to {options.blt}.")
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    except OSError as error:
        print(f"WRONG: {error.filename} cannot be read or written ({error.strerror}).")
        return 1
    except ValueError:
        print("WRONG: This is not the file of a secret vote.")
        return 1
    return 0


class Board:
    def __init__(self, file):
        if not isinstance(file, dict) or file.get("format") != FORMAT:
            raise Wrong("This is not the file of a secret vote.")
        self.file = file
        try:
            self.opened, self.closed = json.loads(file["opened"]), json.loads(file["closed"])
            self.papers = json.loads(file["papers"]) if file["papers"] else {"papers": 0}
            self.counted = json.loads(file["counted"]) if file.get("counted") else None
            self.subject = self.opened["subject"]
            self.lines = self.closed["envelopes"]
        except (KeyError, TypeError, ValueError):
            raise Wrong("Part of the file is missing.") from None
        if {self.closed["subject"], self.papers.get("subject", self.subject)} != {self.subject}:
            raise Wrong("The entries in the file are not about the same vote.")
        self.method = self.opened.get("method", "yes-no")
        self.options = len(self.opened.get("options", ()))

    def check(self):
        said = [f"{name}: leaf {leaf(self.file[name])}" for name in ("opened", "papers", "closed") if self.file[name]]
        self.envelopes()
        self.figures()
        found = f"{len(self.lines)} sealed ballots, {self.papers['papers']} papers, {self.opened['electorate']}"
        return [*said, f"{self.subject}: {found} on the roll. {self.recount()}"]

    def envelopes(self):
        """Every ballot for itself, and all of them together."""
        self.choices: list = []
        if not self.lines:
            if self.closed.get("sealed_voters"):
                raise Wrong("Ballots were counted and none is published.")
            return
        issuer = base64.b64decode(self.opened.get("issuer_key") or "")
        if hashlib.sha256(issuer).hexdigest() != self.opened.get("issuer_fingerprint"):
            raise Wrong("The announced key is not the one of the announced fingerprint.")
        if self.papers.get("issuer_fingerprint") != self.opened["issuer_fingerprint"]:
            raise Wrong("The papers were closed under another key than the announced one.")
        key = load_der_public_key(issuer)
        before = ""
        for number, line in enumerate(self.lines, 1):
            token_hash, choice = self.envelope(line, number, key)
            if token_hash == before:
                raise Wrong(f"Ballot {number} has the token of the one before it: a paper was cast twice.")
            if token_hash < before:
                raise Wrong(f"Ballot {number} is not in the order of the hashes.")
            before = token_hash
            self.choices.append(choice)
        if self.closed.get("envelopes_root") != root([line.encode() for line in self.lines]):
            raise Wrong("The ballots are not those of the published root.")

    def envelope(self, line, number, key):
        parts = line.split(".")
        if len(parts) != 4:
            raise Wrong(f"Ballot {number} is not whole.")
        token, signature, seal = (unpacked(parts[part]) for part in (0, 1, 3))
        choice = parts[2]
        tag = f"confederation-urn/1\n{self.subject}\n".encode()
        if token[32:-65] != tag or len(token) != 97 + len(tag) or len(seal) != 64:
            raise Wrong(f"Ballot {number} is of another vote.")
        try:
            key.verify(signature, token, padding.PSS(padding.MGF1(hashes.SHA384()), 48), hashes.SHA384())
        except InvalidSignature:
            raise Wrong(f"Ballot {number} has a paper that the announced key did not sign.") from None
        token_hash = hashlib.sha256(token).hexdigest()
        words = f"confederation-choice/1\n{self.subject}\n{token_hash}\n{choice}\n".encode()
        sealed = encode_dss_signature(int.from_bytes(seal[:32], "big"), int.from_bytes(seal[32:], "big"))
        try:
            own = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), token[-65:])
            own.verify(sealed, words, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            raise Wrong(f"Ballot {number} has another choice than its paper sealed.") from None
        if not self.fits(choice):
            raise Wrong(f"Ballot {number} is no answer to what was asked.")
        return token_hash, choice

    def fits(self, choice):
        if self.method == "yes-no":
            return choice in WORDS
        if not re.fullmatch(r"[1-9][0-9]?(,[1-9][0-9]?)*", choice):
            return False
        numbers = [int(number) for number in choice.split(",")]
        most = self.opened.get("most") if self.method == "approval" else None
        return len(set(numbers)) == len(numbers) <= (most or self.options) and max(numbers) <= self.options

    def figures(self):
        cast, papers, roll = len(self.lines), self.papers["papers"], self.opened["electorate"]
        if not cast <= papers <= roll:
            raise Wrong(f"There are {cast} ballots, {papers} papers and {roll} people on the roll.")
        hands = self.closed.get("hands_voters", 0)
        if cast != self.closed.get("sealed_voters"):
            raise Wrong(f"{cast} ballots are published and {self.closed.get('sealed_voters')} were counted.")
        if cast + hands > roll:
            raise Wrong("More voted than stand on the roll.")

    def recount(self):
        found = Counter(self.choices)
        if self.method == "yes-no":
            for word in WORDS:
                if found[word] != self.closed.get(f"sealed_{word}"):
                    raise Wrong(
                        f"{found[word]} ballots say {word}, and {self.closed.get(f'sealed_{word}')} were counted."
                    )
                if found[word] + self.closed.get(f"hands_{word}", 0) != self.closed.get(word):
                    raise Wrong(f"Ballots and tellers together do not give the published figure for {word}.")
            return "Counted again: {} in favour, {} against, {} abstaining.".format(*(found[word] for word in WORDS))
        for words in self.closed.get("hands_papers", ()):
            choice, _, n = words.partition(" x ")
            found[choice] += int(n)
        if sum(found.values()) != self.closed.get("voters"):
            raise Wrong("Ballots and the tellers' papers together are not as many as were counted.")
        if self.counted is None:
            return "No count was published: nothing was chosen."
        chosen = self.counted["elected"]
        if self.method == "approval":
            return self.approvals(found, chosen)
        again = self.ranked(found)
        if again is None:
            return "Who is chosen can be counted from them by the published rule (--blt)."
        if again != chosen:
            raise Wrong(f"Counted again, options {again} are chosen, and {chosen} were published.")
        return f"Counted again: options {chosen} are chosen."

    def approvals(self, found, chosen):
        votes: Counter[int] = Counter()
        for choice, n in found.items():
            for number in choice.split(","):
                votes[int(number)] += n
        least = min(votes[number] for number in chosen)
        if any(n > least for number, n in votes.items() if number not in chosen):
            raise Wrong("An option with more approvals than one that was chosen was not chosen.")
        return f"Counted again: options {chosen} have the most approvals, {least} or more."

    def ranked(self, found):
        """Whom the project's own counting elects; None where it is not at hand."""
        try:
            from assemblies.counting import rules
            from assemblies.counting.lot import SeededLot
            from assemblies.counting.profile import Profile
        except ImportError:
            return None
        ballots = sorted(found.items(), key=lambda item: (-item[1], [int(n) for n in item[0].split(",")]))
        grouped = [([int(number) - 1 for number in choice.split(",")], n) for choice, n in ballots]
        profile = Profile.of(self.opened["options"], grouped)
        seed = hashlib.sha256(self.file["closed"].encode()).hexdigest()
        result = rules.count(self.method, profile, self.opened["seats"], SeededLot(seed, self.options))
        return result.as_dict()["elected"]

    def blt(self):
        if self.method == "yes-no":
            raise Wrong("Ballots that say yes or no are not ranked.")
        lines = [f"{self.options} {self.opened['seats']}"]
        lines += [f"{n} {' '.join(choice.split(','))} 0" for choice, n in sorted(Counter(self.choices).items())]
        titles = ['"{}"'.format(title.replace('"', "'")) for title in self.opened["options"]]
        return "\n".join([*lines, "0", *titles, f'"{self.subject}"', ""])

    def find(self, receipt, key):
        """The ballot that a receipt names, or what its absence means."""
        text, _, signatures = receipt.partition("\n\n")
        text += "\n"
        try:
            name, _id, rest = (key or self.file["receipt_key"]).split("+", 2)
            public = base64.b64decode(rest)[1:]
            line = next(line for line in signatures.splitlines() if line.startswith(f"\u2014 {name} "))
            signed = base64.b64decode(line.rsplit(" ", 1)[1])
            Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], text.encode())
            kind, subject, token, envelope = text.splitlines()
        except (InvalidSignature, StopIteration, ValueError, KeyError):
            raise Wrong("The receipt is not signed by the key of this installation.") from None
        if kind != "confederation-urn-receipt/1" or subject != self.subject:
            raise Wrong(f"The receipt is of {subject}, and this is the board of {self.subject}.")
        for line in self.lines:
            if f"token {hashlib.sha256(unpacked(line.split('.')[0])).hexdigest()}" == token:
                if f"envelope {hashlib.sha256(line.encode()).hexdigest()}" != envelope:
                    raise Wrong("The ballot on the board is not the one that the receipt was given for.")
                return "The ballot of the receipt is on the board."
        raise Wrong("The ballot of the receipt is not on the board: it was left out, and the receipt proves it.")


def unpacked(text):
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Wrong("A ballot is not written in base64url.") from None


def leaf(body):
    """The RFC 9162 hash under which an entry stands in the record."""
    return base64.b64encode(hashlib.sha256(b"\x00" + body.encode()).digest()).decode()


def root(lines):
    """The RFC 9162 root over these lines, in base64."""
    level = [hashlib.sha256(b"\x00" + line).digest() for line in lines]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2])  # noqa: B905  (Python 3.9 knows no `strict`)
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return base64.b64encode(level[0]).decode()


if __name__ == "__main__":
    sys.exit(main())
