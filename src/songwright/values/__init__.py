"""What is handed from room to room: frozen, unit-named, serialisable values. No verbs, no files."""
