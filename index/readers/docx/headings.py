"""Which paragraphs of a Word document are headings: by style, or else by their look."""

from lxml import etree

from index.readers.docx.package import W
from index.readers.docx.styles import Styles
from index.readers.flow import is_formula

_LONGEST_HEADING = 300  # characters, of a paragraph that its style calls a heading
_LONGEST_BOLD_HEADING = 150
_LONGEST_SENTENCE_HEADING = 25  # words, of a heading that ends as a sentence does
_MOST_HEADING_LINES = 3
_MOST_BOLD = 1 / 3  # share of paragraphs: where more are bold, bold says nothing


class Headings:
    """Tells headings from text, knowing how much of the document is bold."""

    def __init__(self, styles: Styles, body: etree._Element) -> None:
        self._styles = styles
        self._does_bold_tell = self._share_of_bold(body) <= _MOST_BOLD

    def is_heading(
        self, text: str, paragraph: etree._Element, *, is_strong: bool, in_table: bool
    ) -> bool:
        """Whether a paragraph is a heading.

        Args:
            text: what it shows, its number included; not empty.
            paragraph: its element.
            is_strong: whether all of it is bold or underlined.
            in_table: whether it stands in a cell, where only styles make headings.
        """
        if text.count("\n") >= _MOST_HEADING_LINES:
            return False
        if self._styles.is_heading(paragraph):
            is_sentence = text[-1] in ".;:" and len(text.split()) > _LONGEST_SENTENCE_HEADING
            return len(text) <= _LONGEST_HEADING and not is_sentence
        if in_table:
            return False
        return is_formula(text) or self._looks_like_heading(text, paragraph, is_strong=is_strong)

    def _looks_like_heading(self, text: str, paragraph: etree._Element, *, is_strong: bool) -> bool:
        """Whether a short line without such a style stands out as headings do."""
        style = self._styles.name(self._styles.style_id(paragraph))
        is_quoted = text[0] in '"“„«‘' or "quot" in style
        if is_quoted or len(text) > _LONGEST_BOLD_HEADING or text[-1] in ".,;:":
            return False
        if is_strong:
            return self._does_bold_tell
        is_centred = self._styles.paragraph_value(paragraph, "jc") == "center"
        is_kept = self._styles.paragraph_switch(paragraph, "keepNext")
        return text.isupper() and len(text) > 1 and (is_centred or is_kept)

    def _share_of_bold(self, body: etree._Element) -> float:
        """Share of the paragraphs that are bold or underlined from end to end."""
        bold = filled = 0
        for paragraph in body.iter(f"{W}p"):
            style_id = self._styles.style_id(paragraph)
            runs = [run for run in paragraph.iter(f"{W}r") if run.find(f"{W}t") is not None]
            filled += bool(runs)
            bold += bool(runs) and all(self._styles.is_strong(run, style_id) for run in runs)
        return bold / filled if filled else 0.0
