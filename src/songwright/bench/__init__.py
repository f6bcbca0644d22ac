"""The bench: how fast and how good this installation is, measured by commands anyone can run."""
