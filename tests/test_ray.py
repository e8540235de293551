"""Adding on Ray makes the same library as adding here, whatever falls on the way."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

if find_spec("ray") is None:  # not imported yet: that is when it reads its variables
    if os.environ.get("CI"):
        pytest.fail("Ray is not installed", pytrace=False)
    pytest.skip("Ray is not installed", allow_module_level=True)

from index.bulk.adding import Added, BulkAdding, Outcome, Skipped
from index.bulk.cluster import BulkError, connected
from index.bulk.worker import load_for_worker
from index.bulk.workers import Workers
from index.encoder import Encoder, Encoding, Kind
from index.encoding import maker_of
from index.errors import EncoderError
from index.library import Library
from index.models import load_encoder
from qa.cli import main
from tests.toy import ToyEncoder

_CONTENT = (
    "SELECT report_id, source, language, metadata, content, position, number, text, section, "
    "footnotes, page, links, vector, tokens, scales, token_ids, spans FROM present_reports "
    "JOIN paragraphs USING (report_row) JOIN windows USING (paragraph_row) "
    "ORDER BY report_id, position, window_row"
)


# `qa` with the toy here and in the workers.
_COMMAND = """
import qa.cli.bulk, qa.cli.terminal
from tests.toy import ToyEncoder
qa.cli.terminal.load_encoder = ToyEncoder
qa.cli.bulk.load_for_worker = lambda name: ToyEncoder()
raise SystemExit(qa.cli.main())
"""


def _content(home: Path) -> list[tuple[object, ...]]:
    """Every paragraph of a library with every vector and token, to the last bit."""
    with sqlite3.connect(home / "library.sqlite") as db:
        return db.execute(_CONTENT).fetchall()


class _FallingEncoder(ToyEncoder):
    """Takes its process along where a text tells it to, always or the first time."""

    def __init__(self, marks: Path) -> None:
        super().__init__()
        self._marks = marks

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        for text in texts:
            if "poison" in text or ("stumble" in text and not self._marks.exists()):
                self._marks.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, kind)


@pytest.fixture(scope="module")
def ray() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray leaves its files and processes to the end
        with connected("") as ray:
            yield ray
        gc.collect()


@pytest.fixture
def folder(tmp_path: Path, source: str) -> list[Path]:
    """Files: three reports, of which two have one name, one that cannot be read, and a long one."""
    (tmp_path / "files" / "deep").mkdir(parents=True)
    contents = {
        "broken.pdf": "%PDF-1.7 and no more",
        "deep/pets.md": "# Beasts\n\n1. Cows low.\n\n2. Hens cluck.\n",
        "global.md": source,
        "pets.md": "# Pets\n\n## I. Dogs\n\n1. Cats purr.\n\n## II. Cats\n\n2. Dogs bark.\n",
        "rain.txt": "\n\n".join(f"{n}. Rain{n} falls on {n} hills." for n in range(1, 201)),
    }
    for name, content in contents.items():
        (tmp_path / "files" / name).write_text(content)
    return [tmp_path / "files" / name for name in contents]


def _change(outcome: Outcome) -> str:
    return outcome.change if isinstance(outcome, Added) else "skipped"


def test_the_library_is_the_same_to_the_last_bit(
    ray: ModuleType, folder: list[Path], tmp_path: Path
) -> None:
    here, there = (Library(tmp_path / name, ToyEncoder()) for name in ("here", "there"))
    for file in (folder[1], folder[2], folder[4]):
        here.add_file(file.read_bytes(), file.name)
    workers = Workers(ray, ToyEncoder, there.maker(), most=2)
    outcomes = {outcome.file: outcome for outcome in BulkAdding(there, workers).add(folder)}
    assert [_change(outcomes[file]) for file in folder] == [
        "skipped", "added", "added", "skipped", "added",
    ]  # fmt: skip
    broken, doubled = outcomes[folder[0]], outcomes[folder[3]]
    assert isinstance(broken, Skipped)
    assert isinstance(doubled, Skipped)
    assert "not a readable PDF" in str(broken.error)
    assert str(doubled.error) == (
        f"by its name it is 'pets', as {folder[1]} is: rename one of the two"
    )
    assert _content(tmp_path / "there") == _content(tmp_path / "here")

    folder[4].write_text(folder[4].read_text().replace("Rain7 ", "Snow "))
    here.add_file(folder[4].read_bytes(), "rain.txt")
    again = [folder[1], folder[2], folder[4]]
    outcomes = {outcome.file: outcome for outcome in BulkAdding(there, workers).add(again)}
    assert [_change(outcomes[file]) for file in again] == ["unchanged", "unchanged", "replaced"]
    assert _content(tmp_path / "there") == _content(tmp_path / "here")


@pytest.mark.model
def test_the_model_of_a_worker_gives_the_same_bits(
    ray: ModuleType, folder: list[Path], tmp_path: Path, real_library: Library
) -> None:
    encoder = real_library.encoder
    here, there = (Library(tmp_path / name, encoder) for name in ("here", "there"))
    for file in folder[1:3]:
        here.add_file(file.read_bytes(), file.name)
    workers = Workers(ray, partial(load_for_worker, encoder.name), there.maker(), most=1)
    assert [_change(outcome) for outcome in BulkAdding(there, workers).add(folder[1:3])] == [
        "added",
        "added",
    ]
    assert _content(tmp_path / "there") == _content(tmp_path / "here")


@pytest.mark.model
def test_the_model_on_a_gpu_cuts_and_reads_what_the_one_on_the_processor_does(
    encoder: Encoder,
) -> None:
    """As far as can be seen without a GPU: sentence-transformers on the processor."""
    other = load_encoder(has_gpu=True)
    assert maker_of(other) == maker_of(encoder)
    text = " ".join(f"word{n} of migrants" for n in range(200))
    assert other.split(text) == encoder.split(text)
    (start, end), *_ = encoder.split(text)
    heading = "Protection of the human rights of all migrants " * 4
    (fast,), (slow,) = (
        each.encode_under([text[start:end]], [heading]) for each in (encoder, other)
    )
    assert fast.token_ids.tolist() == slow.token_ids.tolist()
    assert fast.spans.tolist() == slow.spans.tolist()
    assert (np.sum(fast.tokens * slow.tokens, axis=1) >= 0.98).all()


def test_a_worker_that_falls_is_replaced_and_takes_no_other_file_along(
    ray: ModuleType, tmp_path: Path
) -> None:
    texts = {"a": "dogs", "b": "poison", "c": "stumble", "d": "cats", "e": "hens"}
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(f"1. Here are {text}.\n\n2. There is more.\n")
    library = Library(tmp_path / "home", ToyEncoder())
    workers = Workers(ray, partial(_FallingEncoder, tmp_path / "mark"), library.maker(), most=1)
    files = sorted(tmp_path.glob("*.md"))
    outcomes = {outcome.file.stem: outcome for outcome in BulkAdding(library, workers).add(files)}
    assert library.report_ids() == ["a", "c", "d", "e"]
    skipped = outcomes["b"]
    assert isinstance(skipped, Skipped)
    assert str(skipped.error) == "its worker fell twice (ActorDiedError): split it"


def test_no_more_is_on_its_way_than_there_are_hands(ray: ModuleType, tmp_path: Path) -> None:
    files = [tmp_path / f"r{n}.md" for n in range(9)]
    for file in files:
        file.write_text("1. Dogs bark.\n\n2. Cats purr.\n")
    library = Library(tmp_path / "home", ToyEncoder())
    workers = Workers(ray, ToyEncoder, library.maker(), most=1)
    most = 0
    give = workers.give

    def counted(job: object) -> None:
        nonlocal most
        give(job)  # type: ignore[arg-type]
        most = max(most, len(workers._jobs))

    workers.give = counted  # type: ignore[method-assign]
    assert len(list(BulkAdding(library, workers).add(files))) == 9
    assert most == 2


def test_a_worker_with_another_model_is_refused(ray: ModuleType, tmp_path: Path) -> None:
    library = Library(tmp_path / "home", ToyEncoder())
    file = tmp_path / "a.md"
    file.write_text("1. Dogs bark.\n\n2. Cats purr.\n")
    other = partial(ToyEncoder, fingerprint="1" * 64)
    with pytest.raises(BulkError, match=r"encodes with toy .11111111, .* the same model there"):
        list(BulkAdding(library, Workers(ray, other, library.maker(), most=1)).add([file]))
    assert library.report_ids() == []


def test_a_worker_without_the_model_says_so(ray: ModuleType, tmp_path: Path) -> None:
    library = Library(tmp_path / "home", ToyEncoder())
    file = tmp_path / "a.md"
    file.write_text("1. Dogs bark.\n\n2. Cats purr.\n")
    nothing = partial(load_for_worker, "no/such")
    with pytest.raises(EncoderError, match="no encoder 'no/such'"):
        list(BulkAdding(library, Workers(ray, nothing, library.maker(), most=1)).add([file]))


def test_the_command_goes_on_after_a_kill_and_says_what_became_of_every_file(
    folder: list[Path], tmp_path: Path
) -> None:
    """The command in a process of its own, killed once something is in the library."""
    home, files = tmp_path / "home", folder[0].parent
    for n in range(30):
        (files / f"more{n}.md").write_text(f"1. Dogs bark {n} times.\n\n2. Cats purr.\n")
    library = Library(home, ToyEncoder())
    command = [sys.executable, "-c", _COMMAND, "add", str(files), "--encode", "ray"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as killed:
        while len(library.report_ids()) < 3:  # the bundled one, and two
            time.sleep(0.02)
            assert killed.poll() is None
        killed.kill()
    n_kept = len(library.report_ids()) - 1
    assert 2 <= n_kept < 33
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    first, *_, skipped, broken, doubled = done.stdout.splitlines()
    assert first == f"Reports: {33 - n_kept} added, 0 replaced, {n_kept} unchanged, 2 skipped"
    assert skipped == "Skipped:"
    assert f"{folder[0]}: not a readable PDF" in broken
    assert f"by its name it is 'pets', as {folder[1]} is" in doubled
    assert done.stderr.count("Adding:") == done.stderr.count("%|")  # the bar, and nothing else
    assert len(library.report_ids()) == 34
    assert not list(Path("/tmp").glob(f"qa-ray-{killed.pid}-*"))  # what the killed one had to leave


def test_what_else_ray_could_be_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_text("1. Dogs bark.\n\n2. Cats purr.\n")
    assert main(["add", str(tmp_path), "--encode", "rays"]) == 2
    assert capsys.readouterr().err == (
        "qa: --encode rays is not known: expected ray or ray://HOST:PORT\n"
    )


def test_no_cluster_is_one_sentence() -> None:
    message = r"^no Ray cluster answers at ray://127\.0\.0\.1:1 .*: expected ray://HOST:10001"
    with pytest.raises(BulkError, match=message), connected("ray://127.0.0.1:1"):
        pass
