"""Songs made by the studio as training data: two stems, and what is sung and played in every frame."""
