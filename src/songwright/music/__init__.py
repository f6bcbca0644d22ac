"""Theory: pitch, harmony, rhythm, form, songs as rows of tokens. Pure functions over values."""
