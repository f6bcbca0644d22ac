"""The producer: every None answered, every wish obeyed or refused with what would work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright import producer
from songwright.errors import BriefError, ShelfError, SongwrightError
from songwright.io.shelf import HOUSE, HouseShelf
from songwright.music.pitch import pitch_class
from songwright.producer.settings import form_settings, tempo_settings
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import Key, SongPlan
from songwright.values.score import Note, Part, Score, ScoreLine, Section
from songwright.values.seed import Seed
from songwright.values.shelf import Style
from songwright.values.time import Meter, TempoMap
from songwright.values.wire import from_json, to_json
from songwright.values.words import Syllable

GENRES = ("country", "folk", "pop", "rock", "ballad", "electronic")
SHELF = HouseShelf()
VERSE = """I left the porch light burning low
For someone who will never know
The road is long, the night is deep
I made a promise I could keep"""
OTHER_VERSE = """The river took the bridge last spring
It took my hat and wedding ring
But water always finds the sea
And one day you'll come back to me"""
CHORUS = """So walk me home, walk me home
I've been too long out on my own
The stars above the hills have grown
So walk me home (walk me home)"""
BRIDGE = """And if I fall along the way
Then lay me down beneath the hay"""
SONG = (
    f"[Verse 1]\n{VERSE}\n\n[Chorus]\n{CHORUS}\n\n[Verse 2]\n{OTHER_VERSE}\n\n[Chorus]\n{CHORUS}\n\n"
    f"[Bridge]\n{BRIDGE}\n{BRIDGE}\n\n[Chorus]\n{CHORUS}\n"
)
SHORT = f"[Verse]\n{VERSE}\n\n[Chorus]\n{CHORUS}\n"
LINE = "Carry me over the water"


def plan(seed: int = 7, **wishes: object) -> SongPlan:
    brief = SongBrief(**{"lyrics": SONG, "genre": "country", "seed": seed, **wishes})
    return producer.plan(brief, Context(Seed(seed), SHELF).child("producer"))


def tune(**wishes: object) -> SongPlan:
    """A plan without words, which is quicker."""
    return plan(lyrics="", instrumental=True, **wishes)


def length_s(made: SongPlan) -> float:
    return made.tempo_map.seconds_at(made.bars * made.meter.bar_ticks) + made.tail_s


def check(made: SongPlan) -> None:
    """What holds for every plan."""
    assert abs(length_s(made) - made.duration_s) < 1e-3
    assert 0.79 <= made.tail_s <= 2.51
    assert made.sections[-1].kind == "outro" and made.sections[-1].bars >= 1
    assert len({section.id for section in made.sections}) == len(made.sections)
    assert [line.index for line in made.lines] == list(range(len(made.lines)))
    for section in made.sections:
        assert section.bars >= 1 and 0 <= section.energy <= 1 and section.label
        bar = 0
        for line in section.lines:
            assert line.start_bar >= bar and line.bars >= 1 and line.words
            bar = line.start_bar + line.bars
        assert bar <= section.bars
        if section.tune_of is not None:
            first = next(other for other in made.sections if other.id == section.tune_of)
            assert first.kind == section.kind and first.tune_of is None
    assert made.voice_high - made.voice_low >= 12
    assert from_json(SongPlan, to_json(made)) == made


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_has_a_natural_form(genre: str) -> None:
    made = plan(genre=genre)
    check(made)
    kinds = [section.kind for section in made.sections if section.lines]
    assert kinds == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]
    assert made.sections[0].kind == "intro" and made.genre == made.style == genre
    assert 120 <= made.duration_s <= 240
    assert all(section.bars % 2 == 0 for section in made.sections)
    nominal = tempo_settings(SHELF.style(genre)).nominal
    assert 0.94 * nominal <= made.tempo_map.start_bpm <= 1.06 * nominal
    assert made.notes


