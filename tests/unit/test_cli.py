"""The command line: odd wishes are one clear line and a status, and never leave half a folder behind."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from songwright.cli.app import app
from songwright.cli.console import Listener, _in_letters, give_json
from songwright.cli.options import folder_name, parse_amounts, parse_duration, parse_loudness, spelled_out
from songwright.cli.streaming import handing_on
from songwright.errors import BriefError, Cancelled
from songwright.values.audio import Audio
from songwright.values.context import Progress

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "examples" / "leave-the-gate-unlatched.txt")


def run(*arguments, cwd=None, text=None):
    """A process of its own: the start, the streams and the status as a shell has them."""
    return subprocess.run(
        [sys.executable, "-m", "songwright", *arguments], cwd=cwd, input=text, capture_output=True, text=True
    )


BAD = [
    (["make", "nowhere.txt"], 4, "no such file"),
    (["make", EXAMPLE, "--genre", "countri"], 2, "country"),
    (["make", EXAMPLE, "--persona", "rusty-hail"], 2, "rusty-hale"),
    (["make", EXAMPLE, "--voice", "rm"], 2, "rms"),
    (["make", EXAMPLE, "--key", "H sharp"], 2, "key"),
    (["make", EXAMPLE, "--tempo", "400"], 2, "300"),
    (["make", EXAMPLE, "--meter", "9/7"], 2, "meter"),
    (["make", EXAMPLE, "--duration", "3 minutes"], 2, "1:30"),
    (["make", EXAMPLE, "--duration", "5"], 2, "10"),
    (["make", EXAMPLE, "--duration", "12"], 2, "duration"),
    (["make", EXAMPLE, "--seed", "-3"], 2, "seed"),
    (["make", EXAMPLE, "--engine", "stodio"], 2, "studio"),
    (["make", EXAMPLE, "--character", "gravel:7"], 2, "character"),
    (["make", EXAMPLE, "--format", "aiff"], 2, "format"),
    (["make", EXAMPLE, "--plan", EXAMPLE], 2, "plan"),
    (["make"], 2, "lyrics"),
    (["make", EXAMPLE, "--loud", "-3"], 2, "-30 to -6"),
    (["make", EXAMPLE, "--loud", "--variants", "3"], 2, "mix FOLDER --loud"),
    (["mix", "nowhere", "--loud", "9"], 2, "-30 to -6"),
    (["sing", EXAMPLE], 4, "no score"),
    (["play", "nowhere.mid"], 4, "no such file"),
    (["mix", "nowhere"], 4, "no such folder"),
    (["judge", "nowhere"], 4, "no such file"),
    (["bench", "nothing"], 2, "suite"),
    (["make", EXAMPLE, "--tempo", "fast"], 2, "tempo: should be a valid number. See songwright make --help."),
    (["make", EXAMPLE, "--fast"], 2, "No such option: --fast"),
    (["play"], 2, "score: is missing"),
    (["sign"], 2, "Did you mean 'sing'?"),
]


@pytest.mark.parametrize(
    "arguments, status, word", BAD, ids=lambda v: " ".join(v[2:] or v) if isinstance(v, list) else ""
)
def test_bad_wishes(tmp_path, program, arguments, status, word):
    call = run if arguments in (BAD[0][0], BAD[1][0]) else program  # one of each status starts a process
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert word in done.stderr and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "data, word",
    [
        (b"", "at least one line"),
        (b"\x00\x01\x02\xff\xfe", "text"),
        (b"\xff\xfea\x00", "UTF-8"),
        ("Привет мир, спой мне песню".encode(), "Cyrillic"),
        ("😀😀😀 https://example.org".encode(), "lyrics"),
        (b"la la la\n" * 10_000, "lyrics"),
        (b"x" * (2**20 + 1), "1 MiB"),
    ],
)
def test_bad_lyrics(tmp_path, program, data, word):
    (tmp_path / "l.txt").write_bytes(data)
    done = program("make", "l.txt", "--out", "song", cwd=tmp_path)
    assert done.returncode == 2 and word.lower() in done.stderr.lower(), done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "song").exists()


def test_errors_are_json_too(tmp_path, program):
    done = program("make", EXAMPLE, "--genre", "countri", "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["error"] == "BriefError" and answer["field"] == "genre"
    assert json.loads(program("plan", "--seed", "lucky", "--json").stdout)["field"] == "seed"


def test_the_name_alone_shows_the_help(program):
    for words in ((), ("train",), ("samples",)):
        done = program(*words)
        assert done.returncode == 2 and done.stderr.startswith("Usage: songwright"), words


def test_letters_that_stdout_does_not_have():
    assert _in_letters("né 😀", "utf-8") == "né 😀"
    assert json.loads(f'"{_in_letters("né 😀", "ascii")}"') == "né 😀"


def test_work_goes_on_when_nobody_listens(monkeypatch):
    class Gone:
        def isatty(self):
            return True

        def write(self, _):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    listener = Listener()
    for done in (0.5, 1.0):
        listener(Progress("sing", done, 1.0))


def test_what_is_no_number_is_null_in_json(capsys):
    give_json({"loud": float("-inf"), "rows": [float("nan"), 1.5]})
    assert json.loads(capsys.readouterr().out) == {"loud": None, "rows": [None, 1.5]}


def test_nothing_is_overwritten(tmp_path, program):
    (tmp_path / "song").mkdir()
    (tmp_path / "song" / "mine.txt").write_text("keep")
    done = program("make", EXAMPLE, "--out", "song", cwd=tmp_path)
    assert done.returncode == 2 and "--force" in done.stderr
    assert (tmp_path / "song" / "mine.txt").read_text() == "keep"


def test_force_takes_away_only_songs(tmp_path, program):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_text("keep")
    os.mkfifo(tmp_path / "pipe")
    for place in ("photos", ".", "pipe"):
        done = program("make", EXAMPLE, "--out", place, "--force", cwd=tmp_path)
        assert done.returncode == 2 and "not be replaced" in done.stderr, place
    assert (tmp_path / "photos" / "cat.png").read_text() == "keep"


def test_a_place_that_cannot_be_written(tmp_path, program):
    (tmp_path / "file").write_text("")
    done = program("make", EXAMPLE, "--out", "file/song", cwd=tmp_path)
    assert done.returncode == 2 and "cannot be written" in done.stderr
    done = program("bench", "gallery", "--out", "file", cwd=tmp_path)
    assert done.returncode == 2 and "cannot be written" in done.stderr


def test_what_the_system_refuses_is_one_line(program, monkeypatch):
    def refused(*_):
        raise PermissionError(errno.EACCES, "Permission denied", "locked/run")

    monkeypatch.setattr("songwright.bench.suites.run_suite", refused)
    done = program("bench", "speed", "--json")
    assert (
        done.returncode == 4 and done.stderr == "songwright: locked/run: cannot be used (Permission denied)\n"
    )
    assert json.loads(done.stdout)["item"] == "locked/run"


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, short_take):
    from songwright.errors import ShelfError
    from songwright.io import press

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    old = tmp_path / "song"
    old.mkdir()
    (old / "song.wav").write_text("the song before")
    (old / "take.json").write_text("{}")
    monkeypatch.setattr(press, "write_audio", full)
    with pytest.raises(ShelfError, match="disk is full"):
        press.save(short_take, old, force=True)
    assert (old / "song.wav").read_text() == "the song before"
    assert [p.name for p in tmp_path.iterdir()] == ["song"]


@pytest.mark.parametrize("after", ["", "plan", "perform"])
def test_ctrl_c_leaves_nothing(tmp_path, after):
    """While it still starts, while it composes, and while it sings and plays, however slow the machine is."""
    job = subprocess.Popen(
        [sys.executable, "-m", "songwright", "make", EXAMPLE, "--out", "song"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background inherit a deaf ear
    )  # fmt: skip
    if after:
        assert any(line.split()[:1] == [after] for line in job.stderr)  # the stage has ended
    else:
        time.sleep(0.6)
    job.send_signal(signal.SIGINT)
    _, errors = job.communicate(timeout=120)
    assert job.returncode == 130 or not after
    assert "stopped; nothing was written" in errors or not after, errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("thrown", "told"), [(KeyboardInterrupt(), "finished is kept"), (Cancelled("shards stay"), "shards stay")]
)
def test_who_is_stopped_says_what_is_kept(program, monkeypatch, thrown, told):
    def stopped(*_):
        raise thrown

    monkeypatch.setattr("songwright.bench.suites.run_suite", stopped)
    done = program("bench", "speed")
    assert done.returncode == 130 and told in done.stderr and "nothing was written" not in done.stderr


@pytest.mark.parametrize("target", ["-", "pipe"])
def test_a_stream_nobody_hears_any_more_stops_the_song(tmp_path, monkeypatch, target):
    if target == "-":
        hearing, out = os.pipe()
        monkeypatch.setattr(sys, "stdout", os.fdopen(out, "w"))
    else:
        target = str(tmp_path / target)
        os.mkfifo(target)
        hearing = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(Cancelled, match="nobody listens"), handing_on(target) as hand_on:
        hand_on(Audio(np.zeros((2, 480), np.float32)))
        os.close(hearing)
        hand_on(Audio(np.zeros((2, 480), np.float32)))
    if target == "-":
        with suppress(BrokenPipeError):
            sys.stdout.close()


def test_lists_have_id_and_licence(program):
    for command in ("voices", "genres", "personas", "engines"):
        done = program(command, "--json")
        items = json.loads(done.stdout)
        assert items and all(item["id"] and item["licence"] for item in items)


def test_doctor_finds_the_base_well():
    done = run("doctor", "--json")
    assert done.returncode == 0
    assert not [row for row in json.loads(done.stdout) if row["state"] == "broken"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing", "--voice", "x"), "suite: there is no suite 'nothing'"),
        (("composer-fuz",), "Did you mean 'composer-fuzz'?"),
        (("speed", "--count", "9"), "count: goes with other suites than speed"),
        (("singer", "folder"), "runs: goes with other suites than singer"),
        (("composer-networks", "--codec", "x"), "codec: goes with other suites than composer-networks"),
        (("originality", "--told-apart"), "told-apart: goes with other suites"),
        (("composer-rivals", "run", "--count", "9"), "corpus: songs people wrote are needed"),
    ],
)
def test_a_bench_says_which_options_it_would_not_hear(program, words, said):
    done = program("bench", *words)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""


def test_version():
    assert run("--version").stdout.strip().count(".") == 2


def test_a_plan_goes_out_and_comes_back(tmp_path, program, short_brief):
    (tmp_path / "l.txt").write_text(short_brief.lyrics)
    assert program("plan", "l.txt", "--seed", "3", "--out", "p.json", cwd=tmp_path).returncode == 0
    first = run("compose", "--plan", "p.json", "--out", "a.mid", "--json", cwd=tmp_path)
    second = program("compose", "l.txt", "--seed", "3", "--out", "b.mid", "--json", cwd=tmp_path)
    assert json.loads(first.stdout)["score_digest"] == json.loads(second.stdout)["score_digest"]
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_composing_tells_how_far_it_is_unless_asked_not_to(tmp_path, program, short_brief):
    (tmp_path / "l.txt").write_text(short_brief.lyrics)
    told = program("compose", "l.txt", "--seed", "3", "--out", "a.mid", cwd=tmp_path)
    assert "compose" in told.stderr and "arrange" in told.stderr and told.stdout == "a.mid\n"
    silent = program("compose", "l.txt", "--seed", "3", "--out", "b.mid", "--quiet", cwd=tmp_path)
    assert (silent.stderr, silent.stdout) == ("", "b.mid\n")


def test_lyrics_from_standard_input(tmp_path, program):
    done = program(
        "compose",
        "-",
        "--out",
        "x.musicxml",
        "--seed",
        "1",
        cwd=tmp_path,
        text="Walk along with me\nBy the sea",
    )
    assert done.returncode == 0 and (tmp_path / "x.musicxml").exists()


def test_loud_may_stand_alone():
    assert spelled_out(["make", "x.txt", "--loud"]) == ["make", "x.txt", "--loud", "-9"]
    assert spelled_out(["mix", "--loud", "--force"]) == ["mix", "--loud", "-9", "--force"]
    assert spelled_out(["mix", "--loud", "-8.5", "x"]) == ["mix", "--loud", "-8.5", "x"]
    assert parse_loudness("-9") == -9.0
    with pytest.raises(BriefError, match="-30 to -6"):
        parse_loudness("loud")


def test_durations_are_read():
    assert parse_duration("90") == 90 and parse_duration("1:30.5") == 90.5 and parse_duration(None) is None
    for wrong in ("", "a", "1:2:3", "-4", "1e3", "1:60"):
        with pytest.raises(BriefError):
            parse_duration(wrong)


def test_amounts_are_checked():
    assert parse_amounts("gain", "lead:2,drums:-3", -60, 24) == {"lead": 2.0, "drums": -3.0}
    for wrong in ("lead", "lead:", ":3", "lead:nan", "lead:99"):
        with pytest.raises(BriefError):
            parse_amounts("gain", wrong, -60, 24)


def test_folder_names_are_plain():
    assert folder_name("Héllo / World! ☀", 7) == "songs/h-llo-world-7"
    assert folder_name("☀", 7) == "songs/song-7"
    assert os.sep not in folder_name("../../etc", 1).removeprefix("songs/")


def test_every_command_is_listed():
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    manual = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"## songwright {name}\n" in manual for name in names)


def test_a_name_too_long_is_one_line():
    from songwright.io import claims

    with pytest.raises(BriefError, match="no name for a file"):
        claims.claim(Path("n" * 300))


def test_links_are_followed_and_stay(tmp_path):
    from songwright.io import press

    (tmp_path / "link").symlink_to("new")
    with press.whole(tmp_path / "link") as aside:
        (aside / "link").mkdir()
    assert (tmp_path / "link").is_symlink() and (tmp_path / "new").is_dir()


def test_who_comes_second_replaces_nothing(tmp_path):
    from songwright.io import press

    with pytest.raises(BriefError, match="exists already"), press.whole(tmp_path / "a.json") as aside:
        (tmp_path / "a.json").write_text("first")
        (aside / "a.json").write_text("second")
    assert (tmp_path / "a.json").read_text() == "first" and len(list(tmp_path.iterdir())) == 1


def test_a_file_never_replaces_a_folder(tmp_path):
    from songwright.io import press

    (tmp_path / "songs").mkdir()
    with pytest.raises(BriefError, match="folder"), press.whole(tmp_path / "songs", force=True) as aside:
        (aside / "songs").write_text("a plan")
    assert (tmp_path / "songs").is_dir() and len(list(tmp_path.iterdir())) == 1


def test_a_refusal_leaves_no_empty_folders(tmp_path, program):
    words = ("compose", "-", "--seed", "1", "--out", "new/deeper/x.wav")
    done = program(*words, cwd=tmp_path, text="Walk along with me")
    assert done.returncode == 2 and ".wav" in done.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["taken.mid", "score.wav", "a/file/in/the/way/x.mid"])
def test_a_score_that_cannot_be_written_is_refused_before_it_is_composed(
    tmp_path, monkeypatch, short_brief, name
):
    from songwright.cli.making import make_score

    monkeypatch.setattr("songwright.api.plan", lambda brief: pytest.fail("planned"))
    (tmp_path / "taken.mid").touch()
    (tmp_path / "a").touch()
    with pytest.raises(BriefError):
        make_score(short_brief, None, False, tmp_path / name, False, False, True)


@pytest.mark.parametrize("stream", ["<&-", ">&-", ">/dev/full", "2>&-"])
def test_closed_and_full_streams_are_one_line(tmp_path, stream):
    command = f'"{sys.executable}" -m songwright plan - --seed 1 --json {stream}'
    piped = "" if stream == "<&-" else "Walk with me along the water"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, input=piped, capture_output=True, text=True)
    assert done.stderr.count("\n") == (0 if stream == "2>&-" else 1), done.stderr
    assert done.returncode == {"<&-": 2, "2>&-": 0}.get(stream, 4)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", "{}", "[" * 99_999], ids=lambda text: text[:4])
def test_a_damaged_take_is_one_line(tmp_path, text):
    from songwright import api
    from songwright.engines.memory import load
    from songwright.errors import ShelfError
    from songwright.io.sound import write_audio
    from songwright.values.audio import Audio

    write_audio(tmp_path / "song.wav", Audio(np.zeros((2, 48_000))))
    (tmp_path / "take.json").write_text(text)
    with pytest.raises(ShelfError) as told:
        load(tmp_path, api.context(0))
    assert "\n" not in str(told.value)
