"""Finding when each sound of a recording begins and ends: a hidden Markov model learned from the recordings alone.

features   what the aligner hears, 200 times a second
graph      the ways a line can be said: pronunciations, pauses
models     how each sound looks: Gaussian mixtures, shared between states
viterbi    the best path of many clips at once
training   from a flat start to sounds in their context
borders    each border moved to where the sound changes
writing    JSON, Praat TextGrid, summary
"""