@pytest.mark.parametrize("seed", range(6))
def test_a_country_song_takes_two_and_a_half_to_three_minutes(seed: int) -> None:
    assert 150 <= plan(seed=seed).duration_s <= 180


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("duration_s", [20, 45, 90, 180, 240, 600, 137.25])
def test_asked_length_is_met_exactly(genre: str, duration_s: float) -> None:
    """The largest lyrics that fit are used; each kept line is sung, in order."""
    nominal = tempo_settings(SHELF.style(genre)).nominal
    made = 0
    for lyrics in (SONG, SHORT, LINE):
        try:
            song = plan(genre=genre, lyrics=lyrics, duration_s=duration_s)
        except BriefError as refused:
            assert refused.field == "duration_s" and duration_s < 90
            continue
        made += 1
        check(song)
        assert song.duration_s == duration_s
        assert 0.9399 * nominal <= song.tempo_map.start_bpm <= 1.0601 * nominal
        assert len(song.tempo_map.changes) == 1
        texts = [line.text for line in song.lines]
        written = [
            line for line in lyrics.replace(" (walk me home)", "").splitlines() if line and line[0] != "["
        ]
        assert texts[: len(written)] == written
    assert made >= 1


def test_ten_seconds() -> None:
    for genre in GENRES:
        made = plan(genre=genre, lyrics=LINE, duration_s=10)
        check(made)
        assert made.duration_s == 10 and len(made.lines) == 1


@pytest.mark.parametrize("tempo_bpm", [30, 61, 96, 133.3, 300])
@pytest.mark.parametrize("duration_s", [61, 313.7])
def test_asked_tempo_is_exact_with_any_length(tempo_bpm: float, duration_s: float) -> None:
    lyrics = LINE if tempo_bpm == 30 else SHORT
    made = plan(lyrics=lyrics, tempo_bpm=tempo_bpm, duration_s=duration_s)
    check(made)
    assert made.tempo_map.start_bpm == tempo_bpm and made.duration_s == duration_s
    slowest = min(change.bpm for change in made.tempo_map.changes)
    assert slowest >= 0.6 * tempo_bpm
    if len(made.tempo_map.changes) > 1:
        assert made.tempo_map.changes[1].tick >= (made.bars - 4) * made.meter.bar_ticks
        assert any("slow down" in note for note in made.notes)


def test_what_cannot_fit_names_lengths_that_can() -> None:
    with pytest.raises(BriefError) as caught:
        plan(duration_s=20)
    assert caught.value.field == "duration_s" and "\n" not in str(caught.value)
    nearest = float(caught.value.hint.split("Nearest that can: ")[1].split(" s")[0])
    assert nearest > 20
    made = plan(duration_s=nearest)
    check(made)
    assert made.duration_s == nearest


def test_lyrics_for_more_than_ten_minutes_are_refused() -> None:
    lyrics = "\n\n".join(f"[Verse {n}]\n{VERSE}" for n in range(1, 121))
    with pytest.raises(BriefError, match="lyrics"):
        plan(lyrics=lyrics)


def test_long_lyrics_are_brought_under_ten_minutes() -> None:
    lyrics = "\n\n".join(f"[Verse {n}]\n{VERSE}" for n in range(1, 34))
    made = plan(lyrics=lyrics)
    check(made)
    assert 300 < made.duration_s <= 600 and len(made.lines) == 132


def test_repeats_share_their_tune_and_bars() -> None:
    made = {section.id: section for section in plan().sections}
    assert made["chorus-3"].tune_of == made["chorus-2"].tune_of == "chorus-1"
    assert made["verse-2"].tune_of == "verse-1" and made["verse-1"].tune_of is None
    for one, other in (("verse-1", "verse-2"), ("chorus-1", "chorus-3")):
        windows = [[(line.start_bar, line.bars) for line in made[name].lines] for name in (one, other)]
        assert windows[0] == windows[1] and made[one].bars == made[other].bars
    assert made["chorus-1"].energy < made["chorus-2"].energy < made["chorus-3"].energy
    assert made["verse-1"].energy < made["chorus-1"].energy
    assert made["intro-1"].energy < made["chorus-1"].energy


