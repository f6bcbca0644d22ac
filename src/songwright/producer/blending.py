"""Two genres in one song: which chair, groove, chord and fader comes from which, by rule.

The genre with the greater share leads (the first named, where they are even). Shares of the leader and the other
are a and b, a + b = 1.

* Chairs are dealt in the order drums, bass, chords, answer, chords, pad: each to the genre whose share over the chairs
  it has already, plus one, is greater (D'Hondt), with what that chair knows; a chair one lacks comes from the other.
* Groove: the drummer keeps kick, snare, rim, claps and toms; from a third share on, cymbals, shaker and tambourine are
  those of the other genre's groove at that energy. Snare builds come along. Fills are the drummer's.
* Harmony: phrases, cadences and functions of both stand side by side, weighted a and b.
* Tune: habits are means by share; line forms of both may be drawn.
* Form, stops, drops, builds, half-time, key lift, riff, harmony singers: the leader's; energies are means; the other's
  breaks fill places left free.
* Tempo: means by share, the other's taken at half or double where that is nearer. Meters both know; modes of both.
* Mix and performance: means by share, in decibels where the desk thinks in decibels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from songwright.errors import BriefError
from songwright.values.shelf import Style

_SEATS = ("drums", "bass", "comping", "answer", "comping", "pad")
_GARNISH = ("hat-closed", "hat-open", "hat-pedal", "ride", "ride-bell", "shaker", "tambourine", "cowbell")
_GARNISH_SHARE = 1.0 / 3.0
_MODES = ("major", "minor", "mixolydian", "dorian")
_ASIDE = "Write it like country:0.6,electronic:0.4."
Tables = Mapping[str, Any]


def is_blend(genre: str) -> bool:
    """Whether a genre's name asks for a mixture of two."""
    return ":" in genre and "," in genre


def shares_of(genre: str) -> tuple[tuple[str, float], tuple[str, float]]:
    """ "country:0.6,electronic:0.4" as two names with shares that add up to 1, the leader first. Raises BriefError."""
    pieces = [piece.strip().lower().partition(":") for piece in genre.split(",")]
    if len(pieces) != 2:
        raise BriefError("blend", f"{genre[:60]!r} should name two genres.", _ASIDE)
    found = []
    for name, _, share in pieces:
        try:
            amount = float(share)
        except ValueError:
            amount = -1.0
        if not name.strip() or not 0 < amount <= 100:
            raise BriefError("blend", f"{genre[:60]!r} is no mixture.", _ASIDE)
        found.append((name.strip(), amount))
    if found[0][0] == found[1][0]:
        raise BriefError("blend", "mixes a genre with itself.", _ASIDE)
    total = found[0][1] + found[1][1]
    found.sort(key=lambda piece: -piece[1])
    return (found[0][0], found[0][1] / total), (found[1][0], found[1][1] / total)


def blended(genre: str, lead: Style, other: Style, share: float) -> Style:
    """The style of a mixture. share: that of `lead`, 0.5..1. Its `about` says what came from which."""
    seats, chairs = _chairs(lead, other, share)
    tables: dict[str, Any] = {
        "tempo": _tempo(lead.tables["tempo"], other.tables["tempo"], share),
        "parts": {
            name: {key: chair[key] for key in ("role", "instrument", "stem")}
            for name, chair in chairs.items()
        },
        "harmony": _harmony(lead.tables["harmony"], other.tables["harmony"], share),
        "melody": _melody(lead.tables["melody"], other.tables["melody"], share),
        "form": _form(lead.tables["form"], other.tables["form"], share),
        "performance": _means(lead.tables.get("performance", {}), other.tables.get("performance", {}), share),
        "mix": _means(lead.tables.get("mix", {}), other.tables.get("mix", {}), share),
        "arrangement": _arrangement(lead.tables, other.tables, share, chairs),
        "comping": {},
    }
    for name, chair in chairs.items():
        role, home = chair["role"], chair["home"]
        if role == "comping":
            tables["comping"][name] = home.tables["comping"][chair["part"]]
        elif role == "drums":
            tables["drums"] = _drums(home, other if home is lead else lead, lead, share)
        elif role in home.tables:
            tables.setdefault(role, home.tables[role])
    for name in ("backing", "voice"):
        if name in lead.tables:
            tables[name] = lead.tables[name]
    if "riff" in lead.tables:
        own = {chair["part"]: name for name, chair in chairs.items() if chair["home"] is lead}
        players = [own[part] for part in lead.tables["riff"]["players"] if part in own]
        if players:
            tables["riff"] = {**lead.tables["riff"], "players": players}
    licence = "; ".join(dict.fromkeys((lead.licence, other.licence)))
    return Style(genre, f"{lead.name} and {other.name}", _about(lead, other, share, seats), licence, tables)


