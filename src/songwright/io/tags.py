"""What a player shows: title, artist, genre and words inside the sound file.

ID3v2.4 for MP3 (id3.org, 2000), Vorbis comments for FLAC (RFC 9639, section 8.6), Ogg Vorbis and Opus (RFC
7845, section 5.2; Ogg pages: RFC 3533). WAV keeps its LIST INFO, written with the sound. All text is UTF-8.
"""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from songwright.errors import ShelfError

_VENDOR = b"songwright"
_OGG_HEAD = struct.Struct("<4sBBqIIIB")
_COMMENT_BLOCK = 4


Tags = Mapping[str, str]
"""Field -> text. Known everywhere: title, artist, genre, comment, lyrics, software, language, bpm; others are
kept under their own names in capitals ("ai_generated" becomes AI_GENERATED)."""

_TEXT_FRAMES = {"title": "TIT2", "artist": "TPE1", "genre": "TCON", "software": "TSSE", "bpm": "TBPM"}
_VORBIS_NAMES = {"software": "ENCODER"}


def tag_file(path: Path, tags: Tags) -> None:
    """Write tags into a finished FLAC, MP3, Ogg or Opus file that has none yet; other kinds are left alone.

    Raises ShelfError if the file is not what its suffix says.
    """
    suffix = path.suffix.lower()
    if suffix == ".mp3":
        _put_before(path, id3(tags))
    elif suffix == ".flac":
        _tag_flac(path, tags)
    elif suffix in (".ogg", ".opus"):
        _tag_ogg(path, tags)


def id3(tags: Tags) -> bytes:
    """An ID3v2.4 tag: text frames, comment, unsynchronised lyrics, and free fields for the rest."""
    language = _iso_639_2(tags.get("language", "en"))
    frames = []
    for name, text in tags.items():
        if not text:
            continue
        if name in _TEXT_FRAMES:
            frames.append(_frame(_TEXT_FRAMES[name], b"\x03" + text.encode()))
        elif name in ("comment", "lyrics"):
            kind = "COMM" if name == "comment" else "USLT"
            frames.append(_frame(kind, b"\x03" + language + b"\0" + text.encode()))
        elif name == "language":
            frames.append(_frame("TLAN", b"\x03" + language))
        else:
            frames.append(_frame("TXXX", b"\x03" + name.upper().encode() + b"\0" + text.encode()))
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body if body else b""


def vorbis_comments(tags: Tags) -> bytes:
    """A Vorbis comment block: vendor, then NAME=value fields."""
    lines = [
        f"{_VORBIS_NAMES.get(name, name.upper())}={text}".encode() for name, text in tags.items() if text
    ]
    packed = b"".join(struct.pack("<I", len(line)) + line for line in lines)
    return struct.pack("<I", len(_VENDOR)) + _VENDOR + struct.pack("<I", len(lines)) + packed


def _frame(name: str, body: bytes) -> bytes:
    return name.encode() + _syncsafe(len(body)) + b"\0\0" + body


