"""How good the borders of the aligner are: against another aligner, against speech whose borders are known, by eye.

    python recipes/measure_alignment.py pocketsphinx aligned/kathleen --voice voice/kathleen   # minutes
    python recipes/measure_alignment.py flite --text lyrics/ --speaker slt --minutes 10        # needs `flite`
    python recipes/measure_alignment.py frames aligned/kathleen --voice voice/kathleen
    python recipes/measure_alignment.py picture aligned/kathleen --voice voice/kathleen --out docs/alignment.png

`pocketsphinx`: its own forced alignment (en-us model) of the same phones; a frame of it is centred 7.8 ms after the
time it gives. `flite`: a speaking program says verses and tells when each sound began; the aligner learns from that
sound alone. `frames`: Gaussians learned on the frames of training sentences name the frames of held-out ones.
`picture`: ten held-out clips, spectrogram and borders.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from songwright.text.phones import PHONES, SILENCE
from songwright.train.align.borders import settled
from songwright.train.align.context import in_context
from songwright.train.align.features import HOP_S, clip_features, normalised
from songwright.train.align.graph import Graph, line_graph, plain
from songwright.train.align.models import Sounds, refitted, single
from songwright.train.align.training import learn
from songwright.train.align.writing import Aligned, read_clip_alignment
from songwright.train.corpus import Clip, read_clip, read_corpus

SPHINX_HZ, SPHINX_LATE_S = 16_000, 0.0078


def report(name: str, off_s: list[float]) -> None:
    """Distribution of the differences between two borders."""
    off = np.array(off_s) * 1000
    size = np.abs(off)
    print(
        f"{name}: {len(off)} borders, median |d| {np.median(size):.1f} ms, bias {np.median(off):+.1f} ms, "
        f"within 10 ms {np.mean(size <= 10):.3f}, within 20 ms {np.mean(size <= 20):.3f}, "
        f"beyond 50 ms {np.mean(size > 50):.3f}"
    )


def pairs(aligned: Path, voice: Path, split: str | None = None) -> list[tuple[Clip, Aligned]]:
    """Clips of a voice folder with their alignments."""
    clips = [clip for clip in read_corpus(voice).clips if split is None or clip.split == split]
    return [
        (c, read_clip_alignment(aligned / f"{c.id}.json"))
        for c in clips
        if (aligned / f"{c.id}.json").exists()
    ]


def against_pocketsphinx(aligned: Path, voice: Path) -> None:
    """A fifteenth of the clips, aligned again by PocketSphinx in the words and phones that songwright heard."""
    off: list[float] = []
    lost = 0
    found = pairs(aligned, voice)[::15]
    for clip, ours in found:
        words = [
            [s for s, on, off_s in ours.phones if on >= a - 1e-6 and off_s <= b + 1e-6]
            for _, a, b in ours.words
        ]
        theirs = sphinx_onsets(read_clip(clip), words)
        own = [(symbol, on) for symbol, on, _ in ours.phones if symbol != SILENCE]
        if theirs is None or [s for s, _ in theirs] != [s for s, _ in own]:
            lost += 1
            continue
        off += [a - b for (_, a), (_, b) in zip(own, theirs, strict=True)]
    print(f"{len(found)} clips, {lost} of them PocketSphinx could not align")
    report("against PocketSphinx", off)


def sphinx_onsets(sound: np.ndarray, words: list[list[str]]) -> list[tuple[str, float]] | None:
    """(phone, onset_s) by PocketSphinx, tried with several beams and margins; None when it gives up."""
    for beam in (1e-80, 1e-48, 1e-200):
        for margin in (1600, 3200, 800):
            try:
                return _sphinx(sound, words, beam, margin)
            except RuntimeError:
                continue
    return None


def _sphinx(sound: np.ndarray, words: list[list[str]], beam: float, margin: int) -> list[tuple[str, float]]:
    from pocketsphinx import Decoder, get_model_path

    with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
        names = {" ".join(phones): f"w{n}" for n, phones in enumerate(words)}
        dictionary.write("".join(f"{name} {phones}\n" for phones, name in names.items()))
        dictionary.flush()
        decoder = Decoder(hmm=get_model_path("en-us/en-us"), dict=dictionary.name, lm=None, beam=beam, wbeam=beam,
                          pbeam=beam, loglevel="FATAL")  # fmt: skip
    mono = soxr.resample(sound, 48_000, SPHINX_HZ)
    mono = np.pad(mono * (0.06 / np.sqrt(np.mean(mono**2))), margin)
    mono += 1e-4 * np.random.Generator(np.random.Philox(1)).standard_normal(len(mono))
    pcm = (np.clip(mono, -0.99, 0.99) * 32767).astype("<i2").tobytes()
    decoder.set_align_text(" ".join(names[" ".join(phones)] for phones in words))
    for again in (False, True):
        if again:
            decoder.set_alignment()
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        if not again and decoder.hyp() is None:
            raise RuntimeError("no path")
    late = SPHINX_LATE_S - margin / SPHINX_HZ
    return [
        (p.name, p.start * 0.01 + late) for word in decoder.get_alignment() for p in word if p.name in PHONES
    ]


def against_flite(text: Path, speaker: str, minutes: float) -> None:
    """Learn from sound that flite made, and compare with the times it tells."""
    truth, sounds, seconds = [], [], 0.0
    for verse in verses(text):
        phones, sound, rate = flite(speaker, verse)
        truth.append(phones)
        sounds.append(clip_features(sound, rate))
        seconds += len(sound) / rate
        if seconds > 60 * minutes:
            break
    print(f"{len(truth)} clips, {seconds / 60:.1f} minutes of {speaker}")
    tracks = normalised(sounds)
    graphs = [known_graph(phones) for phones in truth]
    learned = learn(graphs, tracks, lambda n, name, score, sounds: print(f"  {name} {score:.2f}"))
    compare("sounds", truth, graphs, learned.paths, None)
    chains, final = in_context(graphs, tracks, learned, lambda n, name, score, sounds: None)
    compare("sounds among neighbours", truth, chains, final.paths, None)
    compare("and borders settled", truth, chains, final.paths, tracks)


def verses(text: Path) -> list[str]:
    """Pairs of lines out of all books of a folder."""
    lines: list[str] = []
    for book in sorted(text.glob("*.txt")):
        for line in book.read_text(encoding="utf-8", errors="ignore").splitlines():
            plain_line = re.sub(r"[^A-Za-z',.;!? -]", "", line).strip()
            if 4 <= len(plain_line.split()) <= 14:
                lines.append(plain_line)
    chosen = lines[7 :: max(1, len(lines) // 600)]
    return [f"{a} {b}" for a, b in zip(chosen[::2], chosen[1::2], strict=False)]


def flite(speaker: str, verse: str) -> tuple[list[tuple[str, float, float]], np.ndarray, int]:
    """A verse as flite says it: (phone, onset_s, offset_s), samples, rate."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        command = ["flite", "-voice", speaker, "-psdur", "-t", verse, "-o", file.name]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        sound, rate = soundfile.read(file.name)
    phones, at = [], 0.0
    for item in told.split():
        name, _, end = item.partition(":")
        phones.append((name.upper(), at, float(end)))
        at = float(end)
    return phones, sound, rate


