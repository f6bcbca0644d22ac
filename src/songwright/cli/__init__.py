"""The command line: `songwright make LYRICS.txt --genre country`. stdout is data, stderr is progress."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line and leave with a status: 0 done, 1..5 by kind of error, 130 stopped."""
    try:
        from songwright.cli.app import main
    except KeyboardInterrupt:  # so early that nothing has begun
        sys.exit(130)
    main()
