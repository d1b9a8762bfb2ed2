"""How the tests reach a database, a Redis, a worker and a browser; the rules they test stand elsewhere."""
