"""`python -m songwright` is the command line."""

from songwright.cli import run

run()
