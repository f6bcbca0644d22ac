"""The same words in every genre, a minute each: songs, pictures, and a page to listen to them."""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from pathlib import Path

from songwright import api
from songwright.bench.differences import portrait
from songwright.bench.lyrics import SONG
from songwright.bench.score_picture import draw_score
from songwright.engines.studio import StudioEngine
from songwright.errors import BriefError
from songwright.guard.picture import draw
from songwright.values.brief import SongBrief
from songwright.values.context import Progress
from songwright.values.shelf import Style

LENGTH_S = 60.0
GENRES_VARIABLE = "GENRES"  # some genres only: GENRES="jazz bossa"
_SEED = 7
Row = dict[str, object]


def minute_words() -> str:
    """Title, one verse and one chorus of the bench's song."""
    return "\n\n".join(SONG.split("\n\n")[:3])


def minute(genre: str) -> SongBrief:
    """What is asked for: the song of a minute in one genre."""
    return SongBrief(lyrics=minute_words(), genre=genre, duration_s=LENGTH_S, seed=_SEED)


def gallery(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """Make the songs, draw them, write the page; a row of figures for each. Raises BriefError without a folder."""
    if out is None:
        raise BriefError("out", "the gallery needs a folder.", "Give --out songs/gallery.")
    wanted = os.environ.get(GENRES_VARIABLE, "").replace(",", " ").split()
    shelf = api.context(_SEED).shelf
    styles = [shelf.style(name) for name in wanted] or list(shelf.styles())
    rows = []
    for number, style in enumerate(styles):
        tell(Progress("gallery", float(number), float(len(styles)), style.name))
        take = StudioEngine().record(minute(style.id), api.context(_SEED, tell))
        api.song(take).save(out / style.id, force=True)
        (out / style.id / "sound.png").write_bytes(draw(take))
        (out / style.id / "score.png").write_bytes(draw_score(take.score))
        rows.append({"genre": style.id} | portrait(take))
    there = [style for style in shelf.styles() if (out / style.id / "song.mp3").is_file()]
    (out / "index.html").write_text(page(there), encoding="utf-8")
    return rows


def page(styles: list[Style]) -> str:
    """An HTML page with a player and both pictures for each genre; files beside it, nothing from elsewhere."""
    entries = "\n".join(
        f"<section><h2>{html.escape(s.name)}</h2><p>{html.escape(s.about)}</p>"
        f'<audio controls preload="none" src="{s.id}/song.mp3"></audio>'
        f'<a href="{s.id}/sound.png"><img src="{s.id}/sound.png" alt="spectrogram, tune and loudness"></a>'
        f'<a href="{s.id}/score.png"><img src="{s.id}/score.png" alt="every part on one page"></a></section>'
        for s in styles
    )
    words = html.escape(minute_words())
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>songwright: the same words in every genre</title>
<style>body{{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}}
img{{width:100%;height:auto}}audio{{width:100%}}pre{{background:#f4f4f4;padding:1rem}}</style>
<h1>The same words in every genre</h1><pre>{words}</pre>
{entries}
</html>
"""
