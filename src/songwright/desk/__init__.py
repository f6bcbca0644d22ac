"""The mixing desk: `mix` balances the stems in one room, `ride` a voice over a band, `master` finishes the record."""

from songwright.desk.finish import master
from songwright.desk.mixing import mix, ride

__all__ = ["master", "mix", "ride"]
