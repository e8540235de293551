"""What a person can get wrong, as exceptions whose text is one sentence.

Every message says what was expected, what was found and what to do.
"""


class ReportQaError(Exception):
    """A mistake that its message lets the user mend; never a bug of ours."""


class ReadError(ReportQaError):
    """A file cannot be read as a report."""


class LibraryError(ReportQaError):
    """The library on disk does not fit what was asked of it."""


class UnavailableError(LibraryError):
    """The server that keeps the library does not do what was asked of it."""


class StaleError(LibraryError):
    """Another process has changed the library in the middle of a search."""


class EncoderError(ReportQaError):
    """The encoder cannot be loaded, or its weights are not the published ones."""
