"""The song corpus: readers of many notations, one shape for all songs, a fair split, its statistics, its learning."""
