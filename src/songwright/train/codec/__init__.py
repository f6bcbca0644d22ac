"""Training the codec of the raw-audio engine: rendered stems and recordings in, encoder and decoder out."""