def _syncsafe(number: int) -> bytes:
    """28 bits in four bytes of seven."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _iso_639_2(language: str) -> bytes:
    """The three-letter code ID3 wants for a BCP 47 tag; "und" if unknown."""
    known = {"en": b"eng", "de": b"deu", "fr": b"fra", "es": b"spa", "it": b"ita", "pt": b"por", "nl": b"nld"}
    return known.get(language.split("-")[0].lower(), b"und")


def _put_before(path: Path, head: bytes) -> None:
    """The file with some bytes in front."""
    draft = path.with_name(path.name + ".tag")
    try:
        with path.open("rb") as source, draft.open("wb") as target:
            target.write(head)
            shutil.copyfileobj(source, target, 1 << 20)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _tag_flac(path: Path, tags: Tags) -> None:
    """Replace the comment block among a FLAC file's metadata blocks."""
    draft = path.with_name(path.name + ".tag")
    try:
        with path.open("rb") as source, draft.open("wb") as target:
            if source.read(4) != b"fLaC":
                raise ShelfError(str(path), "is no FLAC file")
            blocks, last = [], False
            while not last:
                head = source.read(4)
                if len(head) < 4:
                    raise ShelfError(str(path), "is a damaged FLAC file")
                last, kind = bool(head[0] & 0x80), head[0] & 0x7F
                body = source.read(int.from_bytes(head[1:], "big"))
                if kind != _COMMENT_BLOCK:
                    blocks.append((kind, body))
            blocks.insert(1, (_COMMENT_BLOCK, vorbis_comments(tags)))
            target.write(b"fLaC")
            for number, (kind, body) in enumerate(blocks):
                flag = 0x80 if number == len(blocks) - 1 else 0
                target.write(bytes([flag | kind]) + len(body).to_bytes(3, "big") + body)
            shutil.copyfileobj(source, target, 1 << 20)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _tag_ogg(path: Path, tags: Tags) -> None:
    """Replace the comment packet of an Ogg stream; the pages after the headers stay as they are.

    The headers must fill as many pages as before; where long lyrics would need more, they are left out.
    """
    data = path.read_bytes()
    pages = _header_pages(data, path)
    first, rest = pages[0], pages[1:]
    packets = _packets(rest)
    opus = first[2].startswith(b"OpusHead")
    for with_lyrics in (True, False):
        kept = {name: text for name, text in tags.items() if with_lyrics or name != "lyrics"}
        comments = vorbis_comments(kept)
        packets[0] = b"OpusTags" + comments if opus else b"\x03vorbis" + comments + b"\x01"
        fresh = list(_paged(packets, serial=first[3], sequence=1))
        if len(fresh) == len(rest):
            break
    else:
        return
    draft = path.with_name(path.name + ".tag")
    try:
        draft.write_bytes(data[: first[1]] + b"".join(fresh) + data[rest[-1][1] :])
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _header_pages(data: bytes, path: Path) -> list[tuple[bytes, int, bytes, int]]:
    """The pages that hold the headers: (segment table, where the page ends, body, serial number)."""
    pages, place, packets, wanted = [], 0, 0, 2
    while packets < wanted:
        if data[place : place + 4] != b"OggS" or place + 27 > len(data):
            raise ShelfError(str(path), "is no Ogg file")
        *_, serial, _, _, segments = _OGG_HEAD.unpack_from(data, place)
        table = data[place + 27 : place + 27 + segments]
        start = place + 27 + segments
        place = start + sum(table)
        pages.append((table, place, data[start:place], serial))
        packets += sum(1 for length in table if length < 255)
        if len(pages) == 1 and not pages[0][2].startswith(b"OpusHead"):
            wanted = 3  # Vorbis has a set-up packet after the comments
    return pages


def _packets(pages: list[tuple[bytes, int, bytes, int]]) -> list[bytes]:
    """The packets that run through some pages."""
    packets, current = [], b""
    for table, _, body, _ in pages:
        place = 0
        for length in table:
            current += body[place : place + length]
            place += length
            if length < 255:
                packets.append(current)
                current = b""
    return packets


def _paged(packets: list[bytes], serial: int, sequence: int) -> Iterator[bytes]:
    """Header packets as Ogg pages, at most 255 segments each, check sums included."""
    segments: list[bytes] = []
    for packet in packets:
        cut = [packet[i : i + 255] for i in range(0, len(packet) + 1, 255)]
        segments += cut if len(cut[-1]) < 255 else [*cut, b""]
    continued = False
    for first in range(0, len(segments), 255):
        here = segments[first : first + 255]
        ends = any(len(segment) < 255 for segment in here)
        head = _OGG_HEAD.pack(b"OggS", 0, int(continued), 0 if ends else -1, serial, sequence, 0, len(here))
        page = bytearray(head + bytes(len(segment) for segment in here) + b"".join(here))
        page[22:26] = struct.pack("<I", _ogg_crc(page))
        yield bytes(page)
        continued = len(here[-1]) == 255
        sequence += 1


def _ogg_crc(data: bytes | bytearray) -> int:
    """The check sum of an Ogg page (polynomial 0x04C11DB7, most significant bit first)."""
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc
