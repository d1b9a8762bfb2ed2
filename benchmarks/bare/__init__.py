"""The least a Django project does with a vote: a view, one ORM insert, and what `startproject` puts around it.

See benchmarks/votes.py.
"""