def known_graph(phones: list[tuple[str, float, float]]) -> Graph:
    """The phones as "words" of four; pauses may or may not stand between them, as in any line."""
    words: list[list[str]] = [[]]
    for symbol, _, _ in phones:
        if symbol == SILENCE or len(words[-1]) == 4:
            words.append([])
        if symbol != SILENCE:
            words[-1].append(symbol)
    return line_graph([plain(word) for word in words if word])


def compare(
    name: str, truth: list, graphs: list[Graph], paths: list[np.ndarray], tracks: list[np.ndarray] | None
) -> None:
    """Report onsets of all sounds against the truth. tracks: given = settle the borders first."""
    symbols, starts = [], []
    for graph, path in zip(graphs, paths, strict=True):
        tokens = graph.token[path]
        first = np.flatnonzero(np.r_[True, tokens[1:] != tokens[:-1]])
        symbols.append([graph.symbols[t] for t in tokens[first]])
        starts.append(np.where(first > 0, first - 0.5, 0.0))
    if tracks is not None:
        starts = settled(tracks, symbols, starts)
    off: list[float] = []
    for phones, own, at in zip(truth, symbols, starts, strict=True):
        onsets = [s * HOP_S for s, symbol in zip(at, own, strict=True) if symbol != SILENCE]
        off += [a - on for a, (_, on, _) in zip(onsets, (p for p in phones if p[0] != SILENCE), strict=True)]
    report(name, off)


