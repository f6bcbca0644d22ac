"""The tunes of a song, set by the network: section by section, each knowing what is written before it.

A section with a tune of its own is drawn several times and the best draft kept; one that sings a known tune to other
words keeps its notes where they fit, and is drawn anew close to it where they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from songwright.composer.choice import points_against
from songwright.composer.frames import Room
from songwright.composer.lead import SungLine
from songwright.composer.progression import tune_owner
from songwright.composer.setting.asking import known_line, misplaced_now, stress_pairs, stumbles, taste
from songwright.composer.setting.drafts import Network
from songwright.composer.setting.ear import Ear, Where
from songwright.composer.setting.echoes import RHYTHM, WHOLE, drawn_echoes, lettered
from songwright.composer.setting.finest import drawn_finest, quicker
from songwright.composer.setting.leanings import Leanings
from songwright.composer.setting.likes import STRESS_AGAIN, STUMBLE_AGAIN, UNIT
from songwright.composer.setting.rows import page
from songwright.composer.setting.spine import drawn_starts, name_of
from songwright.composer.setting.stretch import Desk, Idea, Stretch
from songwright.composer.setting.ways import bounds
from songwright.composer.tune import (
    Register,
    Song,
    TuneLine,
    fit_tune,
    given_line,
    letters_of,
    write_tune,
)
from songwright.music.form import line_form, median
from songwright.music.known_tunes import COUNTED, KnownTunes, notes_shared
from songwright.music.pitch import pitch_class
from songwright.values.score import Note
from songwright.values.seed import Seed

_MOST_TOKENS = 180  # of a stretch that is drawn in one go: shorter ones leave more to choose
_WIDER = 2  # semitones
_LIKELY = 0.3  # points a nat of surprise a note is worth
_STRESS = 20.0  # points the share of misplaced stresses is worth
_STUMBLE, _FEW = 40.0, 0.08  # points the share of stresses without a stronger beat is worth beyond a few
# Points a nat by which the ear takes a draft rather for a person's: among sections of several kinds, of one.
_HEARD = 2.0, 3.0
_NEARBY = 0.75, 2.0  # semitones a tune may lie away from the middle: among sections of several kinds, of one
_LIES, _NEAR = 1.5, 0.75  # points a semitone beyond so many from where a section lies among others
_PULL = 120  # nats x 1024 a semitone a line is drawn up or down at most, so that lines lie as far apart as people's
_RECALLED = 10.0  # points the share of notes is worth that a known tune has in a row
_ENOUGH = 24  # notes: fewer tell the ear less
_OFTEN = 1 / 7  # share of stresses without a stronger beat that asks for other drafts


@dataclass(frozen=True)
class Manner:
    """How tunes are drawn. candidates: drafts of each new tune. temperature_percent: 100 as the network learned.

    mend_stress: rules may set a section whose best draft stumbles. ear: who hears the drafts, None for nobody.
    leanings: learned likes, None for none. known: tunes it should not recall, None for any.
    """

    candidates: int = 4
    temperature_percent: int = 100
    mend_stress: bool = True
    ear: Ear | None = None
    leanings: Leanings | None = None
    known: KnownTunes | None = None


class Setting:
    """A song on its way. sung: the lines that have a tune; crafted: sections in which rules stood in."""

    def __init__(self, song: Song, places: Sequence[Room], network: Network, manner: Manner) -> None:
        """ValueError where tokens cannot say the song."""
        self._alone = len({room.section.kind for room in places}) == 1
        self.song, self.places, self.manner = (
            replace(song, registers=_wide(song, self._alone)),
            places,
            manner,
        )
        written = page(song.plan, song.chords, song.registers["verse"].centre)
        likes = replace(taste(self.song, self._alone), leanings=manner.leanings)
        self._desk = Desk(self.song, written, {}, likes, network, manner.temperature_percent, Seed(0))
        self.sung: list[SungLine] = []
        self.crafted: list[str] = []

    def write(self, seed: Seed, tell: Callable[[str, float], None]) -> list[SungLine]:
        """Every line with its tune; seed: of the song, each tune has its own.

        tell: told each section that has one, and the share of sections that have.
        """
        groups: dict[str, list[Room]] = {}
        for room in self.places:
            groups.setdefault(room.section.id, []).append(room)
        self._finest = drawn_finest(
            self.song.plan, self.places, self.song.settings.syncopation, seed.child("finest").luck()
        )
        ideas = {
            tune_owner(group[0].section): self._idea(group, seed.child("tune", tune_owner(group[0].section)))
            for group in reversed(groups.values())
        }
        starts = drawn_starts(
            self.song.plan, self.places, _alike(ideas), self._finest, seed.child("starts").luck()
        )
        self._desk = replace(
            self._desk, bounds=bounds(self.song.plan, self.places, starts), holds=seed.child("held")
        )
        tunes: dict[str, tuple[TuneLine, ...]] = {}
        for number, (section_id, group) in enumerate(groups.items(), 1):
            owner = tune_owner(group[0].section)
            own = seed.child("tune", owner)
            if owner in tunes:
                lines = self._again(group, tunes[owner], own.child(section_id))
            else:
                lines = tunes[owner] = self._new(group, ideas[owner], own)
            self.sung += zip(group, lines, strict=True)
            tell(section_id, number / len(groups))
        return self.sung

    def _new(self, group: Sequence[Room], idea: Idea, seed: Seed) -> tuple[TuneLine, ...]:
        """A new tune for a section."""
        lines = self._drawn(group, idea, seed, self.manner.candidates)
        for n, finest in enumerate((idea.finest, quicker(idea.finest))):
            if lines is not None and self._stumbles(group, lines, idea):
                firmer = replace(idea, stress=STRESS_AGAIN, stumble=STUMBLE_AGAIN, finest=finest)
                lines = self._drawn(group, firmer, seed.child("again", n), self.manner.candidates) or lines
        if lines is not None and not self._stumbles(group, lines, idea):
            return lines
        ruled = write_tune(self.song, self._between(group), seed)
        if lines is not None and 2 * self._misplaced(ruled) >= self._misplaced(lines):
            return lines
        self.crafted.append(group[0].section.id)
        return ruled

    def _between(self, group: Sequence[Room]) -> list[Room]:
        """A section's rooms for the rules: no line begins before its neighbours expect it, none lasts into the next."""
        first = self.places.index(group[0])
        rooms = self.places[first : first + len(group) + 1]
        begins = [room.window + min(0, self._desk.bounds[name_of(room)].start) for room in rooms]
        ends = [*begins[1:], group[-1].latest]
        return [
            replace(room, earliest=max(room.earliest, begin), latest=min(room.latest, end))
            for room, begin, end in zip(group, begins, ends, strict=False)
        ]

    def _stumbles(self, group: Sequence[Room], lines: Sequence[TuneLine], idea: Idea) -> bool:
        """Whether one in seven stressed syllables and more has no stronger beat than the light ones beside it."""
        if not self.manner.mend_stress or any(room.line.notes for room in group):
            return False
        return self._stumbled(group, lines, idea) > _OFTEN

    def _stumbled(self, group: Sequence[Room], lines: Sequence[TuneLine], idea: Idea) -> float:
        """The share of stressed syllables that have no stronger beat than the light ones beside them.

        Lines that come again are excused: people, too, rather sing the tune they know.
        """
        meter = self.song.plan.meter
        again = {n for n, echo in enumerate(idea.echoes) if echo is not None and echo.part == WHOLE}
        found = [
            stumbles(meter, room, line.notes)
            for room, line in zip(group, lines, strict=True)
            if room.number not in again
        ]
        return sum(missed for missed, _ in found) / max(1, sum(count for _, count in found))

    def _misplaced(self, lines: Sequence[TuneLine]) -> int:
        return sum(misplaced_now(self.song.plan.meter, line) for line in lines)

    def _again(self, group: Sequence[Room], tune: Sequence[TuneLine], seed: Seed) -> tuple[TuneLine, ...]:
        """A known tune: line by line as it is, or close to it where the words ask for other notes."""
        models = tuple(tune[n % len(tune)] for n in range(len(group)))
        kept = [
            given_line(room) if room.line.notes else known_line(self.song, room, model)
            for room, model in zip(group, models, strict=True)
        ]
        if all(kept):
            return tuple(line for line in kept if line is not None)
        idea = replace(self._idea(group, seed), models=models)
        drawn = self._drawn(group, idea, seed, 1)
        if drawn is None:
            self.crafted.append(group[0].section.id)
            return fit_tune(self.song, self._between(group), tune, seed)
        return tuple(line or fresh for line, fresh in zip(kept, drawn, strict=True))

    def _idea(self, group: Sequence[Room], seed: Seed) -> Idea:
        """What a section's tune is to be: its form in letters, what comes again in it."""
        song, luck = self.song, seed.child("form").luck()
        forms = song.settings.forms.get(group[0].section.kind) or song.settings.forms["bridge"]
        letters = letters_of(group, line_form(luck.choice(forms), len(group)))
        echoes = drawn_echoes(song, group, letters, seed.child("echo").luck())
        above = seed.child("pull").luck()
        pulls: list[int] = []
        for echo in echoes:
            own = above.integer(-_PULL, _PULL)
            pulls.append(own if echo is None or echo.part == RHYTHM else pulls[echo.line])
        return Idea(lettered(letters, echoes), echoes=echoes, finest=self._finest, pulls=tuple(pulls))

    def _drawn(
        self, group: Sequence[Room], idea: Idea, seed: Seed, candidates: int
    ) -> tuple[TuneLine, ...] | None:
        """The lines of a section, a few at a time where it is long; None where words find no room."""
        done: tuple[TuneLine, ...] = ()
        for part in _parts(group):
            if part[0].line.notes:
                done += tuple(given_line(room) for room in part)
                continue
            sung = [*self.sung, *zip(group, done, strict=False)]
            try:
                stretch = Stretch(self._desk, idea, group, part, done, sung)
            except ValueError:
                return None
            seeds = [seed.child("draft", n, len(done)) for n in range(candidates)]
            found = stretch.drawn(seeds)
            best = min(range(candidates), key=lambda n: (self._points(part, idea, done, *found[n]), n))
            done += found[best][0]
        return done

    def _ranges(self, kind: str) -> tuple[int, int]:
        """How many semitones a tune of this kind is liked to span: as many as people's do where it is the only one."""
        return (13, 18) if self._alone else (7, 12) if kind == "verse" else (8, 15)

    def _points(
        self, part: Sequence[Room], idea: Idea, done: Sequence[TuneLine], lines: Sequence[TuneLine], cost: int
    ) -> float:
        """Points against a draft: how unlikely, how little a listener would remember, how many stresses misplaced, how
        little it sounds like people's.
        """
        section = part[0].section
        notes = sum(len(line.notes) for line in lines)
        likely = _LIKELY * cost / (UNIT * notes)
        centre = self.song.registers[section.kind].centre
        points = points_against(
            [*done, *lines],
            idea.letters,
            section.kind,
            centre,
            likely,
            self._ranges(section.kind),
            _NEARBY[self._alone],
        )
        pairs = sum(stress_pairs(room.sung) for room in part)
        points += _STRESS * self._misplaced(lines) / max(1, pairs)
        points += _STUMBLE * max(0.0, self._stumbled(part, lines, idea) - _FEW)
        if not self._alone:  # what the ear has heard are songs of one kind of section: they lift no chorus
            middle = median([pitch for line in lines for _, _, pitch, *_ in line.notes])
            points += _LIES * max(0.0, abs(middle - centre) - _NEAR)
        points += self._recalled([*done, *lines])
        return points - _HEARD[self._alone] * min(1.0, notes / _ENOUGH) * self._heard(part, lines)

    def _recalled(self, lines: Sequence[TuneLine]) -> float:
        """Points for the share of a tune that goes as a known one does, eight notes and more in a row."""
        if self.manner.known is None:
            return 0.0
        notes, at = [], 0
        for line in lines:
            notes += [Note("", at + tick, length, pitch) for tick, length, pitch, *_ in line.notes]
            at += line.bars * self.song.plan.meter.bar_ticks
        return _RECALLED * notes_shared(self.manner.known.runs(notes), COUNTED) / len(notes)

    def _heard(self, part: Sequence[Room], lines: Sequence[TuneLine]) -> float:
        """How much more a draft sounds like people's than others do, in nats; 0 where nobody hears it."""
        if self.manner.ear is None:
            return 0.0
        plan = self.song.plan
        tune = [
            (room.window + tick, length, pitch)
            for room, line in zip(part, lines, strict=True)
            for tick, length, pitch, *_ in line.notes
        ]
        where = Where(plan.meter, pitch_class(plan.key.tonic), self.song.chord_at)
        return self.manner.ear.likes(tune, where) / UNIT


