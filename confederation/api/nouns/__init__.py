"""Every public noun, a file a floor, from the ground up."""

from . import assemblies, commons, councils, mandates, record, roll, sessions

__all__ = ["assemblies", "commons", "councils", "mandates", "record", "roll", "sessions"]
