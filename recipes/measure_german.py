"""Measure the German rules against German art songs: syllables, hyphens, and stress on strong beats.

Run: python recipes/measure_german.py DATA [--every 1]

DATA/songs/lieder-de holds MusicXML with words parted into syllables (OpenScore Lieder, CC0). Nothing is learned here.
Errors in four songs of five guided the rules; the fifth (by the name's hash) is counted apart, though a dozen stems
came from looking at its errors too. Old spelling ("lieb-sten", "sü-sse") counts as an error. Stress: of the words
whose highest metrical place is held by one syllable alone, how many hold it with their stressed one.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from songwright.text.german.speech import GermanPronouncer
from songwright.text.language import detect

_NO_LETTER = re.compile(r"[^A-Za-zäöüÄÖÜß]")


@dataclass
class SungWord:
    """A word of a song: its syllables, and where in the bar (in quarters) each begins."""

    syllables: list[str]
    places: list[float]
    bar: float


def words_of(path: Path) -> dict[str, list[SungWord]]:
    """Verse number -> words in order."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xml") and not n.startswith("META-INF"))
        root = ElementTree.fromstring(archive.read(name))
    verses: dict[str, list[SungWord]] = defaultdict(list)
    for part in root.findall("part"):
        for lyric, place, bar in _lyrics(part):
            text, verse = (lyric.findtext("text") or "").strip(), lyric.get("number", "1")
            if not text:
                continue
            if lyric.findtext("syllabic") in ("middle", "end") and verses[verse]:
                verses[verse][-1].syllables.append(text)
                verses[verse][-1].places.append(place)
            else:
                verses[verse].append(SungWord([text], [place], bar))
    return verses


def _lyrics(part: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """Each lyric with its place in the bar and the bar's length, in quarters."""
    divisions, bar = 1, 4.0
    for measure in part.findall("measure"):
        at = last = 0
        for item in measure:
            if item.tag == "attributes":
                divisions = int(item.findtext("divisions") or divisions)
                beats, unit = item.findtext("time/beats"), item.findtext("time/beat-type")
                if beats and unit:
                    bar = sum(int(n) for n in beats.split("+")) * 4 / int(unit)
            elif item.tag in ("backup", "forward"):
                at += int(item.findtext("duration") or 0) * (-1 if item.tag == "backup" else 1)
            elif item.tag == "note" and item.find("grace") is None:
                if item.find("chord") is None:
                    last, at = at, at + int(item.findtext("duration") or 0)
                for lyric in item.findall("lyric"):
                    yield lyric, last / divisions, bar


def weight(place: float, bar: float) -> float:
    """How strong a place in the bar is: 4 for the first beat, 0 off the eighths."""
    on = lambda step: abs(place / step - round(place / step)) < 1e-6  # noqa: E731
    if place < 1e-6:
        return 4.0
    if bar in (4.0, 2.0, 1.0) and abs(place - bar / 2) < 1e-6:
        return 3.0
    return 2.0 if on(1.0) else 1.0 if on(0.5) else 0.0


def measure(words: list[SungWord], say: GermanPronouncer, tally: Counter[str]) -> None:
    """Count one verse's words."""
    for word in words:
        written = [_NO_LETTER.sub("", text).lower() for text in word.syllables]
        if not all(written) or any("'" in text or "’" in text for text in word.syllables):
            continue
        whole = _NO_LETTER.sub("", "".join(word.syllables))
        said = [s for spoken in say.words(whole) for s in spoken.syllables]
        tally["words"] += 1
        if len(said) != len(written):
            continue
        tally["right number"] += 1
        if len(written) == 1:
            continue
        tally["of several"] += 1
        tally["right hyphens"] += [s.text.lower() for s in said] == written
        weights = [weight(place, word.bar) for place in word.places]
        if weights.count(max(weights)) == 1 and any(s.stress == 1 for s in said):
            tally["one strongest"] += 1
            tally["stressed on it"] += said[weights.index(max(weights))].stress == 1


def main() -> None:
    """Read the songs, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth song")
    options = parser.parse_args()
    say, tallies = GermanPronouncer(), {True: Counter[str](), False: Counter[str]()}
    for path in sorted((options.data / "songs/lieder-de").glob("*.mxl"))[:: options.every]:
        held = hashlib.sha256(path.name.encode()).digest()[0] % 5 == 0
        for words in words_of(path).values():
            if detect(" ".join("".join(word.syllables) for word in words)) == "de":
                measure(words, say, tallies[held])
    for held, tally in tallies.items():
        print("held out:" if held else "seen:", tally["words"], "words")
        print(f"  right number of syllables {tally['right number'] / max(tally['words'], 1):.4f}")
        print(f"  hyphens as printed        {tally['right hyphens'] / max(tally['of several'], 1):.4f}")
        print(f"  stress on strongest place {tally['stressed on it'] / max(tally['one strongest'], 1):.4f}")


if __name__ == "__main__":
    main()
