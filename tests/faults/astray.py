"""An application server whose own clock may be wrong. It is told on standard input what people ask of it.

One request a line, as JSON: `{"who": 7, "to": "/decisions/3/ballot/", "data": {…}}`, or `{"sweep": true}`; one answer a
line: the status, and what time the server takes it to be.

python -m tests.faults.astray
"""

import json
import sys
from datetime import UTC, datetime

import django

django.setup()

from django.test import Client  # noqa: E402

from assemblies.models import Citizen  # noqa: E402
from assemblies.sweeps import run_all  # noqa: E402


def answer(asked: dict) -> dict:
    if asked.get("sweep"):
        return {"done": run_all()}
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    client.force_login(Citizen.objects.get(pk=asked["who"]))
    page = client.post(asked["to"], asked["data"]) if "data" in asked else client.get(asked["to"])
    return {"status": page.status_code}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)) | {"clock": datetime.now(UTC).isoformat()}), flush=True)
