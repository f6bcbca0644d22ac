"""Training the generator of the raw-audio engine: latents of rendered pieces and what is sung in them."""
