"""The spaces of the record: a small room that all share, a plate for voices and leads, echoes after sung lines."""

from __future__ import annotations

import numpy as np

from songwright.desk.balance import Chair
from songwright.desk.moves import HOP
from songwright.desk.settings import Settings
from songwright.dsp import dynamics, envelopes, filters, space, units
from songwright.values.audio import RATE_HZ
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.seed import Seed

NO_SEND_DB = -59.0
STEM = "rooms"
_BLOCK = 2**18  # frames
_STEP_BACK_DB = 6.0
_ECHO_IN_S, _ECHO_OUT_S = 0.02, 0.12  # an echo opens as a line ends and has closed when the next begins
# How much more (or less) than the lead each role is heard in the room and in the plate, dB.
_DISTANCES = {
    "lead": (0.0, 0.0),
    "backing": (3.0, 4.0),
    "drums": (4.0, -7.0),
    "bass": (-8.0, -60.0),
    "comping": (2.0, -3.0),
    "pad": (0.0, 2.0),
    "answer": (2.0, 1.0),
}


def spaces(settings: Settings, seed: Seed) -> tuple[np.ndarray, np.ndarray]:
    """What returns from the room and from the plate, each float32 (2, frames), energy 1 a side."""
    room = space.Room(
        settings.room_s, bass=0.9, treble=0.6, pre_delay_s=0.003, early=0.6, size_m=4.5, top_hz=9500.0
    )
    plate = space.Room(
        settings.plate_s, bass=0.8, treble=0.65, pre_delay_s=0.022, early=0.1, size_m=2.0, top_hz=8500.0
    )
    return space.room_response(room, seed.child("room")), space.room_response(plate, seed.child("plate"))


def returns(chair: Chair, around: tuple[np.ndarray, np.ndarray], settings: Settings) -> np.ndarray:
    """Room and plate as heard for one strip, mixed into one response; float32 (2, frames)."""
    room, plate = around
    nearer, wetter = _DISTANCES.get(chair.role, _DISTANCES["comping"])
    mixed = np.zeros((2, max(room.shape[1], plate.shape[1])), dtype=np.float32)
    for response, send_db in ((room, settings.room_db + nearer), (plate, settings.plate_db + wetter)):
        if send_db > NO_SEND_DB:
            mixed[:, : response.shape[1]] += units.db_to_amplitude(send_db).astype(np.float32) * response
    return mixed


def around_voice(
    into: np.ndarray,
    sound: np.ndarray,
    level: float,
    chair: Chair,
    around: tuple[np.ndarray, np.ndarray],
    settings: Settings,
) -> None:
    """Add what returns of one singer from room and plate, in place.

    into: the stem of rooms, (2, frames). sound: the dry voice, (2, frames); level: its fader, which the send
    comes after. Voices stay dry in their own stems: words survive, and whoever mixes again can choose
    another space.
    """
    response = returns(chair, around, settings)
    for start in range(0, sound.shape[1], _BLOCK):
        middle = sound[:, start : start + _BLOCK].mean(axis=0, keepdims=True) * np.float32(level)
        if middle.any():
            here = into[:, start : start + middle.shape[1] + response.shape[1] - 1]
            here += space.convolve(middle, response)[:, : here.shape[1]]


def step_back(into: np.ndarray, voice: np.ndarray) -> None:
    """Turn the rooms of singers down by 6 dB while the lead sings, so that they do not wash over words, in place.

    into: the stem of rooms, (2, frames). voice: `moves.presence` of the lead.
    """
    dynamics.apply_gain(into, units.db_to_amplitude(-_STEP_BACK_DB * voice), HOP)


def throw_echoes(
    into: np.ndarray,
    sound: np.ndarray,
    level: float,
    performance: Performance,
    plan: SongPlan,
    settings: Settings,
) -> None:
    """Throw the end of each line of the lead into an echo in time with the song, where the singer rests.

    into: (2, frames), added to in place. sound: the lead, (2, frames); level: its fader. Nothing of the echo is heard
    before the line is over or once the next begins, so it masks no word.
    """
    if settings.echo_db <= NO_SEND_DB:
        return
    colour = filters.chain(filters.high_pass(350.0), filters.low_pass(4200.0))
    send = units.db_to_amplitude(settings.echo_db).astype(np.float32) * np.float32(level)
    for end_s, rest_s in line_ends_s(performance):
        beat_s = beat_s_at(plan, end_s)
        delay_s = settings.echo_beats * beat_s
        repeats = int(min(3, rest_s / delay_s))
        start, stop = round(max(0.0, end_s - min(0.5, beat_s)) * RATE_HZ), round((end_s + 0.05) * RATE_HZ)
        if repeats < 1 or stop > sound.shape[1]:
            continue
        word = envelopes.fade_edges(sound[:, start:stop], 0.08, 0.05)
        word = filters.run(colour, word) * send
        tail = space.echoes(word, delay_s, 0.55, repeats, 3500.0) / 0.55
        first = round(end_s * RATE_HZ) - start
        heard = tail[:, first : first + round(rest_s * RATE_HZ)]
        heard = envelopes.fade_edges(heard, _ECHO_IN_S, _ECHO_OUT_S)
        here = into[:, start + first : start + first + heard.shape[1]]
        here += heard[:, : here.shape[1]].astype(np.float32)


def line_ends_s(performance: Performance) -> list[tuple[float, float]]:
    """When the lead ends each line, and how long the rest after it is; seconds, in order."""
    phones = sorted(
        (phone.onset_s, phone.offset_s, phone.line if phone.line is not None else -1)
        for part in performance.sung
        if part.role == "lead"
        for phrase in part.phrases
        for phone in phrase.phones
    )
    ends = []
    for here, after in zip(phones, [*phones[1:], None], strict=True):
        if after is None or after[2] != here[2]:
            until = after[0] if after is not None else performance.duration_s
            ends.append((here[1], max(0.0, until - here[1])))
    return ends


def beat_s_at(plan: SongPlan, time_s: float) -> float:
    """Length of a quarter note at a time of the song, seconds."""
    tick = plan.tempo_map.tick_at(time_s)
    return plan.tempo_map.seconds_at(tick + 480) - plan.tempo_map.seconds_at(tick)
