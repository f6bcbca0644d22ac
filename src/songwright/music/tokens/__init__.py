"""A song as a row of readable tokens, and back: what the learned composer reads and writes.

    ids = encode(score, Conditions(genre="folk"), signs)
    sheet = decode(ids)          # sheet.score, sheet.conditions, sheet.signs

The row runs bar by bar. First what holds for the whole song, then its form, then for each section its bars:

    song genre:folk mood:any tempo:5 meter:4/4 mode:major key:G lang:en persona:any register:0
    form sec:verse sec:chorus /form
    sec:verse
    bar pos:0 c:I:maj
      line nsyl:3 rhyme:A close:comma s:0b:a s:1b:o s:0i:e        what the line asks for
      pos:36 syl:0b p:5:0 d:12                                    a syllable begins on this note
    bar pos:0 c:IV:maj pos:0 syl:1b p:1:1 d:24 pos:24 mel p:7:0 d:12 pos:36 syl:0i p:6:0 d:12
    bar pos:0 c:I:maj pos:0 tie d:12 /line
    end

There are twelve places in a quarter note. Pitch is degree and octave in the key (`p:#4:0`), so a song is the same row
in every key. `syl` begins a syllable (stress 0, 1, 2 or x for unknown; b begins a word, i stands inside one), `mel`
carries it on to another pitch, `tie` holds a note over the bar line. Rests are places nobody sings in. Where a score
has a band, each bar ends with what bass, drums and chords strike (`band`). Everything is whole numbers: the same song
gives the same row on every machine.
"""

from songwright.music.tokens.conditions import Conditions, LineSign
from songwright.music.tokens.reading import Sheet, decode
from songwright.music.tokens.row import TokenError
from songwright.music.tokens.sheet import representable
from songwright.music.tokens.spans import filled, holed
from songwright.music.tokens.vocabulary import GRID, KINDS, NAMES, VOCABULARY, kind_of
from songwright.music.tokens.writing import encode

__all__ = [
    "GRID",
    "KINDS",
    "NAMES",
    "VOCABULARY",
    "Conditions",
    "LineSign",
    "Sheet",
    "TokenError",
    "decode",
    "encode",
    "filled",
    "holed",
    "kind_of",
    "representable",
]
