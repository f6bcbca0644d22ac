"""Write docs/composer-figures.md: composers beside people, networks side by side, originality, canaries.

Run: python recipes/composer_figures.py --page docs/composer-figures.md [--composer composer.json]
     [--networks networks.json] [--rivals rivals.json] [--originality originality.json]
     [--canaries RUN/figures.json] [--note TEXT]

All but the canaries are what `songwright bench composer|composer-networks|composer-rivals|originality ... --json`
prints; of what is not given, note apart, the page keeps what it has.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songwright.bench.composer_networks import markdown

_HEAD = """\
# The composer in figures

Written by `recipes/composer_figures.py` from what `songwright bench composer`, `composer-networks`,
`composer-rivals` and `originality` print; do not edit by hand. recipes/README.md has the commands.

"""

_PEOPLE = """\
## Beside people

Tasks are songs of the corpus's held-out part (English and German, 8 to 64 bars, spread over all sources):
their words, bars of each line, chords, key, meter, tempo, form, and their lowest note (a voice of a twelfth
begins there) are given; the tune is not. "people" is what the songs' own tunes measure, "error" its standard
error over songs. `off` is |composer - people| in percent of people. Rows that compare with a song to the same
words show under "people" how near another tune by people of the same meter comes, rows of histogram overlap
how near one half of people's songs comes to the other; there a composer is off only as far as it is further
away. Stress is one area under the curve over all syllables. Listeners are trained (five folds by song) to
tell eight bars of a composer from eight bars of people to the same words; chance is 0.5. "Breaths sung
through": silences shorter than a beat are filled on both sides, because songwright writes out what breaths no
note can give and engravers do not.

Definitions and their sources stand in `bench/composer_measures.py`.

"""

_DIFFERENT = """\
Rests, breaths and the longest breath differ on purpose: songwright promises a breath at least every nine seconds
and takes one at most lines' ends, as a rest or, after a note that is long enough to give it, as a breath mark.
People's scores leave most of that to the singer.

"""

_NETWORKS = """\
## Networks side by side

Nats a token on held-out test songs by kind of token, same tokens, same split, equal size; `voice` is what
sets the tune (place, mark, pitch, length), `found` everything a model must find, `voice_per_note` the nats of
one note. `tokens_s`: tokens learned from in a second, one thread of a shared CPU.

"""

_RIVALS = """\
## The same composer with other networks

The tasks of the first table, written with each network behind the same rules, likes and choice of drafts, so that
nothing differs but what the network learned; people's tunes to the same words beside them.

"""

_ORIGINAL = """\
## Originality

Songs of one minute in every genre to free verse. Of each, the longest run of notes (interval and rhythm, in
any key and tempo) that a song of the training corpus has too; scales, broken chords and repeated notes apart.
The index (`weights/tunes.npz`) holds 32-bit hashes of six notes in a row; six notes nobody wrote are found
with a chance of 5 in 100,000 a note, longer runs practically never. What was compared is the training corpus,
not all music. Of songs people wrote outside it (403), 22 % share a run of eight and more with it, 1 % of ten,
none of twelve; the split parts songs that share twelve, so the last figure holds by construction. The measure
finds passages taken over note by note, not likeness: of 29 pairs of melodies that were disputed in real life,
4 share twelve notes exactly and 13 share six.

"""

_CANARIES = """\
## Canaries

Songs nobody wrote (a real song's words, bars and rhythm, pitches drawn by luck) were planted among the
training songs of a network of the same size and looked for after. Exposure: log2(256 / rank) of the canary
among 255 rivals of its form by likelihood, 8 = the likeliest of all, about 1.4 = unknown. Completed: share of
the next 32 pitches that greedy choice gets right after eight notes, rhythm given.

"""


def page(found: Mapping[str, Any], note: str, before: str = "") -> str:
    """The page out of the tables that are there. before: the page as it is; its other sections stay."""
    sections = {
        "composer": lambda rows: _PEOPLE + _beside(rows) + "\n" + _DIFFERENT,
        "networks": lambda rows: (
            _NETWORKS + markdown(rows) + "\n![Loss curves](pictures/composer-loss.png)\n"
        ),
        "rivals": lambda rows: _RIVALS + _beside(rows),
        "originality": lambda rows: _ORIGINAL + markdown(rows),
        "canaries": _canaries,
    }
    titles = dict(zip(sections, (_PEOPLE, _NETWORKS, _RIVALS, _ORIGINAL, _CANARIES), strict=True))
    parts = [_HEAD, note + "\n\n" if note else ""]
    for name, write in sections.items():
        text = write(found[name]) if name in found else _section(before, titles[name].split("\n", 1)[0])
        parts.append(text.rstrip("\n") + "\n\n" if text else "")
    return "".join(parts).rstrip("\n") + "\n"


def _section(text: str, title: str) -> str:
    """What stands under a title of a page, the title with it; nothing where there is none."""
    start = text.find(title + "\n")
    return "" if start < 0 else text[start:].split("\n## ", 1)[0]


def _canaries(told: Mapping[str, Any]) -> str:
    rows = [{"times planted": times} | row for times, row in told["canaries"].items()]
    return f"{_CANARIES}{markdown(rows)}\n{told['size']}, {told['steps']} steps, {told['seconds']:.0f} s.\n"


def _beside(rows: Sequence[Mapping[str, Any]]) -> str:
    """People and composers with their distance in brackets; what is kept stands on one line below."""
    names = [name.removesuffix("_off_percent") for name in rows[0] if name.endswith("_off_percent")]
    kept = [row for row in rows if str(row["figure"]).startswith("kept: ")]
    shown = []
    for row in rows:
        if row in kept:
            continue
        cells: dict[str, object] = {"figure": str(row["figure"]).replace("_", " "), "people": row["people"],
                                    "error": row["error"] or ""}  # fmt: skip
        cells |= {name: f"{row[name]} ({row[name + '_off_percent']:g} %)" for name in names}
        shown.append(cells | ({"nearer": row["nearer"]} if len(names) > 1 else {}))
    lines = [markdown(shown)]
    for name in names if kept else ():
        shares = ", ".join(f"{str(r['figure']).removeprefix('kept: ')} {100 * r[name]:g} %" for r in kept)
        lines.append(f"\nWhat was asked and is kept by the {name} composer, share of songs: {shares}.\n")
    return "".join(lines)


def main() -> None:
    """Read what is given, write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tables = ("composer", "networks", "rivals", "originality", "canaries")
    for name in tables:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--note", default="")
    args = parser.parse_args()
    given = {name: getattr(args, name) for name in tables if getattr(args, name) is not None}
    found = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in given.items()}
    before = args.page.read_text(encoding="utf-8") if args.page.is_file() else ""
    args.page.write_text(page(found, args.note, before), encoding="utf-8")
    print(f"{args.page}: {', '.join(found) or 'nothing given'}")


if __name__ == "__main__":
    main()
