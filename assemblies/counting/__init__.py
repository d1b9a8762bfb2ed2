"""How an assembly counts: pure functions over numbers and rankings, without Django and without a database.

`majority`   yes, no, abstain: thresholds with an explicit base, quorum, outcome
`profile`    ballots grouped into distinct rankings with a weight
`approval`   approval voting
`irv`        instant runoff
`scottish`   single transferable vote, Scottish Local Government Elections Order 2011
`meek`       single transferable vote, Meek's method
`schulze`    pairwise matrix, Smith set, Schulze method
`limit`      works chosen by approval within a limit: greedy, equal shares
`rules`      the rules by the code that a decision stores
`ties`       the backwards look, then the lot
`lot`        the lot anyone can recompute (RFC 3797)
`formats`    BLT, PrefLib and ABIF in and out
`results`    what a count by stages returns, as JSON and CSV
`report`     a result as text for people

Import the module you need: this package imports none of them, so that yes/no counting does not load numpy.
"""
