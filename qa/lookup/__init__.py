"""Questions that name a place in the report, answered by its structure, not by ranking.

A form accounts for the whole question: one that merely holds a number, or names a
paragraph of another document, is left to the search.
"""

from qa.lookup.across import MOST_LOOKED_IN, look_up_in, warn_of_unlisted
from qa.lookup.forms import look_up, may_name_a_place
from qa.lookup.places import Lookup, Place

__all__ = [
    "MOST_LOOKED_IN",
    "Lookup",
    "Place",
    "look_up",
    "look_up_in",
    "may_name_a_place",
    "warn_of_unlisted",
]
