"""The least a Django project can do with a vote: one view, one ORM insert, no middleware. See benchmarks/votes.py."""
