"""Django's own checks, as a town's server would be configured, and that every model has its migration.

python -m tests.plumbing.check
"""

import os
import subprocess
import sys

from confederation import embedded
from tests.plumbing import slot

PRODUCTION = {
    "SECRET_KEY": "k3" * 30 + "-a key as long and as varied as a town's own",
    "ALLOWED_HOSTS": "assembly.example",
    "SITE_ADDRESS": "https://assembly.example",
    "CSRF_TRUSTED_ORIGINS": "https://assembly.example",
    "DEBUG": "0",
    "DEMO": "0",
}
COMMANDS = {
    "Deployment": ["check", "--deploy", "--fail-level", "WARNING"],
    "Migrations": ["makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    folder = slot.var_dir()
    services = embedded.Services(folder, durable=False)
    ours = slot.held or not all(service.answers() for service in services)
    services.start()
    failed = []
    try:
        for name, words in COMMANDS.items():
            print(f"{name}:", flush=True)
            environment = os.environ | PRODUCTION | {"VAR_DIR": str(folder), "PYTHONWARNINGS": "default"}
            environment.pop("DJANGO_SETTINGS_MODULE", None)
            done = subprocess.run([sys.executable, "manage.py", *words], env=environment, cwd=slot.ROOT, check=False)
            if done.returncode:
                failed.append(name)
    finally:
        if ours:
            services.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
