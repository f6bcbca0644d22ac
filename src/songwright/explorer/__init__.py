"""What the raw-audio engine makes, laid out to be explored: every genre, artist and kind of prompt, as plain files."""
