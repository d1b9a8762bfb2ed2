"""Every act that a person may do by a program, a file a floor. Each is the very act of the model, by the same door."""

from . import assemblies, commons, councils, mandates

__all__ = ["assemblies", "commons", "councils", "mandates"]
