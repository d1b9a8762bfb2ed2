#!/usr/bin/env python3
"""Build `static/urn/urn.js`, the program of the secret ballot, from `src/` and the packages pinned beside it.

    scripts/urn/build.py           install what package-lock.json pins, build, write the licences and SHA256SUMS
    scripts/urn/build.py --check   compare what lies in static/urn/ with SHA256SUMS; needs neither npm nor a network

The result is committed: nobody needs npm to run the site. The same sources give the same bytes.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "static" / "urn"
SUMS = TARGET / "SHA256SUMS"
LICENSES = {"blindrsa-ts": "@cloudflare/blindrsa-ts/LICENSE.txt", "sjcl": "sjcl/LICENSE.txt"}
BANNER = "/* Built by scripts/urn/build.py. Contains @cloudflare/blindrsa-ts (Apache-2.0), sjcl (BSD): LICENSES.txt */"


def build() -> None:
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)
    TARGET.mkdir(exist_ok=True)
    subprocess.run(
        ["node_modules/.bin/esbuild", "src/urn.js", "--bundle", "--format=esm", "--minify", "--target=es2022",
         "--legal-comments=none", f"--banner:js={BANNER}", f"--outfile={TARGET / 'urn.js'}", "--log-level=warning"],
        cwd=HERE, check=True,
    )  # fmt: skip
    parts = [f"{name}\n\n{(HERE / 'node_modules' / path).read_text().strip()}\n" for name, path in LICENSES.items()]
    (TARGET / "LICENSES.txt").write_text(("\n" + "-" * 72 + "\n\n").join(parts))
    SUMS.write_text(listing())


def listing() -> str:
    """One line a file, as `sha256sum` writes and checks it."""
    files = sorted(path for path in TARGET.iterdir() if path != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if listing() != SUMS.read_text():
            print("static/urn/ differs from its SHA256SUMS.", file=sys.stderr)
            return 1
        return 0
    build()
    print(SUMS.read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
