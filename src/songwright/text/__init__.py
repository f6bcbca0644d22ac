"""Words: reads a lyric sheet, says each word as it is sung, hears rhyme and stress.

text.lyrics.parse(sheet) -> Lyrics                 sections, lines, answers in brackets
text.speech.Pronouncer(lexicon, letters).words     a line -> words, syllables, phones, stress
text.rhyme.rhyme_letters(lines)                    which lines rhyme
text.tongues.Tongues(shelf).words                  the same in any language songwright can sing, found line by line
text.german.speech.GermanPronouncer().words        the same for German
text.language.detect(text)                         which language it is
"""
