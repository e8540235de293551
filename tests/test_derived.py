import numpy as np

from index.library import Library
from tests.toy import local_index


def test_windows_follow_the_order_of_their_paragraphs(library: Library) -> None:
    words = " ".join(f"w{n}" for n in range(450))
    library.add_file(f"1. Short.\n\n2. {words}\n\n3. Short.\n".encode(), "long.md")
    index = local_index(library)
    rows = index.rows_of(["long"])
    windows = index.windows_of(rows[::-1])
    assert index.window_paragraphs[windows].tolist() == [rows[2], *[rows[1]] * 3, rows[0]]
    assert len(index.windows_of(rows[:0])) == 0
    tokens = index.window_tokens(windows)
    assert len(tokens.starts) == 5
    assert tokens.starts[0] == 0
    assert (np.diff(tokens.starts) > 0).all()


def test_a_large_library_reads_the_same_tokens_by_row(library: Library) -> None:
    index = local_index(library)
    windows = np.array([5, 2, 90])
    kept, read = (
        index.window_tokens(windows),
        index.store.tokens(index.window_keys[windows].tolist()),
    )
    assert np.array_equal(kept.vectors, read.vectors)
    assert np.array_equal(kept.spans, read.spans)
    assert np.array_equal(kept.starts, read.starts)


def test_idf_is_largest_for_what_no_paragraph_holds(library: Library) -> None:
    index = local_index(library)
    common = int(np.argmax(index.document_frequency))
    idf = index.idf(np.array([common, 10**6], np.int32))
    n, df = 98, int(index.document_frequency[common])
    assert idf.tolist() == np.log1p([n / (1 + df), n]).astype(np.float32).tolist()
