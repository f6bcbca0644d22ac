"""The figures of the raw-audio engine as a table to read and as a page of the docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from songwright.bench import pages

Row = dict[str, object]
_COLUMNS = {
    "phones": ("phone errors", "{:.1%}"), "phones_over": ("over renderer", "{:+.1%}"),
    "phones_freely": ("heard freely", "{:.1%}"), "phones_freely_over": ("over renderer", "{:+.1%}"),
    "pitch": ("pitch", "{:.1%}"), "pitch_judged": ("pitch judged", "{:.1%}"), "chords": ("chords", "{:.1%}"),
    "chords_share": ("of renderer's", "{:.1%}"),
    "genre": ("genre", "{:.0%}"), "persona": ("persona", "{:.0%}"), "seam": ("seam z", "{:.2f}"),
    "seam_untouched": ("untouched", "{:.2f}"), "seam_hidden": ("under 3", "{:.0%}"),
    "seam_added": ("added", "{:.0%}"),
    "outside": ("rest unchanged", "{:.0%}"), "kad_judge": ("KAD, judge", "{:.2f}"),
    "kad_plain": ("KAD, plain", "{:.2f}"), "core_s_a_minute": ("core s", "{:.1f}"),
    "wall_s_a_minute": ("s", "{:.1f}"),
}  # fmt: skip
_TABLES = {
    "Words, pitch, chords": (
        "phones", "phones_over", "phones_freely", "phones_freely_over", "pitch", "pitch_judged", "chords",
        "chords_share",
    ),
    "Who it is, and how it sounds": ("genre", "persona", "kad_judge", "kad_plain"),
    "Seams and speed": (
        "seam", "seam_untouched", "seam_hidden", "seam_added", "outside", "core_s_a_minute", "wall_s_a_minute",
    ),
}  # fmt: skip
_SAID = {
    "Words, pitch, chords": """Phone errors: of what a judge network hears in the voice, per phone that should be sung;
"heard freely": of what PocketSphinx hears there without any dictionary (English alone). Pitch: share of voiced frames
within 50 cents of what was to be sung (WORLD); judged: within a semitone, as the judge hears it. Chords: share of
frames whose chord the judge names rightly as major, minor or none.""",
    "Who it is, and how it sounds": """Share of excerpts whose genre, and whose persona where it sings in its own voice,
the judge names. KAD: kernel audio distance (unbiased, Gaussian kernel, bandwidth the median distance in the reference,
times 1000) of two-second pieces to held-out pieces that are not among the excerpts: on what the judge understood, and
on plain figures of bands, their change and pitch classes. "real against real" are two halves of that reference.""",
    "Seams and speed": """Seam z: spectral flux where given and made sound meet, in standard deviations over the mean of
the excerpt; untouched: the same place in the renderer's sound; added: share over 3 where the untouched sound is
not. Of a crossfade both ends are measured. Rest unchanged: share of excerpts in which every sample outside stayed what
it was. Core s, s: seconds of one core, and by the clock, for a minute of sound.""",
}

_RIVAL = """"codes" is the rival (`songwright train prior`, given by `--prior` and `--prior-codec`): one code of a
quantised codec after the other, as Jukebox has it."""


def short_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows for a terminal: what stands in them as words."""
    return [
        {"row": row["row"]} | {name.replace("_", " "): shown(name, row.get(name)) for name in _COLUMNS}
        for row in rows
    ]


def shown(name: str, value: object) -> str:
    """A figure as people write it."""
    return "" if not isinstance(value, int | float) else _COLUMNS[name][1].format(value)


def write_page(path: Path, rows: Sequence[Row], about: Mapping[str, object]) -> None:
    """Write the page, and every figure as JSON beside it. about: what was measured on, in words."""
    pages.write(path, page(rows, about), rows, about)


def page(rows: Sequence[Row], about: Mapping[str, object]) -> str:
    """The page in Markdown."""
    lines = [
        "# What the raw-audio engine makes",
        "",
        "Made by `songwright bench jukebox RENDERS --codec CODEC --jukebox RUN --judge JUDGE --page PAGE --count "
        f"{about['excerpts']}`:",
        f"{about['excerpts']} stretches of {about['seconds']:.1f} s of rendered pieces the generator did not learn,",
        "each made again from its own score. The judge learned from renders of another seed, and phones and pitch from",
        "voices moved in pitch and throat, so that none of them is one the generator knows.",
    ]  # fmt: skip
    if any(str(row["row"]).startswith("codes") for row in rows):
        lines += ["", _RIVAL]
    for title, names in _TABLES.items():
        used = [name for name in names if any(row.get(name) is not None for row in rows)]
        shown_rows = (
            [str(row["row"]), *(shown(name, row.get(name)) for name in used)]
            for row in rows
            if any(row.get(name) is not None for name in used)
        )
        lines += ["", f"## {title}", "", _SAID[title], ""]
        lines += pages.table(["", *(_COLUMNS[name][0] for name in used)], shown_rows)
    return "\n".join(lines) + "\n"
