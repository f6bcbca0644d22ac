"""Sound files come back as they were written, with their tags, and keep their ceiling."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.dsp import loudness
from songwright.errors import BriefError, ShelfError
from songwright.io import sound, tags
from songwright.values.audio import Audio
from songwright.values.seed import Seed

TAGS = {
    "title": "Walk ♥ Home",
    "artist": "Rusty Hale",
    "genre": "country",
    "comment": "AI-generated.",
    "lyrics": "First line\nsecond line, naïve\n" * 30,
    "software": "songwright",
    "bpm": "96",
    "key": "G major",
    "ai_generated": "yes",
}


def loud_noise(seconds: float = 2.0) -> Audio:
    """Broad and close to full scale: hard on encoders."""
    frames = round(seconds * 48_000)
    pair = np.stack([Seed(5).child(side).luck().noise(frames) for side in ("left", "right")])
    return Audio((0.85 * pair).astype(np.float32))


def vorbis_fields(block: bytes) -> dict[str, str]:
    """A small reader of Vorbis comment blocks, independent of the writer."""
    place = 4 + struct.unpack_from("<I", block)[0]
    count, place = struct.unpack_from("<I", block, place)[0], place + 4
    fields = {}
    for _ in range(count):
        length = struct.unpack_from("<I", block, place)[0]
        name, _, value = block[place + 4 : place + 4 + length].decode().partition("=")
        fields[name], place = value, place + 4 + length
    assert len(block) - place <= 1
    return fields


def flac_fields(data: bytes) -> dict[str, str]:
    assert data[:4] == b"fLaC"
    place, found, last = 4, [], False
    while not last:
        last, kind = data[place] >= 128, data[place] % 128
        length = int.from_bytes(data[place + 1 : place + 4], "big")
        found.append((kind, data[place + 4 : place + 4 + length]))
        place += 4 + length
    assert found[0][0] == 0  # STREAMINFO first
    assert data[place] == 0xFF  # the first audio frame
    comments = [body for kind, body in found if kind == 4]
    assert len(comments) == 1
    return vorbis_fields(comments[0])


def ogg_packets(data: bytes, wanted: int) -> list[bytes]:
    """The first packets of an Ogg stream; checks page numbers and check sums by table."""
    table = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        table.append(crc & 0xFFFFFFFF)
    packets, current, place, number = [], b"", 0, 0
    while len(packets) < wanted:
        assert data[place : place + 4] == b"OggS"
        assert struct.unpack_from("<I", data, place + 18)[0] == number
        lengths = data[place + 27 : place + 27 + data[place + 26]]
        body = place + 27 + len(lengths)
        page = bytearray(data[place : body + sum(lengths)])
        stated = bytes(page[22:26])
        page[22:26] = b"\0\0\0\0"
        crc = 0
        for byte in page:
            crc = ((crc << 8) & 0xFFFFFFFF) ^ table[(crc >> 24) ^ byte]
        assert struct.pack("<I", crc) == stated
        for length in lengths:
            current, body = current + data[body : body + length], body + length
            if length < 255:
                packets.append(current)
                current = b""
        place, number = body, number + 1
    return packets


def id3_frames(data: bytes) -> dict[str, bytes]:
    assert data[:5] == b"ID3\x04\x00"
    size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    place, frames = 10, {}
    while place < 10 + size:
        name = data[place : place + 4].decode()
        length = sum(
            byte << shift for byte, shift in zip(data[place + 4 : place + 8], (21, 14, 7, 0), strict=True)
        )
        body = data[place + 10 : place + 10 + length]
        if name == "TXXX":
            name += ":" + body[1:].split(b"\0")[0].decode()
        frames[name], place = body, place + 10 + length
    assert place == 10 + size and data[place] == 0xFF  # then MPEG frames
    return frames


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_lossless_files_come_back_exactly(tmp_path: Path, suffix: str) -> None:
    audio = loud_noise(3.0)
    sound.write_audio(tmp_path / f"a{suffix}", audio, TAGS)
    back = sound.read_audio(tmp_path / f"a{suffix}")
    assert back.rate_hz == 48_000 and back.frames == audio.frames
    assert np.abs(back.samples - audio.samples).max() <= 2.0**-23
    assert soundfile.info(tmp_path / f"a{suffix}").subtype == "PCM_24"
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]


@pytest.mark.parametrize("suffix", sound.LOSSY)
def test_lossy_files_decode_below_the_ceiling(tmp_path: Path, suffix: str) -> None:
    audio = loud_noise()
    sound.write_audio(tmp_path / f"a{suffix}", audio, TAGS)
    back = sound.read_audio(tmp_path / f"a{suffix}")
    assert loudness.true_peak_dbtp(back.samples) <= -1.0
    assert abs(back.frames - audio.frames) < 3000
    assert loudness.true_peak_dbtp(back.samples) > -4.5


@pytest.mark.parametrize("suffix", sound.SUFFIXES)
def test_players_find_the_basic_tags(tmp_path: Path, suffix: str) -> None:
    sound.write_audio(tmp_path / f"a{suffix}", loud_noise(0.5), TAGS)
    with soundfile.SoundFile(tmp_path / f"a{suffix}") as file:
        assert (file.title, file.artist, file.comment) == (TAGS["title"], TAGS["artist"], TAGS["comment"])
        assert file.genre == "country"


def test_flac_holds_the_words(tmp_path: Path) -> None:
    sound.write_audio(tmp_path / "a.flac", loud_noise(0.5), TAGS)
    fields = flac_fields((tmp_path / "a.flac").read_bytes())
    assert fields["LYRICS"] == TAGS["lyrics"]
    assert (
        fields["AI_GENERATED"] == "yes" and fields["ENCODER"] == "songwright" and fields["KEY"] == "G major"
    )


@pytest.mark.parametrize(("suffix", "head"), [(".ogg", b"\x03vorbis"), (".opus", b"OpusTags")])
def test_ogg_holds_the_words(tmp_path: Path, suffix: str, head: bytes) -> None:
    sound.write_audio(tmp_path / f"a{suffix}", loud_noise(0.5), TAGS)
    packets = ogg_packets((tmp_path / f"a{suffix}").read_bytes(), 6)
    assert packets[1].startswith(head)
    assert vorbis_fields(packets[1][len(head) :])["LYRICS"] == TAGS["lyrics"]


def test_enormous_lyrics_do_not_break_an_ogg_file(tmp_path: Path) -> None:
    sound.write_audio(tmp_path / "a.ogg", loud_noise(0.5), {**TAGS, "lyrics": "la " * 60_000})
    packets = ogg_packets((tmp_path / "a.ogg").read_bytes(), 4)
    assert vorbis_fields(packets[1][7:])["TITLE"] == TAGS["title"]
    assert sound.read_audio(tmp_path / "a.ogg").frames == 24_000


def test_mp3_holds_the_words(tmp_path: Path) -> None:
    sound.write_audio(tmp_path / "a.mp3", loud_noise(0.5), TAGS)
    frames = id3_frames((tmp_path / "a.mp3").read_bytes())
    assert frames["TIT2"] == b"\x03" + TAGS["title"].encode()
    assert frames["USLT"] == b"\x03eng\0" + TAGS["lyrics"].encode()
    assert frames["TXXX:AI_GENERATED"].endswith(b"\0yes")
    assert frames["TBPM"] == b"\x0396"


def test_no_tags_no_id3() -> None:
    assert tags.id3({}) == b""


def test_other_rates_and_channels_are_brought_to_the_house(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    four = np.stack([0.4 * np.sin(2 * np.pi * 441 * time)] * 4, axis=1)
    soundfile.write(tmp_path / "four.wav", four, 44_100)
    audio = sound.read_audio(tmp_path / "four.wav")
    assert (audio.channels, audio.frames, audio.rate_hz) == (2, 48_000, 48_000)
    assert np.abs(audio.samples[:, 5000:40_000]).max() == pytest.approx(0.4, abs=0.01)


def test_sounds_of_another_rate_can_be_written_lossy(tmp_path: Path) -> None:
    sound.write_audio(tmp_path / "a.opus", Audio(np.zeros((1, 22_050), np.float32), 22_050))
    assert sound.read_audio(tmp_path / "a.opus").frames == pytest.approx(48_000, abs=10)


@pytest.mark.parametrize("content", [b"", b"this is no sound at all", b"RIFF\x10\x00\x00\x00WAVEfmt "])
def test_damaged_files_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.wav").write_bytes(content)
    with pytest.raises(ShelfError, match=r"broken\.wav"):
        sound.read_audio(tmp_path / "broken.wav")


def test_missing_empty_and_impossible_sounds_are_named(tmp_path: Path) -> None:
    with pytest.raises(ShelfError, match="no such"):
        sound.read_audio(tmp_path / "none.wav")
    with pytest.raises(ShelfError, match="no such"):
        sound.read_audio(tmp_path)
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 2)), 48_000)
    with pytest.raises(ShelfError, match="no sound"):
        sound.read_audio(tmp_path / "empty.wav")
    soundfile.write(tmp_path / "nan.wav", np.full((100, 1), np.nan), 48_000, subtype="FLOAT")
    with pytest.raises(ShelfError, match="not numbers"):
        sound.read_audio(tmp_path / "nan.wav")


def test_unknown_suffix_and_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="mp3"):
        sound.write_audio(tmp_path / "a.xyz", loud_noise(0.1))
    with pytest.raises(ShelfError, match="could not be written"):
        sound.write_audio(tmp_path / "no" / "such" / "a.wav", loud_noise(0.1))
    assert not list(tmp_path.iterdir())


def test_an_old_file_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.flac").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sound, "tag_file", full)
    with pytest.raises(ShelfError, match="No space left"):
        sound.write_audio(tmp_path / "a.flac", loud_noise(0.1), TAGS)
    assert (tmp_path / "a.flac").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1
