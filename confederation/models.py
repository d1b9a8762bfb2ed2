"""The project keeps no rows of its own; having this module, it is told when migrations have run."""
