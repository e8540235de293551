"""The real encoder, and the figures it must keep."""

import json
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from eval.command import evaluate
from index.encoder import SentenceTransformerEncoder, encode_whole, load_encoder
from index.errors import EncoderError
from index.library import Library
from qa.answer import answer_question

pytestmark = pytest.mark.model

_BASELINE = Path(__file__).with_name("baseline.json")


def test_the_first_question_has_its_answer(real_library: Library) -> None:
    answer = answer_question(
        "Which country gives every migrant a social security number?", library=real_library
    )
    assert answer.state == "found"
    assert answer.hits[0].paragraph.number == "69"
    assert answer.hits[0].quote == (
        "The Government of Portugal has moved to provide all migrants with social security "
        "numbers, regardless of legal status, allowing them to access essential social support."
    )


@pytest.mark.parametrize(
    ("question", "state"),
    [("How do I bake sourdough bread?", "not_found"), ("Why do migrants send money?", "found")],
)
def test_other_subjects_are_turned_away(real_library: Library, question: str, state: str) -> None:
    assert answer_question(question, library=real_library).state == state


def test_retrieval_is_as_good_as_the_stored_baseline(real_library: Library) -> None:
    result = json.loads(evaluate("global-compact", open_library=lambda: real_library, as_json=True))
    baseline = json.loads(_BASELINE.read_text())
    for system, measures in baseline.items():
        for name, value in measures.items():
            assert result["systems"][system][name] >= value - 0.005, (system, name)


def test_vectors_are_those_of_sentence_transformers(encoder: SentenceTransformerEncoder) -> None:
    texts = ["Migrants and their families.", "A much longer text about remittances. " * 5, "🙂"]
    expected = encoder._model.encode(texts, normalize_embeddings=True)
    for encoding, vector in zip(encoder.encode(texts, "paragraph"), expected, strict=True):
        assert float(encoding.vector @ vector) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(encoding.tokens, axis=1) == pytest.approx(1, abs=1e-5)


def test_tokens_are_slices_of_the_text(encoder: SentenceTransformerEncoder) -> None:
    text = "Bolivia (Plurinational State of) — é!"
    (encoding,) = encoder.encode([text], "paragraph")
    pieces = [text[start:end] for start, end in encoding.spans]
    assert "".join(pieces) == "BoliviaPlurinationalStateofé"
    assert len(encoding.tokens) == len(encoding.token_ids) == len(pieces)
    (nothing,) = encoder.encode(["🙂 !"], "query")
    assert nothing.tokens.shape == (0, 384)


def test_long_texts_are_cut_into_windows_and_never_short(
    encoder: SentenceTransformerEncoder,
) -> None:
    text = " ".join(f"word{n}" for n in range(400)) + " Portugal"
    windows = encoder.split(text)
    assert (windows[0][0], windows[-1][1]) == (0, len(text))
    assert len(windows) > 2
    for (_, end), (start, _) in pairwise(windows):
        assert start < end
        assert text[start - 1] == " "
    (whole,) = encode_whole(encoder, [text], "paragraph")
    assert text[slice(*whole.spans[-1])] == "Portugal"
    assert np.linalg.norm(whole.vector) == pytest.approx(1, abs=1e-5)


def test_a_model_with_prompts_and_cls_pooling_is_honoured(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", ":", "cats", "purr"]
    config = BertConfig(
        vocab_size=len(words), hidden_size=12, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=32,
        initializer_range=1.0,
    )  # fmt: skip
    BertModel(config).save_pretrained(tmp_path / "bert")
    BertTokenizer(vocab={word: i for i, word in enumerate(words)}).save_pretrained(
        tmp_path / "bert"
    )
    transformer = Transformer(str(tmp_path / "bert"), max_seq_length=10)
    model = SentenceTransformer(
        modules=[transformer, Pooling(12, pooling_mode="cls")], prompts={"query": "query: "}
    )
    model.save(str(tmp_path / "model"))
    encoder = load_encoder(str(tmp_path / "model"))
    assert (encoder.dim, len(encoder.fingerprint)) == (12, 64)
    (query,) = encoder.encode(["cats purr"], "query")
    (paragraph,) = encoder.encode(["cats purr"], "paragraph")
    expected = model.encode_query(["cats purr"], normalize_embeddings=True)[0]
    assert float(query.vector @ expected) == pytest.approx(1, abs=1e-5)
    assert query.spans.tolist() == paragraph.spans.tolist() == [[0, 4], [5, 9]]
    assert float(query.vector @ paragraph.vector) < 0.999
    assert len(encoder.split("cats " * 12)) > 1


def test_an_encoder_that_is_nowhere_is_one_sentence() -> None:
    with pytest.raises(EncoderError, match="no encoder 'no/such-model' on this machine or on"):
        load_encoder("no/such-model")


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(EncoderError, match=r"have SHA-256 .* expected 53aa5117.*: reinstall"):
        assert SentenceTransformerEncoder("all-MiniLM-L6-v2", tmp_path).fingerprint


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no \*.safetensors: set QA_ENCODER"):
        assert load_encoder(str(tmp_path)).fingerprint


_OFFLINE = """
import socket, sys
def refuse(*_):
    raise AssertionError("the network was used")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from qa.cli import main
sys.exit(main(["ask", "Which country gives every migrant a social security number?"]))
"""


def test_a_fresh_process_answers_with_the_network_closed(tmp_path: Path) -> None:
    assert socket.socket.connect is not None
    process = subprocess.run(
        [sys.executable, "-c", _OFFLINE], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    assert "1. para. 69 ·" in process.stdout
    assert "“The Government of Portugal has moved" in process.stdout
