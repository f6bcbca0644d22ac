"""Learning to sing from somebody's recordings: features, corpora, training, export, and the consent it takes."""
