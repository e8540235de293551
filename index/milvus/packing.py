"""Token vectors as text, since the server keeps no bytes."""

import struct
import zlib
from base64 import b64decode, b64encode
from functools import cache

import numpy as np
import numpy.typing as npt

from index.encoder import Matrix
from index.tokens import TokenVectors

PART_LENGTH = 60_000  # characters; a field holds 65,535 bytes

_HEAD = struct.Struct("<BIHI")  # bits, tokens, dimension, bytes of the rest
_SEED = 20201109
# The four values nearest to a normal distribution of deviation 1, in steps of 1/84.
# Source: Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory, 1982.
_LEVELS = np.array([-127, -38, 38, 127], np.int8)
_BORDER = 0.9816


def pack(tokens: TokenVectors, bits: int) -> str:
    """One window's token vectors as text.

    Args:
        tokens: of the window.
        bits: 8 keeps them as they are, 2 turns them and keeps one of four values a number.
    """
    n, dim = tokens.vectors.shape
    rest = zlib.compress(
        tokens.scales.astype(np.float32).tobytes()
        + tokens.token_ids.tobytes()
        + np.ascontiguousarray(tokens.spans.T).tobytes()
    )
    vectors = tokens.vectors.tobytes() if bits == 8 else _two_bits(tokens)
    return b64encode(_HEAD.pack(bits, n, dim, len(rest)) + rest + vectors).decode()


def unpack(text: str) -> TokenVectors:
    """The token vectors of a window; in two bits, turned as `rotation` says."""
    packed = b64decode(text)
    bits, n, dim, size = _HEAD.unpack_from(packed)
    body = packed[_HEAD.size :]
    rest = zlib.decompress(body[:size])
    scales: Matrix = np.frombuffer(rest, np.float32, n)
    token_ids = np.frombuffer(rest, np.int32, n, 4 * n)
    spans = np.frombuffer(rest, np.int32, 2 * n, 8 * n).reshape(2, n).T
    if bits == 8:
        vectors = np.frombuffer(body, np.int8, n * dim, size).reshape(n, dim)
    else:
        vectors = _spread()[np.frombuffer(body, np.uint8, n * dim // 4, size)].reshape(n, dim)
        scales = 1 / np.linalg.norm(vectors.astype(np.float32), axis=1)
    starts = np.zeros(1, np.int64)
    turned = rotation(dim) if bits == 2 else None
    return TokenVectors(vectors, scales, token_ids, spans, starts, turned)


@cache
def rotation(dim: int) -> Matrix:
    """An orthogonal matrix, the same everywhere: it spreads a vector evenly over its numbers.

    Returns:
        float32, shape (dim, dim); a row vector times it is turned.
    """
    normal = np.random.Generator(np.random.PCG64(_SEED)).standard_normal((dim, dim))
    q, r = np.linalg.qr(normal)
    return np.asarray(q * np.sign(np.diag(r)), np.float32)


def _two_bits(tokens: TokenVectors) -> bytes:
    n, dim = tokens.vectors.shape
    vectors = tokens.vectors * tokens.scales[:, np.newaxis]
    turned = (vectors @ rotation(dim)) * np.sqrt(dim)
    codes = (turned > -_BORDER).astype(np.uint8) + (turned > 0) + (turned > _BORDER)
    four = codes.reshape(n, dim // 4, 4).astype(np.uint8)
    packed = four[..., 0] | four[..., 1] << 2 | four[..., 2] << 4 | four[..., 3] << 6
    return bytes(packed.astype(np.uint8))


@cache
def _spread() -> npt.NDArray[np.int8]:
    """The four values that each byte stands for: int8, shape (256, 4)."""
    codes = np.arange(256)[:, np.newaxis] >> np.array([0, 2, 4, 6]) & 3
    return np.asarray(_LEVELS[codes], np.int8)


def to_parts(text: str) -> list[str]:
    """Text in pieces that a field holds, at least one."""
    return [text[i : i + PART_LENGTH] for i in range(0, len(text), PART_LENGTH)] or [""]
