"""Make the diphone banks of the built-in singers from the flite voices (needed once; the wheel carries the result).

    nice python recipes/build_banks.py rms slt        # needs the `flite` program (Debian package flite), minutes

For every pair of phones a small nonsense word is spoken, slowly. WORLD takes it apart into spectral envelope and
aperiodicity; the second half of the first phone and the first half of the second are kept. What the arrays of a
bank mean is written in `songwright.singer.bank`, which reads them.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from scipy.signal import butter, sosfilt

from songwright.singer.bank import DIMENSIONS, PHONES, SOURCE_RATE_HZ, VOWELS, analysis_matrix

STRETCH = 1.6
FRAME_S = 0.005
FLOOR_DB = -75.0
REST_S = 0.07
VOICES = Path(__file__).resolve().parents[1] / "src" / "songwright" / "voices"
VOICELESS = frozenset(("P", "T", "K", "CH", "F", "TH", "S", "SH", "HH", "PAU"))


def carrier(a: str, b: str) -> tuple[list[str], int]:
    """A nonsense word in which a is followed by b: phones for flite, and where a stands among them."""

    def name(phone: str) -> str:
        return phone.lower() + ("1" if phone in VOWELS and phone != "AX" else "")

    if a == "PAU":
        tail = [name(b), "t", "ax", "pau"] if b in VOWELS else [name(b), "ah1", "t", "ax", "pau"]
        return ["pau", *tail], 0
    if b == "PAU":
        head = ["pau", "t", name(a)] if a in VOWELS else ["pau", "t", "ah1", name(a)]
        return [*head, "pau"], len(head) - 1
    if a in VOWELS:
        tail = ["t", "ax", "pau"] if b in VOWELS else ["ax", "pau"]
        return ["pau", "t", name(a), name(b), *tail], 2
    if b in VOWELS:
        return ["pau", "m", "ax", name(a), name(b), "t", "ax", "pau"], 3
    return ["pau", "t", "ah1", name(a), name(b), "ah1", "t", "ax", "pau"], 3


def speak(voice: str, phones: list[str]) -> tuple[np.ndarray, list[tuple[str, float]]]:
    """The word as flite says it: samples at 16 kHz, and each phone with its end in seconds."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        said = subprocess.run(
            ["flite", "-voice", voice, "--setf", f"duration_stretch={STRETCH}", "-psdur", "-p", " ".join(phones),
             "-o", file.name],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        sound, rate = soundfile.read(file.name)
    if rate != SOURCE_RATE_HZ:
        raise SystemExit(f"flite speaks at {rate} Hz, this recipe wants {SOURCE_RATE_HZ}")
    ends = [(item.split(":")[0], float(item.split(":")[1])) for item in said.split()]
    if [p for p, _ in ends] != [p.rstrip("1") for p in phones]:
        raise SystemExit(f"flite said {ends} for {phones}")
    return sound, ends


def settle_borders(ends: list[tuple[str, float]], sound: np.ndarray) -> list[tuple[str, float]]:
    """Move each border between a voiced and a voiceless phone to where the body of the voice comes or goes.

    flite's borders are off by up to 100 ms. The body is the energy below 1 kHz; 22 dB under its maximum nearby it is
    taken as gone.
    """
    body = sosfilt(butter(2, (100, 1000), "bandpass", fs=SOURCE_RATE_HZ, output="sos"), sound) ** 2
    level = 10 * np.log10(np.convolve(body, np.hanning(160) / 80, mode="same")[::40] + 1e-12)
    times = np.arange(len(level)) * 40 / SOURCE_RATE_HZ
    settled = list(ends)
    for k in range(len(ends) - 1):
        (a, border), (b, end) = settled[k], settled[k + 1]
        before, after = a.upper() not in VOICELESS, b.upper() not in VOICELESS
        if before == after:
            continue
        vowel = (b if after else a).upper() in VOWELS
        reach = 0.11 if vowel else 0.05
        near = np.abs(times - border) < reach
        there = level > level[np.abs(times - border) < 0.15].max() - (22.0 if vowel else 30.0)
        change = near[1:] & (there[1:] == after) & (there[:-1] == before)
        good = times[1:][change]
        good = good[(good > (settled[k - 1][1] if k else 0.0) + 0.02) & (good < end - 0.02)]
        if len(good):
            settled[k] = (a, float(good[np.argmin(np.abs(good - border))]))
    return settled


Analysis = tuple[np.ndarray, np.ndarray, list[tuple[str, float]]]


def analyse(sound: np.ndarray, ends: list[tuple[str, float]]) -> Analysis:
    """Log envelope in dB (frames, bins), aperiodicity in dB at 3 and 6 kHz (frames, 2), 5 ms a frame; phone ends."""
    rng = np.random.Philox(key=1)
    sound = sound + 1e-5 * (rng.random_raw(len(sound)) * 2.0**-63 - 1.0)
    f0, times = pyworld.dio(sound, SOURCE_RATE_HZ, frame_period=FRAME_S * 1000)
    f0 = pyworld.stonemask(sound, f0, times, SOURCE_RATE_HZ)
    ends = settle_borders(ends, sound)
    voiced = np.zeros(len(f0), bool)
    start = 0.0
    for phone, end in ends:
        if phone.upper() not in VOICELESS:
            voiced |= (times >= start) & (times < end)
        start = end
    if np.any(f0 > 0):
        f0 = np.where(voiced, np.interp(times, times[f0 > 0], f0[f0 > 0]), 0.0)
    power = pyworld.cheaptrick(sound, f0, times, SOURCE_RATE_HZ)
    wide = pyworld.d4c(sound, f0, times, SOURCE_RATE_HZ, fft_size=(power.shape[1] - 1) * 2)
    bins = [round(f * (wide.shape[1] - 1) * 2 / SOURCE_RATE_HZ) for f in (3000.0, 6000.0)]
    return 10 * np.log10(power + 1e-16), 20 * np.log10(np.maximum(wide[:, bins], 1e-3)), ends