def _chairs(
    lead: Style, other: Style, share: float
) -> tuple[list[tuple[str, Style]], dict[str, dict[str, Any]]]:
    """Who brings which chair: (stem, genre) in order, and the parts by their new ids."""
    left = {id(style): list(style.tables["parts"].items()) for style in (lead, other)}
    seats: list[tuple[str, Style]] = []
    chairs: dict[str, dict[str, Any]] = {}
    had = {id(lead): 0, id(other): 0}
    for role in _SEATS:
        fair = share * (had[id(other)] + 1) + 1e-9 >= (1 - share) * (had[id(lead)] + 1)
        for home in (lead, other) if fair else (other, lead):
            found = next((item for item in left[id(home)] if item[1]["role"] == role), None)
            if found is None or found[1]["instrument"] in [chair["instrument"] for chair in chairs.values()]:
                continue
            left[id(home)].remove(found)
            had[id(home)] += 1
            part, chair = found
            name = part if part not in chairs else f"{part}-{home.id}"
            stem = chair["stem"]
            if stem in [known["stem"] for known in chairs.values()]:
                stem = f"{stem}-{home.id}"
            chairs[name] = {**chair, "stem": stem, "part": part, "home": home}
            seats.append((stem, home))
            break
    return seats, chairs


def _about(lead: Style, other: Style, share: float, seats: Sequence[tuple[str, Style]]) -> str:
    whose = {id(style): [stem for stem, home in seats if home is style] for style in (lead, other)}
    parts = "; ".join(
        f"{', '.join(whose[id(style)])} from {style.name}" for style in (lead, other) if whose[id(style)]
    )
    garnish = ""
    drummer = next((home for stem, home in seats if stem == "drums"), lead)
    guest = other if drummer is lead else lead
    if (share if guest is lead else 1 - share) >= _GARNISH_SHARE:
        garnish = f" Cymbals and shakers follow {guest.name}."
    return (
        f"{lead.name} {share:.0%}, {other.name} {1 - share:.0%}: {parts}.{garnish} Form is {lead.name}'s; chords of "
        "both by share; tempo, tune and mix in between."
    )


def _mean(lead: float, other: float, share: float) -> float:
    return round(share * lead + (1 - share) * other, 4)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _means(lead: Tables, other: Tables, share: float) -> dict[str, Any]:
    """Numbers that both name as means by share; what one alone names, or is no number, as it stands."""
    mixed: dict[str, Any] = {}
    for name in dict.fromkeys((*lead, *other)):
        one, two = lead.get(name), other.get(name)
        if _is_number(one) and _is_number(two):
            mixed[name] = _mean(one, two, share)
        elif one is not None:
            mixed[name] = one
        elif name not in ("sixteenths", "drummer"):
            mixed[name] = two
    return mixed


def _tempo(lead: Tables, other: Tables, share: float) -> dict[str, Any]:
    gap = other["nominal"] / lead["nominal"]
    scale = 0.5 if gap > 1.42 else 2.0 if gap < 0.71 else 1.0
    mixed = {
        name: round(_mean(lead[name], other[name] * scale, share)) for name in ("low", "nominal", "high")
    }
    meters = [meter for meter in lead["meters"] if meter in other["meters"]] or lead["meters"]
    modes = list(dict.fromkeys((*lead["modes"], *other["modes"])))
    return {**mixed, "swing": _mean(lead["swing"], other["swing"], share), "meters": meters, "modes": modes}