def frames(aligned: Path, voice: Path) -> None:
    """Share of held-out frames whose phone, by the borders of the aligner, mixtures of four Gaussians name rightly."""
    names = sorted(PHONES)
    sets: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"train": [], "test": []}
    for clip, own in pairs(aligned, voice):
        if (clip.split == "train" and len(sets["train"]) >= 500) or clip.split not in sets:
            continue
        track = clip_features(read_clip(clip))
        rows = np.zeros(len(track), dtype=int)
        for symbol, on, off in own.phones:
            rows[round(on / HOP_S) : round(off / HOP_S) + 1] = names.index(symbol)
        sets[clip.split].append((track, rows))
    tracks = normalised([track for part in sets.values() for track, _ in part])
    count = len(sets["train"])
    rows = [row for part in sets.values() for _, row in part]
    heard, said = np.concatenate(tracks[:count]), np.concatenate(rows[:count])
    model: Sounds = single(heard, said, len(names))
    for _ in range(2):
        model = refitted(model.split(), heard, said)
    known = np.unique(said)
    right = [
        known[model.log_likelihood(t, known).argmax(axis=1)] == r
        for t, r in zip(tracks[count:], rows[count:], strict=True)
    ]
    hits = np.concatenate(right)
    print(
        f"{len(hits)} frames of {len(right)} held-out clips, {len(known)} sounds: {hits.mean():.3f} named rightly"
    )


def picture(aligned: Path, voice: Path, out: Path) -> None:
    """Ten held-out clips: spectrogram to 8 kHz, borders, names of the sounds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    texts: dict[str, tuple[Clip, Aligned]] = {}
    for clip, own in pairs(aligned, voice, "test"):
        if 2.0 < own.phones[-1][2] < 3.6:
            texts.setdefault(clip.text, (clip, own))
    chosen = list(texts.values())[:10]
    figure, axes = plt.subplots(len(chosen), 1, figsize=(13, 1.75 * len(chosen)), constrained_layout=True)
    longest = max(own.phones[-1][2] for _, own in chosen)
    for axis, (clip, own) in zip(axes, chosen, strict=True):
        sound = soxr.resample(read_clip(clip), 48_000, SPHINX_HZ)
        axis.specgram(sound + 1e-6, NFFT=256, Fs=SPHINX_HZ, noverlap=224, cmap="Greys", vmin=-110, vmax=-35)
        for symbol, on, off in own.phones:
            axis.axvline(on, color="tab:red", linewidth=0.7)
            if symbol != SILENCE:
                axis.text(
                    0.5 * (on + off), 8150, symbol, ha="center", va="bottom", fontsize=6.5, color="tab:red"
                )
        axis.set_xlim(0, longest)
        axis.set_ylim(0, 8000)
        axis.set_yticks([0, 4000, 8000], ["0", "4", "8 kHz"], fontsize=6)
        axis.tick_params(axis="x", labelsize=6)
        axis.set_title(clip.text, fontsize=7.5, pad=11, loc="left")
    figure.savefig(out, dpi=80)
    print(f"{out}: {len(chosen)} clips")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pocketsphinx", "flite", "frames", "picture"))
    parser.add_argument("aligned", nargs="?", type=Path, help="folder written by `songwright train align`")
    parser.add_argument("--voice", type=Path, help="the recordings themselves")
    parser.add_argument("--text", type=Path, help="folder of .txt with verses, for flite")
    parser.add_argument("--speaker", default="slt")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=Path("docs/alignment.png"))
    given = parser.parse_args()
    if given.what == "flite":
        if given.text is None:
            parser.error("flite needs --text")
        against_flite(given.text, given.speaker, given.minutes)
        return
    if given.aligned is None or given.voice is None:
        parser.error(f"{given.what} needs a folder of alignments and --voice")
    verbs = {"pocketsphinx": against_pocketsphinx, "frames": frames}
    if given.what == "picture":
        picture(given.aligned, given.voice, given.out)
    else:
        verbs[given.what](given.aligned, given.voice)


if __name__ == "__main__":
    main()
