"""The chords of a song: phrases grown from a functional grammar, closed by cadences the genre knows.

A phrase is rewritten in three turns: a template of functions (T home, S away, D pull) or numerals is chosen for the
kind of section, each function becomes a numeral, and the phrase's last bars become a cadence (half before a chorus,
close at a chorus end, end at the very end). Then passing basses, applied dominants and sevenths are let in.
Sections that share a tune share their chords. All chance is keyed by the section that owns the tune. Chords that the
plan asks for stand as they are asked, also under the intro, solo or ending that borrows from such a section.
"""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composer.harmonise import TASTES, Taste, harmonised, has_tune
from songwright.composer.learned import Successions, learned_phrase
from songwright.composer.settings import FUNCTIONS, Grammar, HarmonySettings
from songwright.music.chord_sheet import HOLD, chords_in, edges_of, read_chord
from songwright.music.form import phrase_lengths
from songwright.music.harmony import moved, roman_chord
from songwright.music.pitch import pitch_class
from songwright.values.plan import Key, SectionPlan, SongPlan
from songwright.values.score import Chord
from songwright.values.seed import Luck, Seed

BarList = list[list[str]]
_SUNG = ("verse", "prechorus", "chorus", "bridge")
PHRASE_BARS = 4
_SHORT_BAR_S = 1.05  # bars shorter than this carry one chord for two bars
# Passing basses: between these neighbours the second half of the bar may walk.
_WALKS = {("I", "IV"): "I/3", ("I", "ii"): "I/3", ("I", "vi"): "V/7", ("vi", "IV"): "vi/5", ("i", "VI"): "i/7",
          ("i", "iv"): "i/3", ("IV", "V"): "IV/6"}  # fmt: skip

# Chords that let the dominant of the next one in before it.
_APPLIED = {(a, b) for a in ("I", "vi", "ii", "IV") for b in ("vi", "ii", "V", "IV") if a != b}


def write_chords(
    plan: SongPlan,
    settings: HarmonySettings,
    seed: Seed,
    table: Successions | None = None,
    taste: Taste = TASTES[0],
) -> tuple[Chord, ...]:
    """The chords of the whole song, bar 1 to the last bar without gap; the last bar is home.

    table: where a style's learned phrases come from; without it all phrases are the style's own. taste: for chords
    under a tune that was given.
    """
    grammar = settings.grammar(plan.key.mode)
    wide = 2 if bar_seconds(plan) < _SHORT_BAR_S else 1
    chords: list[Chord] = []
    start = 0
    for number, section in enumerate(plan.sections):
        asked = asked_bars(plan, number)
        for i, bar in enumerate(asked):
            before = chords[-1] if chords else None
            chords += chords_in(bar, plan.key, plan.meter, start + i * plan.meter.bar_ticks, before)
        bars = [] if asked else _section_bars(plan, number, grammar, settings, seed, wide, table)
        source = section if has_tune(section) else _model(plan, number)
        if bars and has_tune(source):
            fitted = harmonised(_of_tune(plan, source), plan, grammar, table, bars, taste)
            bars = [fitted[i % len(fitted)] for i in range(section.bars)]
        for i, bar in enumerate(bars):
            chords += _bar_chords(bar, plan, start + i * plan.meter.bar_ticks)
        start += section.bars * plan.meter.bar_ticks
        if number == len(plan.sections) - 1 and chords and not asked:
            chords[-1] = roman_chord(
                grammar.home, plan.key, start - plan.meter.bar_ticks, plan.meter.bar_ticks
            )
    return _merged(chords, {plan.start_bar(s.id) * plan.meter.bar_ticks for s in plan.sections})


def _of_tune(plan: SongPlan, section: SectionPlan) -> SectionPlan:
    """The section whose notes decide the chords of a shared tune: the first that sings it."""
    owner = next((other for other in plan.sections if other.id == section.tune_of), section)
    return owner if has_tune(owner) and owner.bars == section.bars else section


