"""Hashing of passwords on a developer's machine. Production uses Django's own (settings/production.py names none)."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class RandomPasswordHasher(PBKDF2PasswordHasher):
    """For passwords that a program made at random: 70 bits need no slow hash to resist guessing."""

    algorithm = "pbkdf2_sha256_random"
    iterations = 20_000