def _harmony(lead: Tables, other: Tables, share: float) -> dict[str, Any]:
    mixed = {name: value for name, value in _means(lead, other, share).items() if name not in _MODES}
    for mode in _MODES:
        known = [
            (table[mode], part)
            for table, part in ((lead, share), (other, 1 - share))
            if isinstance(table.get(mode), Mapping)
        ]
        if len(known) == 1:
            mixed[mode] = known[0][0]
        elif known:
            mixed[mode] = {
                name: _functions(known, name) if name in ("T", "S", "D") else _phrases(known, name)
                for name in known[0][0]
            }
    return mixed


def _functions(known: Sequence[tuple[Tables, float]], name: str) -> dict[str, float]:
    mixed: dict[str, float] = {}
    for table, part in known:
        total = sum(table[name].values())
        for numeral, weight in table[name].items():
            mixed[numeral] = round(mixed.get(numeral, 0.0) + 100 * part * weight / total, 3)
    return mixed


def _phrases(known: Sequence[tuple[Tables, float]], name: str) -> list[list[Any]]:
    return [
        [phrase if isinstance(phrase, str) else phrase[0], round(100 * part / len(table[name]), 3)]
        for table, part in known
        for phrase in table[name]
    ]


def _melody(lead: Tables, other: Tables, share: float) -> dict[str, Any]:
    mixed = _means(lead, other, share)
    mixed["lift"] = round(mixed["lift"])
    mixed["pace_ms"] = [
        round(_mean(a, b, share)) for a, b in zip(lead["pace_ms"], other["pace_ms"], strict=True)
    ]
    for name in ("starts", "verse", "chorus", "bridge"):
        mixed[name] = [*lead[name], *other[name]]
    return mixed


def _form(lead: Tables, other: Tables, share: float) -> dict[str, Any]:
    taken = {gap["at"] for gap in lead["breaks"]}
    breaks = [*lead["breaks"], *(gap for gap in other["breaks"] if gap["at"] not in taken)]
    return {
        **lead,
        "keys": list(dict.fromkeys((*lead["keys"], *other["keys"]))),
        "line_rate": _mean(lead["line_rate"], other["line_rate"], share),
        "energy": _means(lead["energy"], other["energy"], share),
        "rise": _means(lead["rise"], other["rise"], share),
        "breaks": breaks,
    }


def _arrangement(
    lead: Tables, other: Tables, share: float, chairs: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    one, two = lead.get("arrangement", {}), other.get("arrangement", {})
    mixed = dict(one)
    for name, usual in (("stops", 0.3), ("lift", 0.05)):
        mixed[name] = _mean(one.get(name, usual), two.get(name, usual), share)
    openers = [*one.get("intro", ()), *two.get("intro", ())]
    mixed["intro"] = [
        name
        for name, chair in chairs.items()
        if chair["part"] in chair["home"].tables["arrangement"].get("intro", openers)
    ]
    fast = [table["half_time_bpm"] for table in (one, two) if "half_time_bpm" in table]
    return {**mixed, "half_time_bpm": max(fast)} if fast else mixed


def _drums(home: Style, guest: Style, lead: Style, share: float) -> dict[str, Any]:
    """The drummer's table, with the guest's cymbals and builds where the guest's share is a third or more."""
    own, theirs = home.tables["drums"], guest.tables.get("drums", {})
    if (share if guest is lead else 1 - share) < _GARNISH_SHARE or not theirs:
        return dict(own)
    mixed = {**own, "groove": [_garnished(groove, theirs["groove"]) for groove in own["groove"]]}
    builds = max(own.get("build_bars", 0), theirs.get("build_bars", 0))
    return {**mixed, "build_bars": builds} if builds else mixed


def _garnished(groove: Tables, theirs: Sequence[Tables]) -> Tables:
    """A groove with the cymbals of the other genre's liveliest groove that its energy allows."""
    frame = ("meter", "steps")
    fitting = [
        other
        for other in theirs
        if all(other.get(name) == groove.get(name) for name in frame)
        and not other.get("kinds")
        and other.get("from", 0.0) <= groove.get("from", 0.0) + 0.05
        and any(name in _GARNISH for name in other)
    ]
    if not fitting or not any(name in _GARNISH for name in groove):
        return groove
    guest = max(fitting, key=lambda other: other.get("from", 0.0))
    kept = {name: row for name, row in groove.items() if name not in _GARNISH}
    return {**kept, **{name: row for name, row in guest.items() if name in _GARNISH}}
