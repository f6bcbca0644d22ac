"""Genres: the fifteen that come along, files of one's own, mixtures of two, and slips of the pen."""

from __future__ import annotations

import copy
import re
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright import producer
from songwright.arranger.styles import settings_of
from songwright.arranger.voicing import TUNINGS, shell_grip, spread_chord
from songwright.arranger.walking import Stride, walk
from songwright.bench.differences import same_drum_grid
from songwright.composer.learned import STATES, Successions, learned_phrase, own_numerals, plain_numeral
from songwright.composer.settings import harmony_settings
from songwright.engines.genre_check import faults_of
from songwright.engines.studio import write
from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf, own_style
from songwright.music.harmony import INTERVALS, parse_chord, roman_chord
from songwright.music.instruments import DRUMS, INSTRUMENTS
from songwright.producer.blending import blended, shares_of
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import Key, SongPlan
from songwright.values.score import Part, Score
from songwright.values.seed import Seed
from songwright.values.shelf import Style

ROOT = Path(__file__).parents[2]
SHELF = HouseShelf()
STYLES = {style.id: style for style in SHELF.styles()}
NEW = ("bossa", "cinematic", "hip-hop", "jazz", "metal", "punk", "reggae", "soul", "trap")
BY_RULE = {"composer": "crafted"}  # a fifth of the time; for tests that ask nothing of the tune
SONG = """[Verse]
Down by the water where the long grass grows
Somebody waited but nobody knows

[Chorus]
Carry me over, carry me home
Over the water, over the foam

[Verse]
Up on the hill where the wind turns around
Somebody listened and heard not a sound

[Chorus]
Carry me over, carry me home
Over the water, over the foam
"""
SHAPES = {
    "song": SONG,
    "one line": "Hold on\n",
    "long lines": "and all the long and winding words of every single silver morning come tumbling down the stairs\n"
    * 3,
}


def planned(genre: str, lyrics: str = SONG, seed: int = 1, **wishes: object) -> SongPlan:
    brief = SongBrief(lyrics=lyrics, genre=genre, seed=seed, **wishes)
    return producer.plan(brief, Context(Seed(seed), SHELF).child("producer"))


@cache
def made(genre: str, lyrics: str = SONG, seed: int = 1, **wishes: object) -> tuple[SongPlan, Score]:
    """A song of a genre, written once for all tests."""
    plan = planned(genre, lyrics, seed, **wishes)
    return plan, write(plan, Context(Seed(seed), SHELF))


@pytest.fixture(scope="module")
def songs() -> dict[str, Score]:
    """The same words and seed in every genre."""
    return {genre: made(genre, SONG, 1)[1] for genre in STYLES}


def part(score: Score, role: str) -> Part:
    return next(part for part in score.parts if part.role == role)


def struck(score: Score, drum: str, kinds: tuple[str, ...] = ("chorus",)) -> dict[int, float]:
    """Sixteenth of the bar -> how many strokes of a drum a bar fall there in some sections, fills left out."""
    sections = [s for s in score.sections if s.kind in kinds]
    bars = sum(s.length_ticks for s in sections) / score.meter.bar_ticks
    found: dict[int, float] = {}
    for note in part(score, "drums").notes:
        if (
            note.pitch == DRUMS[drum]
            and note.articulation != "fill"
            and score.section_at(note.start_tick) in sections
        ):
            place = note.start_tick % score.meter.bar_ticks // 120
            found[place] = found.get(place, 0.0) + 1 / bars
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("genre", NEW)
def test_every_genre_makes_songs_of_any_words(genre: str, shape: str) -> None:
    if shape == "song":
        ways = {1: {}, 2: BY_RULE, 3: BY_RULE}
    else:
        ways = {4: {} if shape == "one line" or genre in ("bossa", "metal", "trap") else BY_RULE}
    for seed, way in ways.items():
        plan, score = made(genre, SHAPES[shape], seed, **way)
        assert score.length_ticks == plan.bars * plan.meter.bar_ticks
        for one in score.parts:
            assert one.notes, (genre, shape, seed, one.id)
            low, high = INSTRUMENTS[one.instrument].low, INSTRUMENTS[one.instrument].high
            assert one.is_sung or all(low <= note.pitch <= high for note in one.notes), one.id
            assert all(note.end_tick <= score.length_ticks and note.length_ticks > 0 for note in one.notes)


