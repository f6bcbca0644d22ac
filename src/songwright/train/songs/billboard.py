"""Chords and form of songs in the McGill Billboard notation: bars between strokes, section names, a tonic, a metre."""

from __future__ import annotations

import re

from songwright.io.written import Unusable
from songwright.music.pitch import fifths, key_on, pitch_class
from songwright.train.songs.settle import Origin
from songwright.train.songs.song import Song
from songwright.values.plan import SECTION_KINDS, Key
from songwright.values.score import Chord, Score, Section
from songwright.values.time import Meter, TempoMap

_QUALITIES = {
    "maj": "maj", "min": "min", "7": "7", "min7": "min7", "maj7": "maj7", "sus4": "sus4", "sus2": "sus2",
    "dim": "dim", "aug": "aug", "dim7": "dim7", "hdim7": "m7b5", "maj6": "6", "min6": "min6", "9": "9", "5": "5",
    "1": "5", "maj9": "maj7", "min9": "min7", "11": "9", "13": "9", "min11": "min7", "sus4(b7)": "sus4",
}  # fmt: skip
_KINDS = {"pre-chorus": "prechorus", "solo": "instrumental", "interlude": "instrumental", "coda": "outro",
          "ending": "outro", "fadeout": "outro", "refrain": "chorus", "pre-verse": "intro", "head": "instrumental",
          "transition": "instrumental", "main theme": "instrumental"}  # fmt: skip


def billboard_song(text: str, origin: Origin) -> Song:
    """The chords of one annotated song as a score without notes. Unusable where its bars cannot be counted."""
    head = dict(re.findall(r"^# (\w+): (.*)$", text, flags=re.M))
    match = re.fullmatch(r"(\d+)/(\d+)", head.get("metre", "").strip())
    if match is None or "tonic" not in head:
        raise Unusable("no metre or tonic")
    meter = Meter(int(match.group(1)), int(match.group(2)))
    chords: list[tuple[int, int, str, str]] = []
    marks: list[tuple[int, str]] = []
    tick = 0
    for row in re.findall(r"^[\d.]+\t(.*)$", text, flags=re.M):
        label = re.match(r"(?:[A-Z]'*, )?([a-z][a-z -]*),", row)
        if label and label.group(1) not in ("silence", "end"):
            marks.append((tick, label.group(1)))
        tick = _bars(row, meter, tick, chords)
    if not chords or tick == 0:
        raise Unusable("no bars")
    key = _key(head["tonic"].strip(), chords)
    spans = _joined(chords)
    score = Score(
        origin.title or head.get("title", ""), key, meter, TempoMap.constant(_tempo(text, meter, tick)),
        _sections(marks, tick), spans, (), (), tick,
    )  # fmt: skip
    return Song(f"{origin.id}#1", origin.source, origin.licence, origin.author or head.get("artist", ""), "",
                "given", score)  # fmt: skip


def _bars(row: str, meter: Meter, tick: int, chords: list[tuple[int, int, str, str]]) -> int:
    """Adds the bars of one row; the tick after them."""
    if "|" not in row:
        return tick
    inner = row[row.index("|") + 1 : row.rindex("|")]
    again = re.search(r"\|\s*x(\d+)", row)
    bars = [bar.split() for bar in inner.split("|")]
    for _ in range(int(again.group(1)) if again else 1):
        for bar in bars:
            places = [sign for sign in bar if not sign.startswith("(")]
            ticks = meter.bar_ticks
            for n, sign in enumerate(places):
                start = tick + n * ticks // len(places) // 40 * 40
                end = tick + (n + 1) * ticks // len(places) // 40 * 40
                root, quality = _chord(sign)
                if not root and chords:
                    root, quality = chords[-1][2:]
                if root:
                    chords.append((start, end - start, root, quality))
            tick += ticks
    return tick


def _chord(sign: str) -> tuple[str, str]:
    """Root and quality of a chord sign; ("", "") for "." (the same again) and what is no chord."""
    match = re.fullmatch(r"([A-G][#b]{0,2}):([^/]+)(?:/.*)?", sign)
    if match is None:
        return "", ""
    kind = match.group(2)
    bare = re.sub(r"\(.*\)", "", kind)
    rough = "min" if bare.startswith("min") else "maj"
    return match.group(1), _QUALITIES.get(kind, _QUALITIES.get(bare, rough))


def _joined(chords: list[tuple[int, int, str, str]]) -> tuple[Chord, ...]:
    """Spans without gap from 0, equal neighbours made one."""
    spans: list[Chord] = []
    for start, ticks, root, quality in chords:
        end = start + ticks
        last = spans[-1] if spans else None
        if last is not None and (last.root_name, last.quality) == (root, quality):
            spans[-1] = Chord(last.start_tick, end - last.start_tick, last.root, quality, last.root, root, "")
            continue
        if last is not None:
            spans[-1] = Chord(
                last.start_tick,
                start - last.start_tick,
                last.root,
                last.quality,
                last.root,
                last.root_name,
                "",
            )
        begin = start if last is not None else 0
        spans.append(Chord(begin, end - begin, pitch_class(root), quality, pitch_class(root), root, ""))
    return tuple(spans)


def _key(tonic: str, chords: list[tuple[int, int, str, str]]) -> Key:
    """The mode of a tonic, by whether its own chord is more often minor."""
    home = [quality for _, _, root, quality in chords if pitch_class(root) == pitch_class(tonic)]
    minor = sum(quality.startswith("min") for quality in home) * 2 > len(home)
    key = Key(tonic, "minor" if minor else "major")
    return key if abs(fifths(key)) <= 7 else key_on(pitch_class(tonic), key.mode)


def _tempo(text: str, meter: Meter, ticks: int) -> float:
    """Quarters a minute, from the times at which rows begin."""
    times = [float(t) for t in re.findall(r"^([\d.]+)\t.*\|", text, flags=re.M)]
    ends = [float(t) for t in re.findall(r"^([\d.]+)\t", text, flags=re.M)]
    seconds = (min((e for e in ends if times and e > times[-1]), default=0.0) - times[0]) if times else 0.0
    bpm = ticks / 480 / seconds * 60 if seconds > 0 else 96.0
    return min(300.0, max(30.0, bpm))


def _sections(marks: list[tuple[int, str]], length: int) -> tuple[Section, ...]:
    starts = dict(reversed([(tick, label) for tick, label in marks if tick < length]))
    if 0 not in starts:
        starts[0] = "intro"
    ticks = sorted(starts)
    found = []
    for number, (start, end) in enumerate(zip(ticks, [*ticks[1:], length], strict=True), start=1):
        label = starts[start]
        kind = label if label in SECTION_KINDS else _KINDS.get(label, "verse")
        found.append(Section(f"{kind}-{number}", kind, label, start, end - start, 0.6))
    return tuple(found)
