"""Learn where every English word is stressed, for dictionaries that do not say.

Run: python recipes/build_stress.py DATA/lexicon [--out src/songwright/weights] [--check UNSTRESSED.dict]

Each pronunciation of two syllables or more in the CMU Pronouncing Dictionary becomes a 32-bit fingerprint and the
number of its stress pattern. `songwright.text.lexicon.StressTable` reads the table. With --check, prints how many
words of a dictionary without stress digits get the stress that the CMU dictionary gives them.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from songwright.text.lexicon import StressTable, fingerprint, parse_dictionary
from songwright.text.phonemes import stress_of, without_stress
from songwright.text.phones import is_vowel
from songwright.text.stress import likely_pattern


def pattern_of(phones: tuple[str, ...]) -> str:
    """The stress digits of a pronunciation."""
    return "".join(str(stress_of(phone)) for phone in phones if is_vowel(phone))


def build(text: str) -> dict[str, np.ndarray]:
    """The table's arrays; where two pronunciations differ in stress alone, the first one listed counts."""
    found: dict[int, str] = {}
    for word, pronunciations in parse_dictionary(text).items():
        for phones in pronunciations:
            pattern = pattern_of(phones)
            if len(pattern) > 1:
                found.setdefault(fingerprint(word, without_stress(phones)), pattern)
    patterns = [pattern for pattern, _ in Counter(found.values()).most_common(255)]
    number = {pattern: n for n, pattern in enumerate(patterns)}
    rows = sorted((mark, number[pattern]) for mark, pattern in found.items() if pattern in number)
    return {
        "fingerprint": np.array([mark for mark, _ in rows], dtype=np.uint32),
        "pattern": np.array([n for _, n in rows], dtype=np.uint8),
        "patterns": np.array(patterns),
    }


def measure(arrays: dict[str, np.ndarray], truth_text: str, plain_text: str) -> dict[str, float]:
    """How often the stress of the true dictionary is given to the words of a plain one (two syllables and more)."""
    table, truth = StressTable(arrays), parse_dictionary(truth_text)
    tally: dict[str, int] = defaultdict(int)
    for word, pronunciations in parse_dictionary(plain_text).items():
        for phones in pronunciations:
            if sum(is_vowel(phone) for phone in phones) < 2:
                continue
            listed = [pattern_of(p) for p in truth.get(word, ()) if without_stress(p) == phones]
            tally["pronunciations"] += 1
            tally["in the table"] += table.pattern(word, phones) is not None
            if listed:
                tally["in both"] += 1
                tally["right"] += pattern_of(table.stressed(word, phones)) in listed
                tally["right by rule alone"] += likely_pattern(phones) in listed
    return {
        **tally,
        "accuracy": tally["right"] / tally["in both"],
        "rule": tally["right by rule alone"] / tally["in both"],
    }


def main() -> None:
    """Build, check, write the table and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lexicon", type=Path, help="folder with cmudict.dict")
    parser.add_argument("--out", type=Path, default=Path("src/songwright/weights"))
    parser.add_argument("--check", type=Path, help="a dictionary without stress digits")
    arguments = parser.parse_args()
    text = (arguments.lexicon / "cmudict.dict").read_text(encoding="utf-8")
    arrays = build(text)
    path = arguments.out / "stress-en.npz"
    np.savez_compressed(path, **arrays)
    lines = [
        'id = "stress-en"',
        'name = "Stress, English"',
        'about = "Where known words are stressed: 32-bit fingerprints and the number of a stress pattern."',
        'licence = "Apache-2.0 (table); learned from the CMU Pronouncing Dictionary (BSD-2-Clause)"',
        'source = "CMU Pronouncing Dictionary, (c) 1993-2015 Carnegie Mellon University, cmusphinx/cmudict"',
        'language = "en"',
        "commercial_use = true",
        'recipe = "recipes/build_stress.py"',
        f"entries = {len(arrays['fingerprint'])}",
        f"bytes = {path.stat().st_size}",
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
    ]
    if arguments.check:
        figures = measure(arrays, text, arguments.check.read_text(encoding="utf-8"))
        print(figures)
        lines += ["", "[against_a_dictionary_without_stress]", f"accuracy = {figures['accuracy']:.5f}"]
        lines += [f"rule_alone = {figures['rule']:.5f}", f"pronunciations = {figures['in both']}"]
    (arguments.out / "stress-en.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB, {len(arrays['patterns'])} patterns")


if __name__ == "__main__":
    main()
