"""Lyric sheets: tags, repeats, answers, form without tags, and everything a person may paste by mistake."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import BriefError
from songwright.text.language import detect
from songwright.text.lyrics import Lyrics, parse
from songwright.values.plan import SECTION_KINDS

TAGGED = """\ufeffTitle: Dusty Road\r
\r
[Intro: 4 bars]\r
[Verse 1]\r
I walked the dusty\troad (dusty road)\r
Nobody home\r
(nobody home)\r
\r
[Pre-Chorus]\r
And now I know\r
[Chorus x2]\r
Take me home\r
Take me slow (x2)\r
[Guitar Solo]\r
[Verse 2]\r
I found the river\r
[Pre-Chorus]\r
[Chorus]\r
[Instrumental: 8 bars]\r
[Bridge]\r
Nothing is lost\r
[Chorus]\r
[Outro]\r
"""


def kinds(lyrics: Lyrics) -> list[str]:
    return [block.kind for block in lyrics.blocks]


def texts(lyrics: Lyrics, block: int) -> list[str]:
    return [line.text for line in lyrics.blocks[block].lines]


def test_tags_repeats_and_answers():
    lyrics = parse(TAGGED)
    assert lyrics.title == "Dusty Road"
    assert kinds(lyrics) == [
        "intro", "verse", "prechorus", "chorus", "chorus", "instrumental", "verse", "prechorus", "chorus",
        "instrumental", "bridge", "chorus", "outro",
    ]  # fmt: skip
    assert lyrics.blocks[0].bars == 4 and lyrics.blocks[9].bars == 8 and lyrics.blocks[5].bars is None
    assert [(line.text, line.echo) for line in lyrics.blocks[1].lines] == [
        ("I walked the dusty road", "dusty road"),
        ("Nobody home", "nobody home"),
    ]
    assert texts(lyrics, 3) == ["Take me home", "Take me slow", "Take me slow"]
    assert [block.same_as for block in lyrics.blocks] == [
        None, None, None, None, 3, None, None, 2, 3, None, None, 3, None,
    ]  # fmt: skip
    assert lyrics.blocks[11].lines == lyrics.blocks[3].lines
    assert [b.label for b in lyrics.blocks][:6] == [
        "Intro",
        "Verse 1",
        "Pre-Chorus",
        "Chorus",
        "Chorus",
        "Guitar Solo",
    ]


def test_a_block_that_comes_back_is_the_chorus():
    lyrics = parse(
        "one line\ntwo line\n\nhey ho\nlet's go home\n\nthree line\nfour line\n\nHey ho!\nLet's go home\n\n"
        "nothing is as it was\nnothing will be\nnothing at all\n\nhey ho\nlet's go home"
    )
    assert kinds(lyrics) == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]
    assert [b.label for b in lyrics.blocks] == ["Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Chorus"]
    assert [b.same_as for b in lyrics.blocks] == [None, None, None, 1, None, 1]


def test_a_block_before_every_chorus_is_the_prechorus():
    lyrics = parse("a b\n\nlift me\n\nfly on\n\nc d\n\nlift me\n\nfly on")
    assert kinds(lyrics) == ["verse", "prechorus", "chorus", "verse", "prechorus", "chorus"]


def test_nothing_comes_back_so_all_are_verses():
    assert kinds(parse("a b\nc refrain\n\nd e\nf refrain\n\ng h\ni refrain")) == ["verse"] * 3
    assert [len(b.lines) for b in parse("\n".join(f"line number {n}" for n in range(12))).blocks] == [4, 4, 4]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("Verse 1:\nhello\nChorus:\nbye\n(Chorus)", ["verse", "chorus", "chorus"]),
        ("# My Song\n## Verse\nhello\n## Chorus\nbye", ["verse", "chorus"]),
        ("{Verse: Anna}\nhello [Chorus]", ["verse"]),
        ("[Chorus]\n\n[Verse]\nhello\n[Chorus]\nbye", ["chorus", "verse", "chorus"]),
        ("[Verse] hello there\n[Hook]\nbye", ["verse", "chorus"]),
        ("[Strophe 1]\nhello\n[Refrain]\nbye\n[Coda]\nso long", ["verse", "chorus", "outro"]),
        ("a line before\n[Middle 8]\nhello\n[Break: 2 bars]", ["verse", "bridge", "instrumental"]),
    ],
)
def test_signposts_people_write(sheet: str, expected: list[str]):
    assert kinds(parse(sheet)) == expected


def test_titles():
    assert parse("# My Song\nhello").title == "My Song"
    assert parse('title: "Gone"\nhello').title == "Gone"
    assert parse("hello\n# not a title").title is None


def test_empty_tags_without_words_are_left_out_with_a_note():
    lyrics = parse("[Verse]\nhello\n[Bridge]\n")
    assert kinds(lyrics) == ["verse"]
    assert any("Bridge" in note for note in lyrics.notes)


def test_emoji_links_and_decoration_go_with_a_note():
    lyrics = parse(
        "**Fire** in my heart 🔥❤️ see https://example.com/x?y=1 ♪\nme@mail.org www.song.net\n👨‍👩‍👧"
    )
    assert [line.text for block in lyrics.blocks for line in block.lines] == ["Fire in my heart see"]
    assert any("🔥" in note for note in lyrics.notes) and any("example.com" in note for note in lyrics.notes)


def test_long_lines_are_parted_where_one_breathes():
    line = (
        "I walk along the river in the morning when the sun is shining, "
        "and I think about the way that you were laughing when we met so long ago"
    )
    lyrics = parse(line)
    pieces = texts(lyrics, 0)
    assert len(pieces) > 1 and pieces[0].endswith("shining,")
    assert " ".join(pieces) == line and lyrics.notes
    assert all(len(piece.split()) <= 14 for piece in pieces)


def test_fancy_letters_are_plain_letters():
    assert texts(parse("𝓛𝓸𝓿𝓮 me ＴＲＵＥ\u00a0love\u200b ½"), 0) == ["Love me TRUE love 1/2"]


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ("", "none"), (" \n\t\r\n", "none"), ("🔥🔥 https://x.com", "no words"), ("!!! ...", "no words"),
        ("[Intro]\n[Solo]", "no words"), ("a\x00b", "not a text"), ("\x89PNG\r\n\x1a\n", "not a text"),
        ("\udcff", "not a text"), ("\ufffd\ufffd", "not a text"), ("la\n" * 2001, "2000"), ("a" * 100_001, "100000"),
        ("hello\nпривет мир", "Cyrillic"), ("你好", "Chinese"), ("こんにちは", "Japanese"), ("안녕", "Korean"),
        ("مرحبا", "Arabic"), ("καλημέρα", "Greek"), ("שלום", "Hebrew"), ("สวัสดี", "Thai"), ("नमस्ते", "Devanagari"),
    ],
)  # fmt: skip
def test_what_cannot_be_sung_is_refused_in_one_line(sheet: str, says: str):
    with pytest.raises(BriefError) as refusal:
        parse(sheet)
    assert refusal.value.field == "lyrics"
    assert says in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("sheet", ["a.b." * 20_000, "( " * 40_000 + "a", "a@" * 40_000 + "b", "1" * 90_000])
def test_hostile_sheets_are_read_quickly(sheet: str):
    started = time.process_time()
    assert len(parse(sheet).blocks) == 1
    assert time.process_time() - started < 5


def test_two_thousand_lines_are_allowed():
    assert sum(len(block.lines) for block in parse("la la\n" * 2000).blocks) == 2000


def test_languages_are_told_apart():
    assert detect("The night is long and you are gone") == "en"
    assert detect("Ich bin allein und du bist nicht bei mir") == "de"
    assert detect("Je ne sais pas pourquoi tu es dans la nuit") == "fr"
    assert detect("Yo no quiero que te vas con el viento y la luna") == "es"
    assert detect("Non so cosa sono io senza di te e il mare") == "it"
    assert detect("la la la na na na") == "en"


SIGNS = "[]()x2:# \n\r\tVerseCchorus-,.!?'\"12$%&é🔥я\u200b\x00"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.text(alphabet=SIGNS, max_size=200)))
def test_any_text_is_a_sheet_or_a_brief_error(text: str):
    try:
        lyrics = parse(text)
    except BriefError as refusal:
        assert "\n" not in str(refusal)
        return
    assert any(block.lines for block in lyrics.blocks)
    for n, block in enumerate(lyrics.blocks):
        assert block.kind in SECTION_KINDS and block.label
        assert all(line.text and "\n" not in line.text for line in block.lines)
        if block.same_as is not None:
            assert block.same_as < n and lyrics.blocks[block.same_as].kind == block.kind


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(("[Verse]", "[Chorus]", "[Chorus x2]", "[Bridge]", "la la", "oh (oh)", "", "(hey)"))
    )
)
def test_any_order_of_tags_is_a_sheet(rows: list[str]):
    try:
        lyrics = parse("\n".join(rows))
    except BriefError:
        assert not any(row.strip() and not row.startswith("[") for row in rows)
        return
    assert all(block.lines for block in lyrics.blocks)
