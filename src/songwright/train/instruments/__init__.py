"""Recorded instruments, note by note: what they teach the band's own instruments."""
