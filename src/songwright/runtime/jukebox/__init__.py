"""The raw-audio engine at work: a network makes the sound of voice and band from what it is told, frame by frame."""
