"""Training the vocoder: recordings and their frames in, a network that corrects source and filter out."""
