"""Measure how long people hold each sound, from aligned recordings: lengths.toml beside this file.

    songwright train align kathleen --out aligned/kathleen
    songwright train align kerstin --language de --out aligned/kerstin
    python recipes/measure_lengths.py en=aligned/kathleen de=aligned/kerstin

The table has one section a language and one line a sound:

    [en.S]
    count = 2571
    mean_s = 0.112      # all of them
    stressed_s = 0.131  # the only consonant before a stressed vowel
    cluster_s = 0.104   # in a cluster before a stressed vowel
    weak_s = 0.098      # before an unstressed vowel; for vowels: unstressed ones
    coda_s = 0.104      # after the vowel of its syllable, inside a line
    final_s = 0.178     # in the last syllable before a pause

Each is a median of at least eight; vowels have stressed_s, weak_s and final_s. A line with fewer is left out.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from songwright.io.shelf import HouseShelf
from songwright.text.german.speech import GermanPronouncer
from songwright.text.phones import SILENCE, is_vowel
from songwright.text.speech import Pronouncer
from songwright.train.align.writing import Aligned, read_clip_alignment
from songwright.values.words import Syllable

OUT = Path(__file__).resolve().with_name("lengths.toml")
LEAST = 8
PLACES = ("stressed", "cluster", "weak", "coda", "final")
Spoken = tuple[str, float, float]


def words_of(clip: Aligned) -> list[list[Spoken]]:
    """The phones of each word, in order."""
    return [[p for p in clip.phones if p[1] >= on - 1e-6 and p[2] <= off + 1e-6] for _, on, off in clip.words]


def placed(clip: Aligned, speaker: Pronouncer | GermanPronouncer) -> Iterator[tuple[str, str, float]]:
    """(phone, place, seconds) of each sound in words that were said as the speaker of the house says them."""
    pauses = {on for symbol, on, _ in clip.phones if symbol == SILENCE} | {clip.phones[-1][2]}
    for word, phones in zip(speaker.words(clip.text), words_of(clip), strict=False):
        said = [phone for syllable in word.syllables for phone in syllable.phones]
        if said != [symbol for symbol, _, _ in phones]:
            continue
        at = 0
        for n, syllable in enumerate(word.syllables):
            own = phones[at : at + len(syllable.phones)]
            at += len(syllable.phones)
            final = n == len(word.syllables) - 1 and own[-1][2] in pauses
            yield from _in_syllable(own, syllable, final)


def _in_syllable(own: list[Spoken], syllable: Syllable, final: bool) -> Iterator[tuple[str, str, float]]:
    peak = next((k for k, (symbol, _, _) in enumerate(own) if is_vowel(symbol)), None)
    if peak is None:
        return
    for k, (symbol, on, off) in enumerate(own):
        if k < peak:
            place = "weak" if not syllable.stress else "stressed" if peak == 1 else "cluster"
        elif final:
            place = "final"
        elif k == peak:
            place = "stressed" if syllable.stress else "weak"
        else:
            place = "coda"
        yield symbol, place, off - on


def measured(folder: Path, speaker: Pronouncer | GermanPronouncer) -> dict[str, dict[str, list[float]]]:
    """Phone -> place -> lengths, over all clips of a folder of alignments."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*.json")):
        if path.name == "summary.json":
            continue
        clip = read_clip_alignment(path)
        for symbol, on, off in clip.phones:
            found[symbol]["all"].append(off - on)
        for symbol, place, seconds in placed(clip, speaker):
            found[symbol][place].append(seconds)
    if not found:
        raise SystemExit(f"{folder} holds no alignments")
    return found


def written(language: str, found: dict[str, dict[str, list[float]]]) -> str:
    """The section of a language."""
    lines = []
    for symbol in sorted(found):
        if symbol == SILENCE or len(found[symbol]["all"]) < LEAST:
            continue
        lines += ["", f"[{language}.{symbol}]", f"count = {len(found[symbol]['all'])}"]
        lines.append(f"mean_s = {np.mean(found[symbol]['all']):.4f}")
        for place in PLACES:
            if len(found[symbol][place]) >= LEAST:
                lines.append(f"{place}_s = {np.median(found[symbol][place]):.4f}")
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", metavar="LANGUAGE=FOLDER")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    shelf = HouseShelf()
    english = Pronouncer(shelf.lexicon("en"), shelf.letters("en"))
    speakers = {"en": english, "de": GermanPronouncer()}
    sections = []
    for pair in given.folders:
        language, _, folder = pair.partition("=")
        if language not in speakers or not Path(folder).is_dir():
            raise SystemExit(f"{pair}: give en=FOLDER or de=FOLDER of alignments")
        sections.append(written(language, measured(Path(folder), speakers[language])))
    table = "\n".join(sections) + "\n"
    card = f'''id = "lengths"
name = "Lengths of sounds"
about = "How long speakers of English and German hold each sound, by its place in the syllable; medians in seconds."
licence = "Apache-2.0 (table); measured in CC0 recordings"
source = "Kathleen and Kerstin voices, Rhasspy (CC0), aligned by songwright train align"
language = "en, de"
commercial_use = true
recipe = "recipes/measure_lengths.py"
sha256 = "{hashlib.sha256(table.encode()).hexdigest()}"
'''
    given.out.write_text(card + table, encoding="utf-8")
    print(f"{given.out}: {table.count('count =')} sounds")


if __name__ == "__main__":
    main()
