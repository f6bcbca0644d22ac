"""Other programs open what we write: the MusicXML schema, music21, mido."""

import os
from pathlib import Path

import mido
import pytest

from songwright.io.midi import write_midi
from songwright.io.musicxml_write import write_musicxml

SCHEMAS = Path(os.environ.get("SONGWRIGHT_SCHEMAS", Path(__file__).parents[3] / "shared" / "schemas"))
XSD = SCHEMAS / "musicxml" / "4.0" / "musicxml.xsd"


def sung(score):
    return [note for part in score.parts if part.is_sung for note in part.notes if note.syllable]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, short_take):
    place = tmp_path_factory.mktemp("scores")
    write_musicxml(short_take.score, place / "score.musicxml")
    write_midi(short_take.score, place / "score.mid")
    return place


@pytest.mark.skipif(not XSD.exists(), reason="the MusicXML schema is not at hand")
def test_valid_against_the_schema(folder):
    from lxml import etree

    class Local(etree.Resolver):
        def resolve(self, url, name, context):
            return self.resolve_filename(str(XSD.parent / Path(url).name), context)

    parser = etree.XMLParser(no_network=True, load_dtd=False)
    parser.resolvers.add(Local())
    schema = etree.XMLSchema(etree.parse(str(XSD), parser))
    document = etree.parse(str(folder / "score.musicxml"), etree.XMLParser(no_network=True, load_dtd=False))
    assert schema.validate(document), str(schema.error_log)[:2000]


@pytest.mark.filterwarnings("ignore")
def test_music21_reads_every_syllable(folder, short_take):
    music21 = pytest.importorskip("music21")
    read = music21.converter.parse(folder / "score.musicxml", forceSource=True)
    texts = [lyric.text for note in read.recurse().notes for lyric in note.lyrics]
    assert texts == [note.syllable.text for note in sung(short_take.score)]
    kinds = [lyric.syllabic for note in read.recurse().notes for lyric in note.lyrics]
    assert kinds == [note.syllabic for note in sung(short_take.score)]
    assert len(read.parts) == len(short_take.score.parts)
    lead = [n.pitch.midi for n in read.parts[0].recurse().notes if n.lyrics]
    assert lead == [n.pitch for n in short_take.score.parts[0].notes if n.syllable]


@pytest.mark.filterwarnings("ignore")
def test_music21_reads_the_chords(folder, short_take):
    music21 = pytest.importorskip("music21")
    read = music21.converter.parse(folder / "score.musicxml", forceSource=True)
    symbols = list(read.recurse().getElementsByClass(music21.harmony.ChordSymbol))
    assert [s.root().pitchClass for s in symbols] == [c.root for c in short_take.score.chords]


def test_mido_reads_the_song(folder, short_take):
    file = mido.MidiFile(folder / "score.mid", charset="utf-8")
    assert file.type == 1 and len(file.tracks) == len(short_take.score.parts) + 1
    lyrics = [m.text for m in file if m.type == "lyrics"]
    assert len(lyrics) == len(sung(short_take.score))
    length = short_take.score.tempo_map.seconds_at(short_take.score.length_ticks)
    assert file.length == pytest.approx(length, abs=0.02)
    markers = [m.text for m in file if m.type == "marker"]
    assert markers == [s.label for s in short_take.score.sections]


@pytest.mark.filterwarnings("ignore")
def test_music21_reads_the_midi(folder, short_take):
    music21 = pytest.importorskip("music21")
    read = music21.converter.parse(folder / "score.mid", forceSource=True)
    assert len(read.parts) >= len(short_take.score.parts)
