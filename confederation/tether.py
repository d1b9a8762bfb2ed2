"""Run a command that ends when its supervisor does, even if that was killed: `tether.py PARENT COMMAND...`.

The kernel keeps the promise (Linux's parent death signal); it survives the change of program below.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the promise was made
        raise SystemExit(1)
    os.execv(command[0], command)  # noqa: S606  (the command is the supervisor's own)


if __name__ == "__main__":
    main()
