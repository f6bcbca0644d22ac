"""The mixing desk: `mix` balances stems in one room, `ride` moves two by section, `master` finishes the record."""

from songwright.desk.finish import master
from songwright.desk.mixing import mix, ride

__all__ = ["master", "mix", "ride"]
