"""Learn to tell English, German and French lines apart by their letters.

Run: python recipes/train_language.py DATA [--out src/songwright/weights]

DATA holds songs/lieder-en, songs/lieder-de, songs/lieder-fr-it (MusicXML with words; OpenScore Lieder, CC0) and
lyrics/*.txt (English, public domain). Runs of one to five letters, blanks included, get a cost in each language
(multinomial naive Bayes, add-one); the most telling are kept. One song in ten and one book page in ten are held out,
and lines of three to eight words from them are judged at the end. `songwright.text.language.Judge` reads the table.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from songwright.text.language import COST_STEP, LEARNED, Judge, detect, grams

KEPT = 3000
BOOK_LINES = 12_000


def words_of(path: Path) -> dict[str, list[str]]:
    """Verse number -> the words of a MusicXML file in order."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xml") and not n.startswith("META-INF"))
        root = ElementTree.fromstring(archive.read(name))
    verses: dict[str, list[str]] = defaultdict(list)
    for lyric in root.iter("lyric"):
        text = (lyric.findtext("text") or "").strip()
        verse, place = lyric.get("number", "1"), lyric.findtext("syllabic") or "single"
        if place in ("middle", "end") and verses[verse]:
            verses[verse][-1] += text
        elif text:
            verses[verse].append(text)
    return verses


def lines_of(words: list[str]) -> list[str]:
    """Words parted into lines of 3, 4 ... 8, 3 ... words."""
    lines, at, size = [], 0, 3
    while at + size <= len(words):
        lines.append(" ".join(words[at : at + size]))
        at, size = at + size, size % 8 + (3 if size == 8 else 1)
    return lines


def read(data: Path) -> dict[str, list[tuple[bool, str]]]:
    """Language -> (held out?, line). Verses whose little words speak for another language are left out."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    index = (data / "songs/lieder-fr-it/index.tsv").read_text().splitlines()
    french = {row["file"]: row["lang"] for row in csv.DictReader(index, delimiter="\t")}
    for folder in ("lieder-en", "lieder-de", "lieder-fr-it"):
        for path in sorted((data / "songs" / folder).glob("*.mxl")):
            language = french[path.name] if folder.endswith("it") else folder[-2:]
            if language not in LEARNED:
                continue
            held = hashlib.sha256(path.name.encode()).digest()[0] % 10 == 0
            for words in words_of(path).values():
                if detect(" ".join(words)) == language:
                    found[language] += [(held, line) for line in lines_of(words)]
    pages = [
        line.split()
        for path in sorted((data / "lyrics").glob("*.txt"))
        for line in path.read_text().splitlines()
    ]
    pages = [words for words in pages if 3 <= len(words) <= 9][:: max(1, len(pages) // BOOK_LINES)]
    found["en"] += [(n % 10 == 0, " ".join(words)) for n, words in enumerate(pages)]
    return found


def learn(lines: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """The table of costs: int8, in steps of COST_STEP nats, less the mean over the languages."""
    counts = {language: Counter(g for line in lines[language] for g in grams(line)) for language in LEARNED}
    totals = {language: sum(count.values()) for language, count in counts.items()}
    vocabulary = set().union(*counts.values())

    def costs(gram: str) -> list[float]:
        raw = [-math.log((counts[lang][gram] + 1.0) / (totals[lang] + len(vocabulary))) for lang in LEARNED]
        mean = sum(raw) / len(raw)
        return [cost - mean for cost in raw]

    def telling(gram: str) -> float:
        share = [counts[lang][gram] / totals[lang] for lang in LEARNED]
        return sum(share) * (max(costs(gram)) - min(costs(gram)))

    kept = sorted(sorted(vocabulary, key=lambda g: (-telling(g), g))[:KEPT])
    table = np.array(
        [[np.clip(round(c / COST_STEP), -127, 127) for c in costs(g)] for g in kept], dtype=np.int8
    )
    return {"grams": np.array(kept), "cost": table}


def main() -> None:
    """Read, learn, measure, write the table and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/songwright/weights"))
    options = parser.parse_args()
    found = read(options.data)
    arrays = learn({lang: [line for held, line in lines if not held] for lang, lines in found.items()})
    judge, figures = Judge(arrays), {}
    for lang in LEARNED:
        held = [line for held, line in found[lang] if held]
        right = [judge.likeliest(line) == lang for line in held]
        sung = (
            [judge.likeliest(line, ("en", "de")) == lang for line in held] if lang in ("en", "de") else right
        )
        figures[lang] = (len(held), sum(right) / len(held), sum(sung) / len(held))
        print(lang, len(found[lang]), "lines, held out", *figures[lang])
    path = options.out / "language.npz"
    np.savez_compressed(path, **arrays)
    data = path.read_bytes()
    (options.out / "language.toml").write_text(card(figures, len(arrays["grams"]), data))


def card(figures: dict[str, tuple[int, float, float]], entries: int, data: bytes) -> str:
    """The card of the table."""
    held = "\n".join(
        f"[held_out_{lang}]\nlines = {count}\naccuracy = {share:.5f}\namong_sung_languages = {sung:.5f}\n"
        for lang, (count, share, sung) in figures.items()
    )
    return f"""id = "language"
name = "Language of a line"
about = "What runs of letters cost in English, German and French."
licence = "Apache-2.0 (table); learned from CC0 and public-domain texts"
source = "OpenScore Lieder Corpus (CC0); English verse in the public domain"
language = "en, de, fr"
commercial_use = true
recipe = "recipes/train_language.py"
entries = {entries}
bytes = {len(data)}
sha256 = "{hashlib.sha256(data).hexdigest()}"

{held}"""


if __name__ == "__main__":
    main()