def test_rhymes_and_echo_reach_the_plan() -> None:
    made = {section.id: section for section in plan().sections}
    verse, chorus = made["verse-1"].lines, made["chorus-1"].lines
    assert verse[0].rhyme == verse[1].rhyme != "" and verse[2].rhyme == verse[3].rhyme != verse[0].rhyme
    assert [word.text for word in chorus[3].echo] == ["walk", "me", "home"]
    assert all(word.syllables for line in verse for word in line.words)


def test_lines_are_sung_at_the_pace_of_speech() -> None:
    for genre in GENRES:
        for duration_s in (None, 90, 180):
            made = plan(genre=genre, lyrics=SHORT, duration_s=duration_s)
            bar_s = made.meter.bar_ticks / 480 * 60 / made.tempo_map.start_bpm
            for line in made.lines:
                count = sum(len(word.syllables) for word in line.words)
                assert 0.5 <= count / (line.bars * bar_s - 0.3) <= 5.4


def test_a_long_line_gets_more_bars_than_a_short_one() -> None:
    lyrics = (
        f"[Verse]\n{VERSE}\nHey\nIt was the kind of an evening when everybody remembered the summer before\n"
    )
    lines = plan(lyrics=lyrics, genre="rock").lines
    assert lines[5].bars > lines[0].bars >= lines[4].bars


def test_electronic_has_builds_and_drops() -> None:
    labels = [section.label for section in plan(genre="electronic").sections]
    assert labels.count("Build") == 2 and labels.count("Drop") == 2
    assert labels.index("Build") < labels.index("Chorus") < labels.index("Drop")


def test_breaks_the_lyrics_ask_for() -> None:
    lyrics = f"[Intro: 2 bars]\n\n[Verse]\n{VERSE}\n\n[Guitar Solo: 12 bars]\n\n[Chorus: 16 bars]\n{CHORUS}\n"
    lyrics += "\n[Outro: 6 bars]"
    for duration_s in (None, 120):
        made = plan(lyrics=lyrics, duration_s=duration_s)
        check(made)
        bars = {section.id: section.bars for section in made.sections}
        assert bars["instrumental-1"] == 12 and bars["chorus-1"] == 16
        assert made.sections[0].bars == 2 and made.sections[-1].bars == 6
    assert [s.kind for s in plan(lyrics=lyrics).sections] == [
        "intro",
        "verse",
        "instrumental",
        "chorus",
        "outro",
    ]


def test_a_section_too_short_for_its_words_is_refused() -> None:
    with pytest.raises(BriefError, match="cannot be sung in 2 bars"):
        plan(lyrics=f"[Verse: 2 bars]\n{VERSE}")


def test_sung_intro_and_outro() -> None:
    made = plan(lyrics=f"[Intro]\nOh the river\n\n[Verse]\n{VERSE}\n\n[Outro]\nCarry me down\n")
    check(made)
    kinds = [(section.kind, bool(section.lines)) for section in made.sections]
    assert kinds[0] == ("intro", False) and ("intro", True) in kinds and ("outro", True) in kinds
    assert kinds[-1] == ("outro", False)


def test_instrumental_without_words() -> None:
    for genre in GENRES:
        for duration_s in (None, 10, 20, 95, 600):
            made = plan(genre=genre, lyrics="", instrumental=True, duration_s=duration_s)
            check(made)
            assert not made.lines and made.title
    kinds = [section.kind for section in plan(lyrics="", instrumental=True).sections]
    assert "verse" in kinds and "chorus" in kinds


def test_instrumental_with_words_keeps_the_form() -> None:
    sung, played = plan(), plan(instrumental=True)
    assert [(s.id, s.bars) for s in sung.sections] == [(s.id, s.bars) for s in played.sections]
    assert not played.lines


