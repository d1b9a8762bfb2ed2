"""Passwords, hashed by Argon2id at the cost that OWASP's password storage sheet recommends.

Django's own cost takes 100 MB and a tenth of a second a sign-in: a hall that signs in at once would stop the server.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19456
    parallelism = 1
