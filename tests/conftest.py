import os
from importlib.resources import files
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from index.encoder import Encoder
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from index.reading import read_report
from index.report import Paragraph, Report
from tests.hostile import HOSTILE_REPORT
from tests.toy import ToyEncoder


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the library of the person who runs it."""
    monkeypatch.setenv("QA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("QA_ENCODER", raising=False)
    monkeypatch.delenv("QA_INDEX", raising=False)


@pytest.fixture(scope="session")
def source() -> str:
    """The bundled report's file."""
    path = files("index").joinpath("reports", f"{BUNDLED_REPORT}.md")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def report(source: str) -> Report:
    return read_report(source.encode(), f"{BUNDLED_REPORT}.md")


@pytest.fixture(scope="session")
def paragraphs(report: Report) -> dict[str, Paragraph]:
    return {paragraph.number: paragraph for paragraph in report.paragraphs}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """The bundled report, encoded by the toy."""
    library = Library(tmp_path / "home", ToyEncoder())
    library.add_bundled()
    return library


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real encoder."""
    return load_encoder()


@pytest.fixture(scope="session")
def real_library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("real"), encoder)
    library.add_bundled()
    return library


@pytest.fixture(scope="session")
def hostile() -> Report:
    return HOSTILE_REPORT
