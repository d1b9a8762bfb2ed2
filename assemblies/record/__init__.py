"""The public record: one Merkle tree an assembly and one a wider network, signed, and checked by anyone (article 17).

`merkle` and `checkpoint` are pure; `sequencer` sets entries into the trees; `verify_record` knows nothing of this
project and is handed to whoever asks.
"""
