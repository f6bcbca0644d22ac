"""German: how its words are built, where their stress lies, and how each letter sounds.

text.german.speech.GermanPronouncer().words     a line -> words, syllables, phones, stress
"""
