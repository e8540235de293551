"""From the paragraphs of a report to their windows, on this machine or on another."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

from index import numbering
from index.encoder import Encoder, encode_whole
from index.report import Paragraph, note_prose
from index.rows import Window
from index.tokens import TokenVectors
from index.versions import Maker

_AT_ONCE = 64  # paragraphs between two reports of progress
_KEPT_ABOVE = 500  # paragraphs: what is encoded of so long a report survives an interruption

Progress = Callable[[int, int], None]  # paragraphs done, paragraphs in all
Encoded = Sequence[tuple[Paragraph, list[Window]]]  # paragraphs of one report, with their windows


class Pending(Protocol):
    """Where windows wait until their report is whole."""

    def keep(self, windows: Mapping[str, Sequence[Window]]) -> None:
        """Keep the windows of these keys."""

    def find(self, keys: Sequence[str]) -> dict[str, list[Window]]:
        """What was kept of these keys."""


def maker_of(encoder: Encoder) -> Maker:
    """What windows are made with that are encoded here."""
    return Maker(encoder.name, encoder.fingerprint, encoder.dim, numbering.VERSION)


def encode_paragraphs(
    encoder: Encoder,
    paragraphs: Sequence[Paragraph],
    known: Encoded = (),
    pending: Pending | None = None,
    progress: Progress | None = None,
) -> list[list[Window]]:
    """The windows of each paragraph; their tokens read below the paragraph's heading.

    Which texts share a forward pass can change the last bits of a vector. It follows from the
    arguments alone, so that every machine makes the same of them.

    Args:
        encoder: to encode with.
        paragraphs: of one report.
        known: paragraphs that it encoded before.
        pending: keeps what is encoded of a long report on the way.
        progress: told how far encoding has come.
    """
    keys = _encoded_texts(paragraphs)
    known_keys = _encoded_texts([paragraph for paragraph, _ in known])
    windows = dict(zip(known_keys, (windows for _, windows in known), strict=True))
    missing = [row for row, key in enumerate(keys) if key not in windows]
    names: dict[str, _EncodedText] = {}
    if pending and len(missing) > _KEPT_ABOVE:
        names = {_name(encoder, keys[row]): keys[row] for row in missing}
        windows.update((names[name], found) for name, found in pending.find(list(names)).items())
        missing = [row for row in missing if keys[row] not in windows]
    for first in range(0, len(missing), _AT_ONCE):
        rows = missing[first : first + _AT_ONCE]
        headings = [keys[row].heading for row in rows]
        encoded = _encode_batch(encoder, [paragraphs[row] for row in rows], headings)
        windows.update(zip((keys[row] for row in rows), encoded, strict=True))
        if pending and names:
            pending.keep({_name(encoder, keys[row]): windows[keys[row]] for row in rows})
        if progress:
            progress(len(paragraphs) - len(missing) + first + len(rows), len(paragraphs))
    return [windows[key] for key in keys]


def _encode_batch(
    encoder: Encoder, paragraphs: Sequence[Paragraph], headings: Sequence[str]
) -> list[list[Window]]:
    cuts = [
        (row, start, end)
        for row, paragraph in enumerate(paragraphs)
        for start, end in encoder.split(paragraph.text)
    ]
    texts = [paragraphs[row].text[start:end] for row, start, end in cuts]
    plain = encoder.encode(texts, "paragraph")
    under = [headings[row] for row, _, _ in cuts]
    tokens = encoder.encode_under(texts, under) if any(under) else plain
    notes = _encode_notes(encoder, paragraphs)
    windows: list[list[Window]] = [[] for _ in paragraphs]
    for i, (row, start, _) in enumerate(cuts):
        own = TokenVectors.of(tokens[i], start)
        parts = [own, *notes[row]] if start == 0 else [own]
        windows[row].append(Window(plain[i].vector, TokenVectors.joined(parts)))
    return windows


def _encode_notes(encoder: Encoder, paragraphs: Sequence[Paragraph]) -> list[list[TokenVectors]]:
    """The tokens of each paragraph's footnotes, which answer as the paragraph does."""
    texts = [note_prose(paragraph) for paragraph in paragraphs]
    encodings = iter(encode_whole(encoder, [t for notes in texts for t in notes], "paragraph"))
    return [[TokenVectors.beside(next(encodings)) for _ in notes] for notes in texts]


class _EncodedText(NamedTuple):
    """What a paragraph's vectors depend on."""

    text: str
    heading: str
    notes: tuple[str, ...]


def _name(encoder: Encoder, text: _EncodedText) -> str:
    """Names a text and what encoded it."""
    return sha256(repr((encoder.fingerprint, *text)).encode()).hexdigest()


def _encoded_texts(paragraphs: Sequence[Paragraph]) -> list[_EncodedText]:
    """Of the paragraphs of one report; a heading that all share tells nothing."""
    headings = [_innermost_heading(paragraph) for paragraph in paragraphs]
    tells_apart = len(set(headings)) > 1
    return [
        _EncodedText(paragraph.text, heading if tells_apart else "", tuple(note_prose(paragraph)))
        for paragraph, heading in zip(paragraphs, headings, strict=True)
    ]


def _innermost_heading(paragraph: Paragraph) -> str:
    return numbering.strip_numbering(paragraph.section[-1]) if paragraph.section else ""