def test_the_chorus_comes_back_only_as_a_last_means() -> None:
    assert sum(section.kind == "chorus" for section in plan(duration_s=240).sections) == 3
    made = plan(lyrics=SHORT, duration_s=420)
    assert sum(section.kind == "chorus" for section in made.sections) > 1
    assert any("more than written" in note for note in made.notes)


def test_same_seed_same_plan_and_luck_by_name() -> None:
    assert to_json(plan()) == to_json(plan())
    plans = [tune(seed=seed, persona="rusty-hale") for seed in range(30)]
    assert len({str(made.key) for made in plans}) >= 3
    assert len({made.tempo_map.start_bpm for made in plans}) >= 3
    assert len({made.sections[0].bars for made in plans}) == 2
    more = plan(lyrics=SONG + f"\n[Verse 3]\n{VERSE}\n")
    assert more.key == plan().key and more.persona == plan().persona


def test_the_seed_of_the_brief_counts() -> None:
    brief = SongBrief(lyrics=SONG, seed=3)
    assert producer.plan(brief, Context(Seed(1), SHELF)) == producer.plan(brief, Context(Seed(2), SHELF))
    assert producer.plan(replace(brief, seed=None), Context(Seed(5), SHELF)).seed == 5


def test_casting() -> None:
    made = plan(persona="rusty-hale")
    assert made.voice == "rms-cowboy" and (made.voice_low, made.voice_high) == (43, 62)
    assert made.character["gravel"] == 0.6
    assert plan(persona="rusty-hale", character={"gravel": 0.1}).character["gravel"] == 0.1
    other = plan(persona="rusty-hale", voice="slt")
    assert other.voice == "slt" and other.voice_low >= 53
    assert producer.plan(SongBrief(SONG, persona="pia-lumengrove"), Context(Seed(1), SHELF)).genre == "pop"
    assert plan(genre=None).genre in {style.id for style in SHELF.styles()}
    assert plan(genre=None, style="folk").style == "folk"
    mixed = plan(genre="country", style="rock")
    assert (mixed.genre, mixed.style) == ("country", "rock")
    assert plan(genre=" Country").genre == "country"
    for genre in GENRES:
        personas = {tune(genre=genre, seed=seed).persona for seed in range(8)}
        assert all(genre == SHELF.persona(persona).genres[0] for persona in personas)


def test_german_words_are_sung_by_someone_who_learned_german() -> None:
    german = "[Verse]\nDer Mond ist aufgegangen\nDie goldnen Sternlein prangen\nAm Himmel hell und klar"
    spoken = {card.id: card.language for card in SHELF.voice_cards()}
    for genre in ("folk", "pop", "electronic"):
        made = {plan(lyrics=german, genre=genre, seed=seed).voice for seed in range(6)}
        assert {spoken[voice] for voice in made} == {"de"}
    english = {plan(genre=genre, seed=seed).voice for genre in ("folk", "pop") for seed in range(8)}
    assert {spoken[voice] for voice in english} == {"en"}
    rock = plan(lyrics=german, genre="rock", seed=1)  # nobody who learned German is welcome there
    assert "rock" in SHELF.persona(rock.persona).genres
    assert plan(lyrics=german, genre="folk", persona="rusty-hale").persona == "rusty-hale"


def test_the_chorus_can_lie_high_in_every_voice() -> None:
    """The tonic stands so that a tenth above it is reached near the top of the range."""
    for persona in SHELF.personas():
        for seed in range(4):
            made = tune(seed=seed, persona=persona.id, genre=persona.genres[0])
            tonics = [
                p for p in range(made.voice_low, made.voice_high) if p % 12 == pitch_class(made.key.tonic)
            ]
            assert any(10 <= made.voice_high - tonic <= 18 for tonic in tonics)


