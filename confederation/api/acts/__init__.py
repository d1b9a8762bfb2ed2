"""Every act that a person may do by a program, by floors. Each is the very act of the model, by the same door."""

from . import assemblies, binding, commons, councils, enterprises, mandates, roll, sessions, tellers

__all__ = ["assemblies", "binding", "commons", "councils", "enterprises", "mandates", "roll", "sessions", "tellers"]
