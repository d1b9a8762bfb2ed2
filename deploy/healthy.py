"""Ask `/health/` about one part (database, redis, worker, beat): code 0 when it is well, 1 when it is not.

python deploy/healthy.py worker http://web:8000
"""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit


def main(part: str, address: str = "http://127.0.0.1:8000") -> int:
    site = urlsplit(os.environ["SITE_ADDRESS"])
    server = http.client.HTTPConnection(urlsplit(address).netloc, timeout=8)
    try:
        # Spoken as the proxy would: the site's own name, and its https, else the answer is a redirection.
        server.request("GET", "/health/", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme})
        answer = json.loads(server.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f"no answer: {error}")
        return 1
    finally:
        server.close()
    print(f"{part}: {answer.get(part)}")
    return 0 if answer.get(part) is True else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