def test_asked_key_meter_title_are_obeyed() -> None:
    assert plan(key="F# minor").key == Key("F#", "minor")
    assert plan(key="bb").key == Key("Bb", "major")
    assert plan(genre="folk", meter="3/4").meter == Meter(3, 4)
    odd = plan(genre="pop", meter="7/8")
    assert odd.meter == Meter(7, 8) and any("mostly played in 4/4" in note for note in odd.notes)
    waltz = plan(genre="ballad", meter="6/8", duration_s=150)
    check(waltz)
    assert waltz.meter == Meter(6, 8)
    assert plan(title="  Two   Roads ").title == "Two Roads"
    assert plan().title == "Walk me home"
    assert plan(lyrics="So leave the gate unlatched for me and mine").title == "Leave the gate unlatched"
    assert plan(lyrics="Title: The Long Way\n" + SONG).title == "The Long Way"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("genre", "contry", "country"),
        ("genre", "", "Known"),
        ("style", "rok", "rock"),
        ("persona", "rusty", "rusty-hale"),
        ("voice", "rms-cowbo", "rms-cowboy"),
        ("key", "H sharp", "F# minor"),
        ("key", "", "note and mode"),
        ("meter", "7/3", "4/4"),
        ("meter", "1/4", "2/4"),
        ("tempo_bpm", 29.9, "30 to 300"),
        ("tempo_bpm", 301, "30 to 300"),
        ("tempo_bpm", float("nan"), "30 to 300"),
        ("duration_s", 9.9, "10 to 600"),
        ("duration_s", float("inf"), "10 to 600"),
        ("duration_s", True, "10 to 600"),
        ("seed", -1, "whole number"),
        ("seed", 2**63, "whole number"),
        ("language", "not a tag", "en"),
        ("language", "tlh", "en"),
        ("title", "\n\t ", "1 to 120"),
        ("title", "x" * 200, "1 to 120"),
        ("lyrics", "   ", "line"),
        ("lyrics", "[Chorus]\n", "line"),
        ("character", {"gravel": 1.5}, "0 to 1"),
        ("character", {"gravvel": 0.5}, "gravel"),
        ("character", {"gravel": float("nan")}, "0 to 1"),
        ("character", "gravel:0.4", "names with amounts"),
        ("chords", ["C", "G"], "text"),
        ("key", 5, "text"),
        ("melody", "tune.mid", "songwright.melody"),
    ],
)
def test_impossible_wishes_are_refused_in_one_line(field: str, value: object, says: str) -> None:
    brief = SongBrief(**{"lyrics": SONG, "genre": "country", field: value})
    with pytest.raises(BriefError) as caught:
        producer.plan(brief, Context(Seed(1), SHELF))
    assert caught.value.field == field
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_other_languages_are_sung_or_refused() -> None:
    assert plan(language="en-GB").language == "en-GB"
    with pytest.raises(BriefError, match="language: 'French' cannot be sung yet"):
        plan(language="fr")


def test_every_line_is_said_in_its_language() -> None:
    made = plan(
        lyrics="Ich gehe durch die dunkle Nacht\nBaby, I love you so\nUnd niemand hat gelacht\n",
        language=None,
    )
    assert made.language == "de" and [line.language for line in made.lines] == ["", "en", ""]
    assert made.lines[0].words[0].syllables[0].phones == ("IH", "C")
    asked = plan(lyrics="Ich gehe durch die dunkle Nacht\nBaby, I love you so\n", language="de")
    assert [line.language for line in asked.lines] == ["", ""]


def changed(table: str, fields: Mapping[str, object]) -> Style:
    style = SHELF.style("country")
    return replace(style, tables={**style.tables, table: {**style.tables[table], **fields}})


