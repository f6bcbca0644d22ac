"""Engines: whole studios behind one door. Each takes a brief and returns a take."""
