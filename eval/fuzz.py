"""Files broken on purpose: every one gives a report or one sentence, and nothing else.

Small good files of each format are broken by rules that know how the format is built: tags
repeated or moved, numbers made huge, parts of archives dropped. File 17 of a format is the
same on every machine, so a finding is told by its number.

    python -m eval.fuzz           breaks files for a minute, and tells what went wrong
    python -m eval.fuzz docx 17   writes that file to standard output
"""

import contextlib
import random
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from io import BytesIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

from tqdm import tqdm

from eval.fuzz_seeds import SEEDS
from index.errors import ReadError
from index.reading import read_report

SECONDS = 60.0  # of `make bench`
_PATIENCE = 20.0  # seconds for one file: all are small
_MEMORY = 2 * 2**30
_LONGEST_SENTENCE = 400
_MOST_BYTES = 2_000_000  # a broken file stays small, so that many are read
_REPEATS = (2, 50, 2_000)
_NUMBERS = (b"0", b"-1", b"1e9", b"2147483648", b"99999999999999999999", b"NaN", b"", b"\xd9\xa1")
_PIECES = (
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\r", b"\f", b"\x1b", b"\x85"),
    *(b"&a;", b"&#0;", b"&#xD800;", b"]]>", b"<!--", b"<![CDATA[", b"<!DOCTYPE x [", b"<?x", b"</"),
    *(b"%PDF-", b"PK\x03\x04", b"\\", b"[", b"](", b"`", b"*", b"> ", b"1. ", b"(a) ", b"[1] "),
)
_TOKEN = {
    "pdf": re.compile(rb"\d+|/\w+|<<|>>|\[|\]|\w+|\s+|.", re.DOTALL),
    "text": re.compile(rb"\n|[^\n]+"),
    "markup": re.compile(rb"<[^<>]*>|[^<>]+|[<>]"),
}


class Finding(NamedTuple):
    """A broken file that a reader did not take well."""

    format: str
    number: int
    what: str


def broken_file(file_format: str, number: int) -> bytes:
    """The good file of a format, broken in the way that belongs to the number."""
    dice = random.Random(f"{file_format} {number}")
    content = SEEDS[file_format]
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        content = _break(content, file_format, dice)[:_MOST_BYTES]
    return content


def what_is_wrong(content: bytes, name: str) -> str:
    """What a reader does with a file that it should not do; ``""`` if nothing."""
    try:
        read_report(content, name)
    except ReadError as error:
        sentence = str(error)
        is_one = "\n" not in sentence and 0 < len(sentence) <= _LONGEST_SENTENCE
        return "" if is_one else f"not one sentence: {sentence[:80]!r}"
    except (MemoryError, RecursionError):
        return ""  # `index.sandbox` has sentences for them
    except Exception as error:  # noqa: BLE001  # the finding
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def fuzz(seconds: float, formats: Mapping[str, bytes] = SEEDS) -> Generator[Finding]:
    """Break files of each format in turn until the time is over, and read them.

    Every file is read in a process apart, which is begun anew when one breaks it.
    """
    worker = _Worker()
    counts: Counter[str] = Counter()
    ends = time.monotonic() + seconds
    with contextlib.closing(worker), tqdm(desc="Broken files", unit=" files") as progress:
        while time.monotonic() < ends:
            for file_format in formats:
                counts[file_format] += 1
                number = counts[file_format]
                if what := worker.ask(file_format, number):
                    yield Finding(file_format, number, what)
                progress.update()


class _Worker:
    """A process that reads broken files, one after another."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, file_format: str, number: int) -> str:
        """What is wrong with the reading of a file; a crash or a hang counts as wrong."""
        what = "hangs"
        try:
            self._pipe.send((file_format, number))
            if self._pipe.poll(_PATIENCE):
                answer: str = self._pipe.recv()
                return answer
        except (EOFError, ConnectionError):
            what = "its process crashed"
        self.close()
        self._begin()
        return what

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _work(pipe: Connection) -> None:
    with contextlib.suppress(ImportError):  # not every platform can limit a process
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        file_format, number = pipe.recv()
        pipe.send(what_is_wrong(broken_file(file_format, number), f"broken.{file_format}"))


def _break(content: bytes, file_format: str, dice: random.Random) -> bytes:
    if content.startswith(b"PK") and dice.random() < 0.9:
        return _break_archive(content, dice)
    if dice.random() < 0.2:
        return _break_bytes(content, dice)
    kind = {"pdf": "pdf", "txt": "text", "md": "text"}.get(file_format, "markup")
    return _break_tokens(content, _TOKEN[kind], dice)


def _break_bytes(content: bytes, dice: random.Random) -> bytes:
    start, end = _span(len(content), dice)
    way = dice.randrange(4)
    if way == 0:
        return content[:start]
    if way == 1:
        return content[:start] + content[end:]
    if way == 2:
        return content[:start] + dice.randbytes(end - start) + content[end:]
    return content[:start] + dice.choice(_PIECES) + content[start:]


def _break_tokens(content: bytes, token: re.Pattern[bytes], dice: random.Random) -> bytes:
    tokens = token.findall(content)
    start, end = _span(len(tokens), dice)
    ways: tuple[Callable[[list[bytes]], list[bytes]], ...] = (
        lambda taken: [],
        lambda taken: taken * dice.choice(_REPEATS),
        lambda taken: taken[::-1],
        lambda taken: [*taken, dice.choice(_PIECES)],
        lambda taken: [re.sub(rb"\d+", lambda _: dice.choice(_NUMBERS), each) for each in taken],
        lambda taken: [tokens[dice.randrange(len(tokens))] for _ in taken],
    )
    changed = dice.choice(ways)(tokens[start:end]) if tokens else []
    return b"".join([*tokens[:start], *changed, *tokens[end:]])


def _break_archive(content: bytes, dice: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return _break_bytes(content, dice)
    name = dice.choice(list(parts) or ["a"])
    way = dice.random()
    if way < 0.05:
        parts.pop(name, None)
    elif way < 0.1:
        parts[dice.choice(list(parts) or ["a"])] = parts.get(name, b"")
    else:
        parts[name] = _break_tokens(parts.get(name, b""), _TOKEN["markup"], dice)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, value in parts.items():
            archive.writestr(zipfile.ZipInfo(part), value[:_MOST_BYTES])  # without the time
    return stream.getvalue()


def _span(length: int, dice: random.Random) -> tuple[int, int]:
    """A random piece of a sequence, mostly short."""
    start = dice.randrange(length) if length else 0
    return start, min(length, start + dice.choice((1, 1, 2, 5, 30)))


def main() -> None:
    """Break files for a minute, or write one of them."""
    if len(sys.argv) == 3:
        sys.stdout.buffer.write(broken_file(sys.argv[1], int(sys.argv[2])))
        return
    findings = list(fuzz(SECONDS))
    for finding in findings:
        tqdm.write(f"{finding.format} {finding.number}: {finding.what}")
    if findings:
        sys.exit(f"{len(findings)} broken files were not taken well")
    tqdm.write("every broken file gave a report or a sentence")


if __name__ == "__main__":
    main()