@pytest.mark.parametrize(
    ("table", "fields", "says"),
    [
        ("tempo", {"nominal": 500}, "nominal"),
        ("tempo", {"meters": ["4/5"]}, "meters"),
        ("tempo", {"modes": ["locrian"]}, "modes"),
        ("form", {"intro": [1.5]}, "intro"),
        ("form", {"sections": ["verse", "solo"]}, "sections"),
        ("form", {"keys": ["H"]}, "keys"),
        ("form", {"energy": {"verse": 0.5}}, "energy.intro"),
        ("form", {"rise": {"verse": "much"}}, "verse"),
        ("form", {"breaks": [{"at": "sometimes"}]}, "breaks.at"),
        ("form", {"breaks": ["after chorus 1"]}, "breaks"),
    ],
)
def test_a_wrong_style_names_file_table_field(table: str, fields: Mapping[str, object], says: str) -> None:
    read = tempo_settings if table == "tempo" else form_settings
    with pytest.raises(ShelfError) as caught:
        read(changed(table, fields))
    assert f"style country: [{table}" in str(caught.value) and says in str(caught.value)


WORDS = st.sampled_from(
    [
        "walk",
        "home",
        "river",
        "(oh)",
        "love",
        "[Chorus]",
        "[Verse]",
        "[Solo]",
        "night,",
        "42",
        "yeah!",
        "\n",
        "\n\n",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lyrics=st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=80),
    genre=st.none() | st.sampled_from(GENRES) | st.text(max_size=8),
    key=st.none() | st.sampled_from(["G", "F# minor", "Bbm", "C dorian", "H"]) | st.text(max_size=6),
    meter=st.none() | st.sampled_from(["4/4", "3/4", "6/8", "5/4"]),
    tempo_bpm=st.none() | st.floats(20, 320),
    duration_s=st.none() | st.floats(5, 700),
    instrumental=st.booleans(),
    seed=st.integers(0, 2**63 - 1),
)
def test_any_brief_is_planned_or_refused_in_one_line(**wishes: object) -> None:
    try:
        made = producer.plan(SongBrief(**wishes), Context(Seed(0), SHELF))
    except SongwrightError as refused:
        assert isinstance(refused, BriefError) and "\n" not in str(refused)
        return
    check(made)
    if wishes["duration_s"] is not None:
        assert made.duration_s == wishes["duration_s"]
    if wishes["tempo_bpm"] is not None and made.bars > 4:
        assert made.tempo_map.start_bpm == wishes["tempo_bpm"]