def unit(job: tuple[str, str, str]) -> dict:
    """One pair: coded envelope, aperiodicity, lengths of both halves, level of the vowels around it."""
    voice, a, b = job
    phones, at = carrier(a, b)
    sound, ends = speak(voice, phones)
    envelope, noise, ends = analyse(sound, ends)
    coded = envelope @ analysis_matrix(envelope.shape[1])
    edge = [0.0] + [end for _, end in ends]
    start, border, stop = edge[at], edge[at + 1], edge[at + 2]
    first = max(start + 0.5 * (border - start), border - REST_S if a == "PAU" else 0.0)
    last = min(border + 0.5 * (stop - border), border + REST_S if b == "PAU" else 1e9)
    low, mid, high = (round(t / FRAME_S) for t in (first, border, last))
    low, high = min(low, mid - 3), max(high, mid + 3)
    freqs = np.linspace(0, SOURCE_RATE_HZ / 2, envelope.shape[1])
    band = (freqs > 150) & (freqs < 4000)
    levels = {}
    for i, phone in enumerate(phones):
        if phone.endswith("1") or (phone == "ax" and "AX" in (a, b)):
            s, e = edge[i], edge[i + 1]
            rows = slice(round((s + (e - s) / 3) / FRAME_S), round((e - (e - s) / 3) / FRAME_S) + 1)
            level = 10 * np.log10(np.mean(10 ** (envelope[rows][:, band] / 10)))
            levels.setdefault(phone.rstrip("1").upper(), []).append(level)
    return {
        "pair": (a, b), "coded": coded[low:high], "noise": noise[low:high], "left": mid - low, "right": high - mid,
        "levels": {k: float(np.mean(v)) for k, v in levels.items()},
        "durations": ((a, (border - start) / STRETCH), (b, (stop - border) / STRETCH)),
    }  # fmt: skip


def level_carriers(units: list[dict]) -> None:
    """Bring every nonsense word to the level its vowels have on average, so consonants keep their natural share."""
    usual: dict[str, list[float]] = {}
    for u in units:
        for phone, level in u["levels"].items():
            usual.setdefault(phone, []).append(level)
    mean = {phone: float(np.median(levels)) for phone, levels in usual.items()}
    for u in units:
        if u["levels"]:
            gap = np.mean([mean[phone] - level for phone, level in u["levels"].items()])
            u["coded"][:, 0] += gap


def pack(units: list[dict]) -> dict[str, np.ndarray]:
    """The arrays of a bank, see `songwright.singer.bank`."""
    count = len(PHONES)
    start, left, right = (np.full((count, count), -1, np.int32) for _ in range(3))
    row = 0
    for u in units:
        i, j = (PHONES.index(p) for p in u["pair"])
        start[i, j], left[i, j], right[i, j] = row, u["left"], u["right"]
        row += len(u["coded"])
    coded = np.concatenate([u["coded"] for u in units])
    coded[:, 0] = np.maximum(coded[:, 0], coded[:, 0].max() + FLOOR_DB)
    low, high = np.percentile(coded, 0.02, axis=0), np.percentile(coded, 99.98, axis=0)
    step = (high - low) / 255
    envelope = np.clip(np.round((coded - low) / step), 0, 255).astype(np.uint8)
    noise = np.clip(np.round(-np.concatenate([u["noise"] for u in units]) * 4), 0, 255).astype(np.uint8)
    natural = np.zeros(count, np.float32)
    for k, phone in enumerate(PHONES):
        spans = [d for u in units for p, d in u["durations"] if p == phone]
        natural[k] = np.median(spans)
    return {
        "start": start, "left": left.astype(np.int16), "right": right.astype(np.int16), "envelope": envelope,
        "low": low.astype(np.float32), "step": step.astype(np.float32), "noise": noise, "natural_s": natural,
    }  # fmt: skip


def sign_cards(bank: str, fingerprint: str) -> None:
    """Write a bank's fingerprint into the cards of all voices that use it."""
    for card in sorted(VOICES.glob("*.toml")):
        text = card.read_text()
        if f'bank = "{bank}"' in text:
            card.write_text(re.sub(r'sha256 = "[0-9a-f]*"', f'sha256 = "{fingerprint}"', text))


def build(voice: str, workers: int) -> None:
    """Speak, analyse and write one bank; print its size and fingerprint."""
    pairs = [(voice, a, b) for a in PHONES for b in PHONES if (a, b) != ("PAU", "PAU")]
    with ProcessPoolExecutor(workers) as pool:
        units = list(pool.map(unit, pairs, chunksize=20))
    level_carriers(units)
    path = VOICES / f"{voice}.npz"
    fresh = path.with_suffix(".new.npz")
    np.savez_compressed(fresh, **pack(units))
    fresh.replace(path)
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
    sign_cards(voice, fingerprint)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, sha256 {fingerprint}")
    print(f"{DIMENSIONS} dimensions, {sum(len(u['coded']) for u in units)} frames, {len(units)} pairs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voices", nargs="+", help="flite voices: rms slt")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    for wanted in asked.voices:
        build(wanted, asked.workers)
