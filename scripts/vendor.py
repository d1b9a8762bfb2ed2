#!/usr/bin/env python3
"""Refresh `static/vendor/` from npm packages; the result is committed, so nobody needs npm to run or build the site.

    scripts/vendor.py           pack, unpack and write the files, their licences and SHA256SUMS
    scripts/vendor.py --check   compare what lies in static/vendor/ with SHA256SUMS; needs neither npm nor a network

htmx is not here: `{% htmx_script %}` of django-htmx brings it. Icons come from the Python package lucide.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
SUMS = VENDOR / "SHA256SUMS"
# npm package and version; the folder it fills; the files taken from it, the licence among them.
PACKAGES = [
    ("@picocss/pico@2.1.1", "pico-2.1.1", ["css/pico.min.css", "LICENSE.md"]),
    (
        "@fontsource-variable/public-sans@5.3.0",
        "public-sans-5.3.0",
        [
            "files/public-sans-latin-wght-normal.woff2",
            "files/public-sans-latin-ext-wght-normal.woff2",
            "LICENSE",
        ],
    ),
]
# A map that is not shipped stops collectstatic under the manifest storage.
SOURCE_MAP = re.compile(rb"\s*(?:/\*[#@]\s*sourceMappingURL=.*?\*/|//[#@]\s*sourceMappingURL=\S*)\s*$")


def refresh() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, folder, names in PACKAGES:
        with tempfile.TemporaryDirectory() as tmp:
            subprocess.run(["npm", "pack", "--silent", package], cwd=tmp, check=True, stdout=subprocess.DEVNULL)
            (tarball,) = Path(tmp).glob("*.tgz")
            with tarfile.open(tarball) as packed:
                for name in names:
                    packed.extract(f"package/{name}", tmp, filter="data")
                    content = (Path(tmp) / "package" / name).read_bytes()
                    if name.endswith((".css", ".js")):
                        content = SOURCE_MAP.sub(b"\n", content)
                    target = VENDOR / folder / Path(name).name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
    SUMS.write_text(listing())


def listing() -> str:
    """One line a file, as `sha256sum` writes and checks it."""
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VENDOR)}\n" for path in files)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if listing() != SUMS.read_text():
            print("static/vendor/ differs from its SHA256SUMS.", file=sys.stderr)
            return 1
        return 0
    refresh()
    print(SUMS.read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