def _alike(ideas: Mapping[str, Idea]) -> dict[tuple[str, int], tuple[str, int]]:
    """Of every line that takes up an earlier one of its tune: which."""
    return {
        (owner, n): (owner, echo.line)
        for owner, idea in ideas.items()
        for n, echo in enumerate(idea.echoes)
        if echo is not None
    }


def _wide(song: Song, alone: bool) -> dict[str, Register]:
    """Registers with a little more room than rules need: the network knows where tunes lie.

    alone: only one kind of section is sung, as in hymns: nothing has to lie higher, and the whole voice is its.
    """
    low, high = song.plan.voice_low, song.plan.voice_high
    more = high - low if alone else _WIDER
    return {
        kind: Register(max(low, r.low - more), min(high, r.high + more), r.centre)
        for kind, r in song.registers.items()
    }


def _parts(group: Sequence[Room]) -> list[list[Room]]:
    """Lines in stretches that the network can overlook."""
    parts: list[list[Room]] = [[]]
    tokens = 0
    for room in group:
        own = 6 * len(room.sung) + 4 * (room.line.bars + 1)
        other = parts[-1] and bool(parts[-1][0].line.notes) != bool(room.line.notes)
        if other or (parts[-1] and tokens + own > _MOST_TOKENS):
            parts.append([])
            tokens = 0
        parts[-1].append(room)
        tokens += own
    return parts