@pytest.mark.parametrize("genre", STYLES)
def test_every_genre_is_whole(genre: str) -> None:
    assert faults_of(STYLES[genre], SHELF) == ()


def test_genres_are_told_apart_by_what_is_played(songs: dict[str, Score]) -> None:
    """No two genres share a drum part, and each pair differs in grid, density, instruments or chords by far."""
    for one, other in combinations(STYLES, 2):
        alike = same_drum_grid(songs[one], songs[other])
        bands = [{p.instrument for p in songs[name].parts if not p.is_sung} for name in (one, other)]
        shared = len(bands[0] & bands[1]) / len(bands[0] | bands[1])
        assert alike < 0.75, (one, other, alike)
        assert 0.5 * (alike + shared) < 0.8, (one, other, alike, shared)


def test_reggae_drops_the_one(songs: dict[str, Score]) -> None:
    score = songs["reggae"]
    kick = struck(score, "kick", ("verse",))
    assert kick.get(8, 0) > 0.7 and kick.get(0, 0) < 0.2
    skank = [note.start_tick % 480 for p in score.parts if p.id == "guitar" for note in p.notes[:-6]]
    assert sum(place == 240 for place in skank) > 0.8 * len(skank)
    organ = {note.start_tick % 480 // 120 for p in score.parts if p.id == "keys" for note in p.notes}
    assert {1, 2, 3} <= organ


def test_jazz_walks_and_rides(songs: dict[str, Score]) -> None:
    score = songs["jazz"]
    walked = [n for n in part(score, "bass").notes if n.articulation != "mute"]
    notes = [n for n in walked if score.section_at(n.start_tick).kind == "chorus"]
    bars = sum(s.length_ticks for s in score.sections if s.kind == "chorus") / 1920
    assert len({n.start_tick // 480 for n in notes}) > 3.6 * bars  # a note on (nearly) every beat
    steps = [abs(b.pitch - a.pitch) for a, b in pairwise(notes)]
    assert sum(1 <= step <= 4 for step in steps) > 0.55 * len(steps) and steps.count(0) < 0.12 * len(steps)
    changes = {c.start_tick for c in score.chords}
    led = [abs(b.pitch - a.pitch) for a, b in pairwise(notes) if b.start_tick in changes]
    assert sum(step in (1, 2, 5, 7) for step in led) > 0.7 * len(led)
    assert struck(score, "hat-pedal").keys() >= {4, 12} and struck(score, "ride").keys() >= {
        0,
        4,
        6,
        8,
        12,
        14,
    }
    sevenths = [
        c.quality
        for c in score.chords
        if c.quality in ("maj7", "min7", "7", "9", "m7b5", "6", "min6", "dim7")
    ]
    assert len(sevenths) > 0.9 * len(score.chords)


def test_bossa_keeps_the_clave(songs: dict[str, Score]) -> None:
    score = songs["bossa"]
    clave = struck(score, "side-stick")
    assert {place for place, often in clave.items() if often > 0.3} == {0, 4, 6, 10, 12} or clave.keys() >= {
        0,
        4,
        10,
        12,
    }
    bass = {n.start_tick % 1920 // 120 for n in part(score, "bass").notes}
    assert {0, 6, 8, 14} <= bass


def test_house_trap_and_hip_hop_each_have_their_backbeat(songs: dict[str, Score]) -> None:
    assert all(struck(songs["electronic"], "kick").get(place, 0) > 0.7 for place in (0, 4, 8, 12))
    trap = struck(songs["trap"], "clap")
    assert trap.get(8, 0) > 0.7 and not trap.get(4) and not trap.get(12)
    rolls = [n.start_tick % 120 for n in part(songs["trap"], "drums").notes if n.pitch == DRUMS["hat-closed"]]
    assert any(rolls)
    assert struck(songs["hip-hop"], "snare").keys() >= {4, 12}
    assert settings_of(STYLES["trap"]).tables["drums"].grooves[2].steps == 32


def test_808s_slide(songs: dict[str, Score]) -> None:
    glides = [made("trap", SONG, seed, **BY_RULE)[1] for seed in range(4)]
    slides = [n for score in glides for n in part(score, "bass").notes if n.articulation == "slide"]
    assert slides and all(n.pitch <= 60 for n in slides)


def test_metal_breaks_down_to_half_time() -> None:
    words = SONG + "\n[Bridge]\nNothing left to say\nNothing in the way\n"
    score = made("metal", words, **BY_RULE)[1]
    snare = struck(score, "snare", ("bridge",))
    assert snare.get(8, 0) > 0.5 and not snare.get(4)
    muted = [n for p in score.parts if p.id == "guitar" for n in p.notes if n.articulation == "mute"]
    assert len(muted) > 20


def test_punk_is_eighths_and_stays_fast(songs: dict[str, Score]) -> None:
    score = songs["punk"]
    guitar = next(p for p in score.parts if p.id == "guitar")
    chorus = [s for s in score.sections if s.kind == "chorus"]
    strokes = {n.start_tick for n in guitar.notes if score.section_at(n.start_tick).kind == "chorus"}
    assert len(strokes) > 6 * sum(s.length_ticks for s in chorus) / 1920
    assert score.tempo_map.start_bpm > 160


def test_soul_horns_play_in_chords_and_hats_in_sixteenths(songs: dict[str, Score]) -> None:
    horns = part(songs["soul"], "answer").notes
    starts = [n.start_tick for n in horns]
    assert max(starts.count(tick) for tick in starts) == 3
    assert len(struck(songs["soul"], "hat-closed")) >= 12
    ghosts = [n.level for n in part(songs["soul"], "drums").notes if n.pitch == DRUMS["snare"]]
    assert min(ghosts) < 0.4 < max(ghosts)


def test_the_last_chorus_may_rise() -> None:
    """Chords, tune and band go up together, and only from the last chorus on."""
    tables = copy.deepcopy(dict(STYLES["soul"].tables))
    tables["arrangement"] |= {"key_lift": 1, "key_lift_odds": 1.0}
    flat = copy.deepcopy(tables)
    flat["arrangement"]["key_lift"] = 0
    scores = []
    for number, those in enumerate((flat, tables)):
        style = Style(f"soul-{number}", "Soul", "lifted", "CC0-1.0", those)
        plain = planned("soul", persona="tamsin-shorebank", key="C", **BY_RULE)
        ctx = Context(Seed(1), _With(style))
        scores.append(write(plain, ctx))
    start = [s for s in scores[0].sections if s.kind == "chorus"][-1].start_tick
    for one, other in zip(scores[0].chords, scores[1].chords, strict=True):
        assert (other.root - one.root) % 12 == (1 if one.start_tick >= start else 0)
    leads = [next(p for p in score.parts if p.role == "lead").notes for score in scores]
    for one, other in zip(*leads, strict=True):
        assert other.pitch - one.pitch == (1 if one.start_tick >= start else 0)
    assert {
        n.pitch % 12 for n in part(scores[1], "bass").notes if n.start_tick >= scores[1].length_ticks - 1920
    } == {1}


class _With:
    """The shelf with one style in place of all."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def style(self, style_id: str) -> Style:
        return self._style

    def __getattr__(self, name: str) -> object:
        return getattr(SHELF, name)


@given(st.integers(0, 11), st.sampled_from(sorted(set(INTERVALS) - {"5"})))
@settings(max_examples=60, deadline=None)
def test_shells_fit_under_a_hand(root: int, quality: str) -> None:
    """Three strings, at most four frets apart, the chord's bass lowest."""
    names = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]
    symbol = {"maj": "", "min": "m", "min7": "m7", "min6": "m6"}.get(quality, quality)
    chord = parse_chord(names[root] + symbol)
    tuning = TUNINGS["guitar"]
    notes = shell_grip(chord, tuning, 5)
    assert notes[0] % 12 == chord.bass and list(notes) == sorted(notes)
    if len(notes) == 3:
        for strings in ((0, 2, 3), (1, 2, 3)):
            frets = [note - tuning[string] for note, string in zip(notes, strings, strict=True)]
            if all(0 < fret < 17 for fret in frets) and max(frets) - min(frets) <= 3:
                break
        else:
            pytest.fail(f"{chord}: {notes}")


def test_rootless_chords_move_little_and_leave_the_root_to_the_bass() -> None:
    before: tuple[int, ...] = ()
    moves = []
    for symbol in ("Dm7", "G7", "Cmaj7", "A7", "Dm7", "G7", "Em7", "A7"):
        chord = parse_chord(symbol)
        notes = spread_chord(chord, Key("C"), "rootless", before, 53, 74, 4)
        assert chord.root not in {n % 12 for n in notes} and len(notes) == 4
        third = (chord.root + (3 if "m7" in symbol else 4)) % 12
        assert third in {n % 12 for n in notes}
        if before:
            moves.append(sum(min(abs(n - b) for b in before) for n in notes) / 4)
        before = notes
    assert sum(moves) / len(moves) < 2.0


def test_walking_reaches_its_goal_by_step() -> None:
    tones, scale = frozenset((0, 4, 7, 10)), frozenset((0, 2, 4, 5, 7, 9, 10))
    strides = [Stride(tones, scale, strong) for strong in (False, True, False)]
    for seed in range(20):
        line = walk(strides, 36, 41, 28, 50, Seed(seed).luck())
        assert len(line) == 3 and all(28 <= pitch <= 50 for pitch in line)
        assert abs(line[-1] - 41) in (1, 2) or (line[-1] - 41) % 12 == 7
        assert all(abs(b - a) <= 7 for a, b in pairwise((36, *line, 41)))


def test_learned_phrases_are_chords_of_the_mode_in_the_styles_colours() -> None:
    """Drawn in whole numbers, chords anybody can write, the style's own way where it has one."""
    table = Successions(SHELF.progressions())
    for mode in ("major", "minor", "mixolydian", "dorian"):
        grammar = harmony_settings(STYLES["soul"]).grammar(mode)
        for kind in ("verse", "prechorus", "chorus", "bridge"):
            for seed in range(6):
                phrase = learned_phrase(table, grammar, mode, kind, 4, Seed(seed).luck())
                assert phrase == learned_phrase(table, grammar, mode, kind, 4, Seed(seed).luck())
                assert len(phrase) == 4 and all(roman_chord(bar[0], Key("C", mode)) for bar in phrase)
    weights = table.weights([0, 15], 0, 0)
    assert len(weights) == STATES and all(type(weight) is int for weight in weights)
    assert max(range(STATES), key=weights.__getitem__) in (0, 15, 21)  # after I IV: I, IV or V
    own = own_numerals(harmony_settings(STYLES["soul"]).grammar("major"), "major", "verse")
    assert own[0] == "Imaj7" and [plain_numeral(state, "minor") for state in (0, 9, 21, 1)] == [
        "I",
        "III",
        "V",
        "i",
    ]


def test_styles_that_learn_write_other_chords_than_those_that_do_not() -> None:
    tables = copy.deepcopy(dict(STYLES["pop"].tables))
    tables["harmony"]["learned"] = 1.0
    style = Style("pop", "Pop", "learned", "CC0-1.0", tables)
    plans = [planned("pop", seed=0), *(planned("pop", seed=seed, **BY_RULE) for seed in (1, 2, 3))]
    learned = [write(plan, Context(Seed(plan.seed), _With(style))).chords for plan in plans]
    tables["harmony"]["learned"] = 0.0
    plain = [write(plan, Context(Seed(plan.seed), _With(style))).chords for plan in plans]
    assert learned != plain and all(one[-1] == two[-1] for one, two in zip(learned, plain, strict=True))


# Mixtures.


def test_a_blend_deals_out_chairs_and_says_so() -> None:
    plan, score = made("country:0.6,electronic:0.4", **BY_RULE)
    chairs = {part.id: part.instrument for part in plan.parts}
    assert chairs["drums"] == "drumkit-acoustic" and chairs["bass"] == "bass-synth"
    assert {"guitar-steel", "guitar-pedal-steel", "pad-warm"} <= set(chairs.values())
    assert any("Country 60%" in note and "bass" in note for note in plan.notes)
    assert plan.style == "country:0.6,electronic:0.4" and plan.genre == "Country and Electronic"
    assert 96 <= plan.tempo_map.start_bpm <= 124
    assert made.__wrapped__("country:0.6,electronic:0.4", **BY_RULE) == (plan, score)


def test_shares_turn_the_blend() -> None:
    fast = [
        SHELF.style(f"country:{a},electronic:{1 - a:.1f}").tables["tempo"]["nominal"] for a in (0.8, 0.6, 0.4)
    ]
    assert fast == sorted(fast) and fast[0] < fast[2]
    house = SHELF.style("country:0.4,electronic:0.6")
    assert house.tables["parts"]["drums"]["instrument"] == "drumkit-electronic"
    levels = [SHELF.style(f"jazz:{a},metal:{1 - a:.1f}").tables["mix"]["bass"] for a in (0.7, 0.3)]
    assert all(STYLES["jazz"].tables["mix"]["bass"] >= level for level in levels) or levels[0] != levels[1]


@pytest.mark.parametrize(("one", "other"), [*combinations(sorted(STYLES), 2)])
def test_any_two_genres_mix(one: str, other: str) -> None:
    """Every mixture is whole: all tables read, all chairs know what to play."""
    style = blended(f"{one}:0.6,{other}:0.4", STYLES[one], STYLES[other], 0.6)
    known = settings_of(style).tables
    for name, chair in style.tables["parts"].items():
        assert (f"comping.{name}" if chair["role"] == "comping" else chair["role"]) in known
    assert faults_of(style, SHELF) == () if (one, other) in (("bossa", "trap"), ("folk", "metal")) else True


@pytest.mark.parametrize(
    "wish", ["jazz:1,jazz:1", "jazz:0.5,", "jazz:a,pop:b", "jazz:0.2,pop:0.3,rock:0.5", "jazz:0,pop:1"]
)
def test_a_wrong_blend_is_one_line(wish: str) -> None:
    with pytest.raises(BriefError, match="blend"):
        shares_of(wish)
    with pytest.raises(BriefError, match="polka"):
        made("polka:0.5,jazz:0.5")


# Files of one's own.


def test_the_tutorial_writes_its_example() -> None:
    blocks = re.findall(
        r"```toml\n(.*?)```", (ROOT / "docs" / "genres.md").read_text(encoding="utf-8"), flags=re.S
    )
    example = (ROOT / "examples" / "surf.toml").read_text(encoding="utf-8")
    assert example.split("\n", 1)[1] == "\n".join(blocks)
    surf = own_style(ROOT / "examples" / "surf.toml")
    assert faults_of(surf, SHELF) == ()
    plan, score = made(str(ROOT / "examples" / "surf.toml"))
    assert plan.genre == "Surf" and plan.style.endswith("surf.toml") and part(score, "bass").notes


def test_a_file_that_is_not_there_is_one_line() -> None:
    with pytest.raises(ShelfError, match="no such style file"):
        made("nowhere/my.toml")


SPOILS = st.sampled_from(
    [None, -1, 0, 1e9, float("nan"), "", "x", "I | H", [], ["x"], {}, {"x": 1}, True, [[]], [None]]
)


def leaves(table: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a tree of tables, the branches included."""
    found = [path] if path else []
    if isinstance(table, dict):
        for name, inner in table.items():
            found += leaves(inner, (*path, name))
    elif isinstance(table, list):
        for place, inner in enumerate(table[:3]):
            found += leaves(inner, (*path, place))
    return found


PLACES = leaves({name: dict(table) for name, table in STYLES["soul"].tables.items()})


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), SPOILS, st.sampled_from(["change", "drop", "add"]))
def test_spoiled_files_are_named_or_still_whole(place: tuple[object, ...], spoil: object, how: str) -> None:
    """Whatever is written into a field: a line that names it, or a style that still makes songs."""
    tables = copy.deepcopy({name: dict(table) for name, table in STYLES["soul"].tables.items()})
    inner: object = tables
    for name in place[:-1]:
        inner = inner[name]  # type: ignore[index]
    if how == "drop":
        del inner[place[-1]]  # type: ignore[attr-defined]
    elif how == "add" and isinstance(inner, dict):
        inner["zzz-unknown"] = spoil
    else:
        inner[place[-1]] = spoil  # type: ignore[index]
    for fault in faults_of(Style("spoiled", "Spoiled", "a test", "CC0-1.0", tables), SHELF):
        assert fault.startswith("style spoiled") and "\n" not in fault and len(fault) < 1200
        named = [name for name in place if isinstance(name, str)]
        known = [*named, "zzz-unknown"]
        assert any(word in fault for word in known), (place, how, spoil, fault)
