"""Networks, one file each: a frozen Config, a module, and a tiny() that runs anywhere."""
