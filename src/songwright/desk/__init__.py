"""The mixing desk: `mix` balances the stems in one room, `master` finishes the record."""

from songwright.desk.finish import master
from songwright.desk.mixing import mix

__all__ = ["master", "mix"]
