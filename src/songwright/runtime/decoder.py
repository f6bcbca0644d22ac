"""The composer's network at work: songs as rows of tokens, several at once, each remembering what it heard.

The network is made of whole numbers (`train.nets.integer`), so that what comes out of it is the same to the last bit on
every machine, on any number of threads, however many rows stand beside each other and however they are cut: a prompt
heard at once is the prompt heard token by token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from songwright.errors import ShelfError
from songwright.music.tokens import NAMES
from songwright.runtime.drawing import UNIT, surprise
from songwright.runtime.session import Network

_CLOSED = np.float32(
    -(2.0**25)
)  # added to the score of what may not be heard: further down than scores reach
_BLOCK = 64  # places by which memory grows
_PIECE = 256  # tokens heard at once: more would only need more memory
_PROBE = 300  # tokens of the row that tells machines apart
_ABREAST = 4  # rows whose costs are counted together


class Decoder:
    """A network that continues rows of tokens."""

    def __init__(self, data: bytes, name: str = "composer", threads: int = 1) -> None:
        """data: the file (`ctx.shelf.network(name)`). ShelfError where it is damaged or something else."""
        self.network = Network(data, name, threads, plain=True)
        self.name = name
        notes = self.network.metadata
        try:
            self.vocabulary = tuple(json.loads(notes["vocabulary"]))
            unit, self.longest = int(notes["unit"]), int(notes["longest"])
            self.layers = sum(item.startswith("keys_") for item in self.network.inputs)
            _, self.heads, self.size, _ = self.network.shapes["keys_0"]
            fits = self.network.kinds["keys_0"] == "tensor(int8)"
        except (KeyError, ValueError) as problem:
            raise ShelfError(name, "is no network that continues songs") from problem
        if not fits:
            raise ShelfError(
                name, "was made by another version; export it again, or install songwright again"
            )
        if self.vocabulary != NAMES or unit != UNIT:
            raise ShelfError(
                name, "was made with another vocabulary; export it again, or install songwright again"
            )

    def open(self, prompt: Sequence[int], count: int = 1) -> Session:
        """`count` equal rows that have heard a prompt (at least one token); it is heard once."""
        if not len(prompt) or count < 1:
            raise ValueError("a session begins with at least one token and one row")
        past = _Past(self, 1)
        logits = past.hear([prompt])
        past.choose([0] * count)
        return Session(past, np.repeat(logits, count, axis=0))

    def hear(self, row: Sequence[int]) -> np.ndarray:
        """What may come after each token of a row: logits (tokens, vocabulary) int32."""
        past = _Past(self, 1)
        return np.concatenate([past.hear([row[at : at + _PIECE]], True) for at in range(0, len(row), _PIECE)])

    def digest(self) -> str:
        """SHA-256 of what it makes of a fixed row: for one file the same on every machine, as its card has it."""
        row = [n * 37 % len(self.vocabulary) for n in range(_PROBE)]
        return hashlib.sha256(self.hear(row).astype("<i4").tobytes()).hexdigest()

    def costs(self, rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """What every token of given rows costs after those before it: int32, 1024 to a nat; 0 for the first."""
        found: list[np.ndarray] = [np.zeros(len(row), dtype=np.int32) for row in rows]
        order = sorted((n for n, row in enumerate(rows) if len(row) > 1), key=lambda n: len(rows[n]))
        for start in range(0, len(order), _ABREAST):
            group = order[start : start + _ABREAST]
            past = _Past(self, len(group))
            for at in range(0, len(rows[group[-1]]) - 1, _PIECE):
                heard = [rows[n][:-1][at : at + _PIECE] for n in group]
                logits = past.hear(heard, every=True)
                targets = [int(token) for n in group for token in rows[n][1:][at : at + _PIECE]]
                costs = surprise(logits, targets)
                ends = np.cumsum([len(row) for row in heard])
                for n, row, end in zip(group, heard, ends, strict=True):
                    found[n][at + 1 : at + 1 + len(row)] = costs[end - len(row) : end]
        return found


class Session:
    """Rows that grow. logits: (rows, vocabulary) int32, what comes next in each, 1024 to a nat."""

    def __init__(self, past: _Past, logits: np.ndarray) -> None:
        self._past = past
        self.logits = logits

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many tokens each row has heard."""
        return tuple(int(n) for n in self._past.lengths)

    def push(self, tokens: Sequence[Sequence[int]]) -> None:
        """Each row hears its tokens: any number, also none; then `logits` tell what comes next."""
        if len(tokens) != len(self.logits):
            raise ValueError(f"{len(self.logits)} rows were given tokens for {len(tokens)}")
        moved = [n for n, row in enumerate(tokens) if len(row)]
        if moved:
            found = self._past.hear(tokens)
            if len(moved) == len(self.logits):
                self.logits = found
            else:
                self.logits = self.logits.copy()
                self.logits[moved] = found

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows, in this order; one may be named twice and goes on as two."""
        self.logits = self.logits[list(rows)]
        self._past.choose(rows)


class _Past:
    """What rows have heard: keys (layers, rows, heads, size, room) and values (layers, rows, heads, room, size)."""

    def __init__(self, decoder: Decoder, rows: int) -> None:
        self.decoder = decoder
        self.lengths = np.zeros(rows, dtype=np.int64)
        self._keys = np.zeros((decoder.layers, rows, decoder.heads, decoder.size, 0), dtype=np.int8)
        self._values = np.zeros((decoder.layers, rows, decoder.heads, 0, decoder.size), dtype=np.int8)
        self._closed = np.zeros((rows, 0), dtype=np.float32)
        self._make_room(1)

    def choose(self, rows: Sequence[int]) -> None:
        """Go on with some rows only, or with copies of them."""
        chosen = list(rows)
        self._keys, self._values = self._keys[:, chosen], self._values[:, chosen]
        self._closed, self.lengths = self._closed[chosen], self.lengths[chosen]

    def hear(self, tokens: Sequence[Sequence[int]], every: bool = False) -> np.ndarray:
        """Each row hears its tokens. Logits after the last of each row that heard any; `every`: after every token.

        Rows lie behind each other in (n, vocabulary).
        """
        most = max(len(row) for row in tokens)
        if int(max(n + len(row) for n, row in zip(self.lengths, tokens, strict=True))) > self.decoder.longest:
            raise ShelfError(
                self.decoder.name, f"cannot follow a song of more than {self.decoder.longest} tokens"
            )
        if every or most <= _PIECE:
            return self._piece(tokens, every)
        found: dict[int, np.ndarray] = {}
        for at in range(0, most, _PIECE):
            pieces = [row[at : at + _PIECE] for row in tokens]
            moved = [n for n, piece in enumerate(pieces) if len(piece)]
            found |= dict(zip(moved, self._piece(pieces, False), strict=True))
        return np.stack([found[n] for n in sorted(found)])

    def _piece(self, tokens: Sequence[Sequence[int]], every: bool) -> np.ndarray:
        counts = [len(row) for row in tokens]
        most = max(counts)
        self._make_room(int(self.lengths.max()) + most)
        ids = np.zeros((len(tokens), most), dtype=np.int64)
        for n, row in enumerate(tokens):
            ids[n, : len(row)] = row
        # what stands behind the end of a shorter row is heard by nobody: later places are closed to earlier ones
        if every:
            wanted = np.concatenate([n * most + np.arange(count) for n, count in enumerate(counts)])
        else:
            wanted = np.array([n * most + count - 1 for n, count in enumerate(counts) if count])
        places = np.minimum(self.lengths[:, None] + np.arange(most), self.decoder.longest - 1)
        arrays = {"tokens": ids, "positions": places, "mask": self._mask(most), "wanted": wanted}
        for n in range(self.decoder.layers):
            arrays[f"keys_{n}"], arrays[f"values_{n}"] = self._keys[n], self._values[n]
        made = self.decoder.network.run(arrays)
        self._remember(made["new_keys"], made["new_values"], counts)
        return made["logits"]

    def _mask(self, count: int) -> np.ndarray:
        """(rows, count, room + count): 0 for what a new token hears, far below 0 for what it does not."""
        rows, room = self._closed.shape
        mask = np.zeros((rows, count, room + count), dtype=np.float32)
        mask[:, :, :room] = self._closed[:, None]
        if count > 1:
            mask[:, :, room:] = np.triu(np.full((count, count), _CLOSED), 1)
        return mask

    def _remember(self, keys: np.ndarray, values: np.ndarray, counts: Sequence[int]) -> None:
        for n, count in enumerate(counts):
            start = int(self.lengths[n])
            end = start + count
            self._keys[:, n, :, :, start:end] = keys[:, n, :, :, :count]
            self._values[:, n, :, start:end] = values[:, n, :, :count]
            self._closed[n, start:end] = 0.0
        self.lengths += counts

    def _make_room(self, places: int) -> None:
        """Memory for so many places; it grows by blocks, and what is not used is closed."""
        room = self._closed.shape[1]
        more = -(-places // _BLOCK) * _BLOCK - room
        if more <= 0:
            return
        self._keys = np.pad(self._keys, ((0, 0),) * 4 + ((0, more),))
        self._values = np.pad(self._values, ((0, 0),) * 3 + ((0, more), (0, 0)))
        self._closed = np.pad(self._closed, ((0, 0), (0, more)), constant_values=_CLOSED)
