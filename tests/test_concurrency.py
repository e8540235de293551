"""The page asks while `qa add` changes the library, is killed, and starts again."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.library import Library
from qa.answer import answer_question
from tests.toy import ToyEncoder, local_index

# A report says in each paragraph which report and version it is, so that a wrong citation shows.
_WRITER = """
import random, sys, time
from contextlib import suppress
from pathlib import Path
from index.errors import LibraryError
from index.library import Library
from tests.toy import ToyEncoder, local_index

library = Library(Path(sys.argv[1]), ToyEncoder(dim=16))
numbers = random.Random(sys.argv[2])
library.add_file(b"1. Zebra of first in version 0, paragraph 1.", "first.md")  # loads all there is
print("ready", flush=True)
while True:
    name = f"r{numbers.randrange(12)}"
    if numbers.random() < 0.3 and name in library.report_ids():
        library.remove(name)
        print("removed", name, flush=True)
    else:
        version = numbers.randrange(10**9)
        text = f"Zebra of {name} in version {version}, paragraph"
        body = "".join(f"{n}. {text} {n}.\\n\\n" for n in range(1, numbers.randrange(3, 30)))
        library.add_file(body.encode(), f"{name}.md")
        print("added", name, version, flush=True)
    if numbers.random() < 0.05:
        with suppress(LibraryError):  # the other writer reindexes too
            library.reindex()
    time.sleep(0.01)
"""

_ROUNDS = 3
_ROUND_SECONDS = 2.0
_LONGEST_SECONDS = 5.0  # of a question, on a busy machine


def _start(home: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(home), str(seed)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def _kill(writer: subprocess.Popen[str]) -> list[list[str]]:
    """End it at whatever it does, and return what it said that it had done."""
    os.kill(writer.pid, signal.SIGKILL)
    output, _ = writer.communicate()
    return [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]


def _check_answer(library: Library) -> None:
    """One question, and every citation of its answer against the library at that moment."""
    with library.one_state():
        answer = answer_question("zebra of version", library=library, top_k=20)
        reports = {report_id: library.report(report_id) for report_id in library.report_ids()}
        for hit in answer.hits:
            paragraph = hit.paragraph
            assert paragraph in reports[paragraph.report_id].paragraphs
            if paragraph.report_id != "steady":
                named = re.match(r"Zebra of (\w+) in version \d+, paragraph (\d+)", paragraph.text)
                assert named
                assert named.groups() == (paragraph.report_id, paragraph.number)


@pytest.mark.parametrize("n_writers", [1, 2])
def test_questions_are_answered_while_others_change_the_library(
    tmp_path: Path, n_writers: int
) -> None:
    library = Library(tmp_path, ToyEncoder(dim=16))
    library.add_file(b"1. Zebra of steady.\n", "steady.md")
    seconds: list[float] = []
    generations = set()
    for attempt in range(_ROUNDS):
        writers = [_start(tmp_path, 10 * attempt + number) for number in range(n_writers)]
        until = time.monotonic() + _ROUND_SECONDS
        while time.monotonic() < until:
            started = time.monotonic()
            _check_answer(library)
            seconds.append(time.monotonic() - started)
            generations.add(library.generation())
        said = [_kill(writer) for writer in writers]
        if n_writers == 1:
            _check_what_was_said(library, said[0])
    assert len(generations) > 5
    assert max(seconds) < _LONGEST_SECONDS
    fresh = Library(tmp_path / "fresh", ToyEncoder(dim=16))
    for report_id in local_index(library).report_ids:
        source, content = library._local.file(report_id)
        fresh.add_file(content, source)
    question = "zebra of version 1, paragraph 2"
    assert answer_question(question, library=library, top_k=50) == answer_question(
        question, library=fresh, top_k=50
    )
    line = f"{len(seconds)} questions, {len(generations)} states, longest {max(seconds):.3f} s\n"
    sys.stdout.write(line)  # `pytest -s` shows it


def _check_what_was_said(library: Library, said: list[list[str]]) -> None:
    """What a killed process said it had done is done, but for the report it was changing."""
    last = {name: (action, *version) for action, name, *version in said}
    names = set(library.report_ids())
    differing = []
    for name, (action, *version) in last.items():
        if action == "removed":
            is_as_said = name not in names
        else:
            is_as_said = name in names and version[0] in library.report(name).paragraphs[0].text
        if not is_as_said:
            differing.append(name)
    assert len(differing) <= 1


def test_a_report_is_found_at_the_next_question(tmp_path: Path) -> None:
    page, other = (Library(tmp_path, ToyEncoder(dim=64)) for _ in range(2))
    page.add_file(b"1. Cats purr.", "cats.md")
    for number in range(20):
        other.add_file(f"1. Beast{number} roars.".encode(), f"beast{number}.md")
        hit = answer_question(f"beast{number}", library=page).hits[0]
        assert hit.paragraph.report_id == f"beast{number}"
    other.remove("beast3")
    hits = answer_question("beast3", library=page, top_k=100).hits
    assert "beast3" not in {hit.paragraph.report_id for hit in hits}


def test_inside_one_state_nothing_changes(tmp_path: Path) -> None:
    page, other = (Library(tmp_path, ToyEncoder(dim=64)) for _ in range(2))
    page.add_file(b"1. Cats purr.", "cats.md")
    with page.one_state():
        index = page.index()
        other.add_file(b"1. Cats purr and sleep.", "cats.md")
        other.add_file(b"1. Dogs bark.", "dogs.md")
        assert page.report_ids() == ["cats"]
        assert page.index() is index
        answer = answer_question("do cats purr", library=page)
        assert answer.hits[0].paragraph.text == "Cats purr."
    assert page.report_ids() == ["cats", "dogs"]
    answer = answer_question("do cats purr", library=page)
    assert answer.hits[0].paragraph.text == "Cats purr and sleep."