def small_score() -> Score:
    """Two lines over two sections of two bars."""
    syllables = [
        Syllable("riv", ("R", "IH", "V"), 1),
        Syllable("er", ("ER",)),
        Syllable("home", ("HH", "OW", "M"), 1),
    ]
    kinds = ["begin", "end", "single"]
    notes = tuple(
        Note(f"lead/{i}", i * 480 + (i // 3) * 2400, 480, 60 + i, 0.7, syllables[i % 3], kinds[i % 3], i // 3)
        for i in range(6)
    )
    return Score(
        "Given", Key("D"), Meter(4, 4), TempoMap.constant(120.0),
        (Section("verse-1", "verse", "Verse", 0, 3840, 0.5), Section("chorus-1", "chorus", "Chorus", 3840, 3840, 0.8)),
        (), (ScoreLine(0, "river home", "verse-1", 0, 1440), ScoreLine(1, "river home", "chorus-1", 3840, 5280)),
        (Part("lead", "Voice", "lead", "voice", "lead", notes), Part("b", "Bass", "bass", "bass-finger", "bass", ())),
        7680,
    )  # fmt: skip


def test_a_plan_for_a_given_score() -> None:
    score = small_score()
    brief = SongBrief(persona="rusty-hale", character={"breath": 0.2}, seed=4)
    made = producer.plan_for_score(score, brief, Context(Seed(4), SHELF))
    assert [(section.id, section.bars) for section in made.sections] == [("verse-1", 2), ("chorus-1", 2)]
    assert made.duration_s == pytest.approx(8.0 + made.tail_s) and made.key == Key("D")
    assert [len(line.words) for line in made.lines] == [2, 2]
    assert [s.text for s in made.lines[0].words[0].syllables] == ["riv", "er"]
    assert made.voice == "rms-cowboy" and made.character["breath"] == 0.2
    assert [part.id for part in made.parts] == ["b"]
    assert any("outside" in note for note in made.notes)
    pickup = replace(score, lines=(score.lines[0], replace(score.lines[1], start_tick=3600)))
    sung = producer.plan_for_score(pickup, brief, Context(Seed(4), SHELF)).sections
    assert [[line.start_bar for line in section.lines] for section in sung] == [[0], [0]]
    bare = replace(score, sections=(), lines=(), length_ticks=7000)
    assert [
        section.bars for section in producer.plan_for_score(bare, brief, Context(Seed(4), SHELF)).sections
    ] == [4]
    with pytest.raises(BriefError, match="tempo"):
        producer.plan_for_score(score, replace(brief, tempo_bpm=90), Context(Seed(4), SHELF))


def test_a_score_is_short_enough_to_sound_and_its_title_to_show() -> None:
    ctx = Context(Seed(4), SHELF)
    wordy = replace(small_score(), title="River " * 99)
    assert 0 < len(producer.plan_for_score(wordy, SongBrief(), ctx).title) <= 120
    with pytest.raises(BriefError, match="minutes"):
        producer.plan_for_score(replace(small_score(), tempo_map=TempoMap.constant(0.001)), SongBrief(), ctx)
    crowd = tuple(Part(f"b{i}", "Bass", "bass", "bass-finger", f"b{i}", ()) for i in range(200))
    slow = replace(small_score(), parts=crowd, tempo_map=TempoMap.constant(1.0))
    with pytest.raises(BriefError, match="too many parts"):
        producer.plan_for_score(slow, SongBrief(), ctx)


# A plan that was edited by hand -------------------------------------------------------------------------------


def checked(made: SongPlan) -> SongPlan:
    return producer.checked(made, Context(Seed(made.seed), SHELF).child("producer"))


@pytest.mark.parametrize("genre", GENRES)
def test_an_untouched_plan_passes_as_it_is(genre):
    for seed, wishes in ((1, {}), (2, {"meter": "6/8"}), (3, {"duration_s": 173.21}), (4, {"key": "Gb"})):
        made = plan(seed, genre=genre, **wishes)
        assert checked(made) == made
    assert checked(made := tune(genre=genre, duration_s=600.0)) == made


def test_length_range_and_words_follow_an_edit():
    made = plan(voice="rms-cowboy")
    intro = made.sections[0]
    longer = replace(made, sections=(replace(intro, bars=intro.bars + 2), *made.sections[1:]))
    bar_s = made.meter.bar_ticks / 8 / made.tempo_map.start_bpm
    assert checked(longer).duration_s == pytest.approx(made.duration_s + 2 * bar_s)
    assert checked(longer).notes[-1].startswith("Length")

    own = str(HOUSE / "voices" / "rms.toml")  # a card by its path, as a voice of one's own is named
    assert checked(plan(voice=own)).voice == own
    soprano = checked(replace(made, voice="slt-soprano"))
    card = next(card for card in SHELF.voice_cards() if card.id == "slt-soprano")
    assert card.midi_low <= soprano.voice_low < soprano.voice_high <= card.midi_high

    place = next(i for i, section in enumerate(made.sections) if section.lines)
    verse = made.sections[place]
    fewer = (replace(verse.lines[0], text="Carry me over the water"), *verse.lines[2:])
    sections = (*made.sections[:place], replace(verse, lines=fewer), *made.sections[place + 1 :])
    again = checked(replace(made, sections=sections))
    assert [word.text for word in again.lines[0].words] == ["Carry", "me", "over", "the", "water"]
    assert [line.index for line in again.lines] == list(range(len(again.lines)))
    assert checked(replace(made, key=Key("G#"))).key == Key("Ab")


def _first_line(made: SongPlan, **changes: object) -> dict[str, object]:
    place = next(i for i, section in enumerate(made.sections) if section.lines)
    section = made.sections[place]
    lines = (replace(section.lines[0], **changes), *section.lines[1:])
    return {"sections": (*made.sections[:place], replace(section, lines=lines), *made.sections[place + 1 :])}


def _sections(made: SongPlan, **changes: object) -> dict[str, object]:
    return {"sections": (*made.sections[:-1], replace(made.sections[-1], **changes))}


def _part(made: SongPlan, **changes: object) -> dict[str, object]:
    return {"parts": (replace(made.parts[0], **changes), *made.parts[1:])}


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda made: {"voice": "nobody"}, "voice"),
        (lambda made: {"style": "polka"}, "genre"),
        (lambda made: {"persona": "nobody"}, "persona"),
        (lambda made: {"language": "fr"}, "language"),
        (lambda made: {"key": Key("H")}, "key"),
        (lambda made: {"key": Key("C", "lydian")}, "key"),
        (lambda made: {"meter": Meter(0, 4)}, "meter"),
        (lambda made: {"meter": Meter(4, 0)}, "meter"),
        (lambda made: {"tempo_map": TempoMap(())}, "tempo_map"),
        (lambda made: {"tempo_map": TempoMap.constant(0)}, "bpm"),
        (lambda made: {"tempo_map": TempoMap.constant(float("nan"))}, "bpm"),
        (lambda made: {"sections": ()}, "sections"),
        (lambda made: _sections(made, bars=0), "bars"),
        (lambda made: _sections(made, bars=-4), "bars"),
        (lambda made: _sections(made, bars=10**6), "plan"),
        (lambda made: _sections(made, energy=9.0), "energy"),
        (lambda made: _sections(made, kind="shanty"), "kind"),
        (lambda made: _sections(made, id=made.sections[0].id), "id"),
        (lambda made: _sections(made, tune_of="nowhere"), "tune_of"),
        (lambda made: _first_line(made, start_bar=99), "bars"),
        (lambda made: _first_line(made, bars=0), "lines"),
        (lambda made: _first_line(made, bars=1, text="la " * 40), "lines"),
        (lambda made: _first_line(made, text="..."), "text"),
        (lambda made: _part(made, instrument="kazoo"), "instrument"),
        (lambda made: _part(made, instrument="piano", role="drums"), "instrument"),
        (lambda made: _part(made, role="king"), "role"),
        (lambda made: _part(made, id="lead"), "id"),
        (lambda made: _part(made, stem="../up"), "stem"),
        (lambda made: {"swing": 5.0}, "swing"),
        (lambda made: {"tail_s": -1.0}, "tail_s"),
        (lambda made: {"loudness_lufs": 0.0}, "loudness_lufs"),
        (lambda made: {"voice_low": 90, "voice_high": 40}, "voice_high"),
        (lambda made: {"seed": -1}, "seed"),
        (lambda made: {"title": ""}, "title"),
        (lambda made: {"character": {"evil": 0.5}}, "character"),
    ],
)
def test_an_impossible_edit_names_its_field(edit, field):
    made = plan()
    with pytest.raises(BriefError) as told:
        producer.checked(replace(made, **edit(made)), Context(Seed(7), SHELF).child("producer"))
    assert field in told.value.field and "\n" not in str(told.value)


def test_notes_no_voice_reaches_move_by_octaves() -> None:
    """A tune over ten octaves lands where MIDI and mouths can follow; notes within reach stay."""
    from songwright.producer.set_to_tune import in_reach

    for pitch in range(-60, 200):
        landed = in_reach(pitch)
        assert 24 <= landed <= 103 and (landed - pitch) % 12 == 0
        assert landed == pitch or not 24 <= pitch <= 103