def asked_bars(plan: SongPlan, number: int) -> tuple[str, ...]:
    """The chords asked for in a section, a text for each of its bars; () where the composer is free."""
    section = plan.sections[number]
    asked = section.chords
    if not asked and section.tune_of:
        asked = next(other.chords for other in plan.sections if other.id == section.tune_of)
    if not asked and section.kind not in _SUNG:
        asked = _model(plan, number).chords
        if asked and number == len(plan.sections) - 1:
            return _coming_home(asked, section.bars, plan.key)
    return tuple(asked[i % len(asked)] for i in range(section.bars)) if asked else ()


def _coming_home(asked: Sequence[str], bars: int, key: Key) -> tuple[str, ...]:
    """The end of a row of chords, and in the last bar the one of them that is home; none is, then the row as it is."""
    tonic = pitch_class(key.tonic)
    home = [
        token
        for bar in asked
        for token in bar.split()
        if token != HOLD and read_chord(token, key).root == tonic
    ]
    if not home:
        return tuple(asked[i % len(asked)] for i in range(bars))
    return (*(asked[(i - bars + 1) % len(asked)] for i in range(bars - 1)), home[0])


def bar_seconds(plan: SongPlan) -> float:
    """How long a bar lasts at the opening tempo."""
    return plan.meter.bar_ticks * 60.0 / (480.0 * plan.tempo_map.start_bpm)


def tune_owner(section: SectionPlan) -> str:
    """The id of the section whose tune and chords this one uses."""
    return section.tune_of or section.id


