"""The training room: corpora, networks and the loops that fit them. PyTorch lives here and nowhere else."""