def _section_bars(
    plan: SongPlan,
    number: int,
    grammar: Grammar,
    settings: HarmonySettings,
    seed: Seed,
    wide: int,
    table: Successions | None,
) -> BarList:
    """The numerals of one section, bar by bar."""
    section = plan.sections[number]
    last = number == len(plan.sections) - 1
    kind, owner = section.kind, tune_owner(section)
    if kind not in _SUNG:
        model = _model(plan, number)
        kind, owner = model.kind, tune_owner(model)
    cadence = _cadence(plan, number, kind, owner)
    slots = -(-section.bars // wide)
    luck = seed.child("harmony", owner).luck()
    phrases = phrase_lengths(slots)
    base, other = (_phrase(grammar, kind, luck) for _ in range(2))
    if table is not None and settings.learned:
        heard = seed.child("learned", owner).luck()
        if heard.chance(settings.learned):
            base = learned_phrase(table, grammar, plan.key.mode, kind, PHRASE_BARS, heard)
    turn = luck.chance(0.5)
    bars: BarList = []
    for i, length in enumerate(phrases):
        template = other if i % 4 == 2 and turn else base
        phrase = _fitted(template, length)
        if i == len(phrases) - 1:
            phrase = _closed(phrase, _phrase(grammar, cadence, luck))
        bars += phrase
    bars = _decorated(bars, settings, plan, seed.child("colour", owner).luck())
    if last:
        bars[-1] = [grammar.home]
    return [bars[i // wide] for i in range(section.bars)]


def _model(plan: SongPlan, number: int) -> SectionPlan:
    """The sung section an intro, instrumental or outro borrows its chords from."""
    section = plan.sections[number]
    if section.tune_of:
        section = next(s for s in plan.sections if s.id == section.tune_of)
        if section.kind in _SUNG:
            return section
    wanted = {"intro": ("verse", "chorus"), "outro": ("chorus", "verse"), "instrumental": ("verse", "chorus")}
    for kind in wanted.get(section.kind, ("verse", "chorus")):
        for other in plan.sections:
            if other.kind == kind:
                return other
    kind = "chorus" if section.kind == "outro" else "verse"
    return SectionPlan(section.id, kind, section.label, section.bars, section.energy)


def _cadence(plan: SongPlan, number: int, kind: str, owner: str) -> str:
    """Which cadence ends a section: "end" of the song, "close" at home, or "half", which asks to go on.

    Sections that share a tune share their cadence: what follows the first of them decides.
    """
    section = plan.sections[number]
    if number == len(plan.sections) - 1:
        return "end"
    if section.kind == "intro" or kind in ("prechorus", "bridge"):
        return "half"
    if section.kind == "instrumental":
        return "close" if plan.sections[number + 1].kind == "outro" else "half"
    first = next((i for i, other in enumerate(plan.sections) if other.id == owner), number)
    following = next((other.kind for other in plan.sections[first + 1 :] if other.kind in _SUNG), "")
    return "half" if kind == "verse" and following in ("chorus", "prechorus") else "close"


def _phrase(grammar: Grammar, kind: str, luck: Luck) -> BarList:
    """One of a kind's templates with functions rewritten as numerals; a phrase that opens with T opens at home."""
    choices, weights = grammar.phrases[kind], grammar.weights[kind]
    even = all(weight == weights[0] for weight in weights)
    template = luck.choice(choices) if even else luck.weighted(choices, weights)
    bars: BarList = []
    for bar in template:
        bars.append([])
        for token in bar:
            if token in FUNCTIONS:
                numerals, weights = grammar.functions[token]
                first = not bars[0]
                token = numerals[0] if first else luck.weighted(numerals, weights)
            bars[-1].append(token)
    return bars


def _fitted(template: BarList, length: int) -> BarList:
    """A template stretched (last chord held) or cut (its middle left out) to so many bars."""
    if length >= len(template):
        return [list(bar) for bar in template] + [list(template[-1]) for _ in range(length - len(template))]
    if length == 1:
        return [list(template[0])]
    return [list(bar) for bar in template[: length - 1]] + [list(template[-1])]


def _closed(phrase: BarList, cadence: BarList) -> BarList:
    """The phrase with a cadence in its last bars; a one-bar phrase keeps only where the cadence arrives."""
    if len(phrase) == 1:
        return [cadence[-1]]
    kept = min(len(cadence), len(phrase))
    return phrase[: len(phrase) - kept] + [list(bar) for bar in cadence[-kept:]]


def _decorated(bars: BarList, settings: HarmonySettings, plan: SongPlan, luck: Luck) -> BarList:
    """Passing basses, applied dominants and sevenths, where a bar holds one plain chord and has room for two."""
    decorated: BarList = []
    roomy = bar_seconds(plan) >= 1.6
    for i, bar in enumerate(bars):
        fresh = list(bar)
        after = bars[i + 1][0] if i + 1 < len(bars) else ""
        walk, lead, seventh = (luck.uniform() for _ in range(3))
        if len(fresh) == 1 and roomy and (fresh[0], after) in _WALKS and walk < settings.walks:
            fresh.append(_WALKS[fresh[0], after])
        elif len(fresh) == 1 and roomy and (fresh[0], after) in _APPLIED and lead < settings.applied:
            fresh.append(f"V7/{after}")
        if fresh[-1] in ("V", "ii", "vi", "iv") and after != fresh[-1] and seventh < settings.sevenths:
            fresh[-1] += "7"
        decorated.append(fresh)
    return decorated


def _bar_chords(bar: list[str], plan: SongPlan, start: int) -> list[Chord]:
    """The chords of one bar: one fills it, two meet at its second accent, more share its beats."""
    edges = edges_of(len(bar), plan.meter)
    return [
        roman_chord(numeral, plan.key, start + here, after - here)
        for numeral, here, after in zip(bar, edges, edges[1:], strict=False)
    ]


def _merged(chords: list[Chord], borders: set[int]) -> tuple[Chord, ...]:
    """Neighbours that are the same chord become one, except across the start of a section."""
    merged: list[Chord] = []
    for chord in chords:
        before = merged[-1] if merged else None
        same = before and (before.root, before.quality, before.bass) == (
            chord.root,
            chord.quality,
            chord.bass,
        )
        if before and same and chord.start_tick not in borders:
            merged[-1] = moved(before, before.start_tick, before.length_ticks + chord.length_ticks)
        else:
            merged.append(chord)
    return tuple(merged)
