"""The order of reading: frames, tables and columns of a page become lines."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.readers.pdf.drawn import Box
from index.readers.pdf.lines import Line, Piece, Region, is_rtl, make_lines, part_at_gutters
from index.readers.pdf.sheets import Sheet

_TOUCH = 3.0  # points between rules that still meet
_MIN_SIDE = 3  # lines on either side of a gutter
_MIN_NARROW_SIDE = 6  # the same where its width is that of a justified space
_WIDE_GUTTER = 1.1  # of the size
_MIN_FRAME = 0.3  # of the width of the page; less is an ornament


@dataclass(slots=True)
class _Frame:
    box: Box
    columns: list[float]  # x of the rules that part columns, outer ones included
    rows: list[float]  # y of the rules that part rows, from the top


def order_lines(sheet: Sheet, pieces: list[Piece], at: int, page: int) -> list[list[Line]]:
    """Lines of a sheet, column by column in the order of reading.

    Args:
        sheet: the page.
        pieces: what stands on it, without its edges.
        at: position of the sheet.
        page: printed page.
    """
    regions: list[Line] = []
    for frame in _frames(sheet):
        inside = [p for p in pieces if frame.box.holds((p.x0 + p.x1) / 2, p.y + p.size * 0.2)]
        if not inside or any(p.x1 > frame.box.x1 + 9 or p.x0 < frame.box.x0 - 9 for p in inside):
            continue
        pieces = [p for p in pieces if not any(p is other for other in inside)]
        region = _region(frame, inside, at, page)
        regions.append(Line(at, page, [], frame.box.x0, frame.box.x1, region))
    columns = list(_columns(_part(pieces), at, page))
    for region_line in sorted(regions, key=lambda line: -line.top):
        _insert(columns, region_line)
    for line in (line for column in columns for line in column if not line.region):
        line.underlined = _is_underlined(line, sheet.rules)
    return columns


def join_regions(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, with a box or table that goes on over a page in one piece."""
    last: Line | None = None
    for line in lines:
        if last and last.region and line.region and _goes_on(last, line):
            rows = line.region.rows
            if rows and _words(rows[0]) == _words(last.region.rows[0]):
                rows = rows[1:]  # its heads are printed again
            joined = Region(
                line.region.box, last.region.rows + rows, last.region.lines + line.region.lines
            )
            last = replace(last, sheet=line.sheet, region=joined)
            continue
        if last:
            yield last
        last = line
    if last:
        yield last


def _goes_on(above: Line, below: Line) -> bool:
    """Whether a frame at the top of a page is the rest of one at the foot of the page before."""
    first, second = above.region, below.region
    if not first or not second or below.sheet != above.sheet + 1:
        return False
    box, rest = first.box, second.box
    is_level = abs(box.x0 - rest.x0) < _TOUCH and abs(box.x1 - rest.x1) < _TOUCH
    if first.rows or second.rows:
        return is_level and _width(first.rows) == _width(second.rows)
    opening = second.lines[0].runs
    is_titled = all(run.look.bold or run.look.italic for run in opening if run.text.strip())
    return is_level and not is_titled


def _width(rows: Sequence[Sequence[object]]) -> int:
    return max(map(len, rows), default=0)


def _words(row: Sequence[Sequence[Line]]) -> list[str]:
    return [line.text for cell in row for line in cell]


def _region(frame: _Frame, pieces: list[Piece], at: int, page: int) -> Region:
    rows: list[list[list[Line]]] = []
    if len(frame.columns) > 2:
        for top, bottom in zip(frame.rows, frame.rows[1:], strict=False):
            row = [p for p in pieces if bottom < p.y + p.size * 0.2 <= top]
            if row:
                rows.append(_cells(row, frame, at, page))
    if rows and max(sum(bool(cell) for cell in row) for row in rows) > 1:
        return Region(frame.box, rows, [])
    lines = [line for column in _columns(_part(pieces), at, page) for line in column]
    return Region(frame.box, [], lines)


def _part(pieces: list[Piece]) -> list[Piece]:
    return [part for piece in pieces for part in part_at_gutters(piece)]


def _cells(row: list[Piece], frame: _Frame, at: int, page: int) -> list[list[Line]]:
    cells = []
    for left, right in zip(frame.columns, frame.columns[1:], strict=False):
        inside = [p for p in row if left <= (p.x0 + p.x1) / 2 < right]
        cells.append(make_lines(inside, at, page, (left, right)))
    return cells


def _insert(columns: list[list[Line]], region: Line) -> None:
    """Put a region between the lines that stand above and below it."""
    middle = (region.left + region.right) / 2
    fitting = [c for c in columns if c and c[0].left - 20 <= middle <= c[0].right + 20]
    above = [c for c in fitting if any(line.y >= region.top - 3 for line in c)]
    if not fitting:
        columns.append([region])
    elif not above:
        fitting[0].insert(0, region)
    else:
        column = above[-1]
        after = max(i for i, line in enumerate(column) if line.y >= region.top - 3) + 1
        column.insert(after, region)


def _frames(sheet: Sheet) -> Iterator[_Frame]:
    """Closed frames of touching rules, and shaded grounds, none inside another."""
    level = [rule for rule in sheet.rules if rule.width > 4 and rule.height <= 4]
    upright = [rule for rule in sheet.rules if rule.height > 4 and rule.width <= 4]
    frames = []
    for group in [*_touching(level + upright), *_touching(sheet.shades)]:
        box = Box(
            min(r.x0 for r in group),
            min(r.y0 for r in group),
            max(r.x1 for r in group),
            max(r.y1 for r in group),
        )
        is_shade = any(min(r.width, r.height) > 4 for r in group)
        columns = _places([r.x0 for r in group if r.height > 4 and not is_shade])
        rows = _places([r.y0 for r in group if r.width > 4 and not is_shade])[::-1]
        is_closed = is_shade or (len(columns) > 1 and len(rows) > 0)  # open where a page ends
        is_wide = box.width >= _MIN_FRAME * sheet.width and box.height > 20
        if is_closed and is_wide and box.height < 0.97 * sheet.height:
            frames.append(_Frame(box, columns, rows))
    frames.sort(key=lambda frame: (-frame.box.width * frame.box.height, len(frame.columns)))
    taken: list[Box] = []
    for frame in frames:
        x, y = (frame.box.x0 + frame.box.x1) / 2, (frame.box.y0 + frame.box.y1) / 2
        if not any(box.holds(x, y) for box in taken):
            taken.append(frame.box)
            yield frame


def _touching(rules: Sequence[Box]) -> list[list[Box]]:
    """Groups of boxes that meet each other."""
    groups: list[list[Box]] = []
    for rule in rules:
        meeting = [group for group in groups if any(_meet(rule, other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in meeting)]
        groups.append([rule, *(other for group in meeting for other in group)])
    return groups


def _meet(a: Box, b: Box) -> bool:
    return (
        a.x0 - _TOUCH <= b.x1
        and b.x0 - _TOUCH <= a.x1
        and a.y0 - _TOUCH <= b.y1
        and b.y0 - _TOUCH <= a.y1
    )


def _places(values: list[float]) -> list[float]:
    """Distinct values, upwards."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > 2 * _TOUCH:
            places.append(value)
    return places


def _is_underlined(line: Line, rules: Sequence[Box]) -> bool:
    """Whether rules run under four fifths of the line."""
    under = sum(
        max(0.0, min(rule.x1, line.x1) - max(rule.x0, line.x0))
        for rule in rules
        if rule.height <= 2 and -0.35 * line.size < rule.y0 - line.y <= 0.05 * line.size
    )
    return under > 0.8 * (line.x1 - line.pieces[-1 if line.is_rtl else 0].x0)


def _columns(pieces: list[Piece], at: int, page: int) -> Iterator[list[Line]]:
    """Cut at the gutter that has most text on both sides; what crosses it is read between."""
    gutter = _gutter(pieces)
    if gutter is None:
        if pieces:
            bounds = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
            yield make_lines(pieces, at, page, bounds)
        return
    for band, is_split in _bands(pieces, gutter):
        if not is_split:
            bounds = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
            yield make_lines(band, at, page, bounds)
            continue
        sides = _sides(band, gutter)
        if _is_backwards(band):
            sides = sides[::-1]
        for side in sides:
            yield from _columns(side, at, page)


def _is_backwards(pieces: list[Piece]) -> bool:
    return is_rtl(" ".join(piece.text for piece in pieces))


def _gutter(pieces: list[Piece]) -> float | None:
    """The x of the best gutter, or None for a single column."""
    if len(pieces) < 2 * _MIN_SIDE:
        return None
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    best, most = None, 0
    edges = sorted({round(p.x0) - 3 for p in pieces})
    for x in edges:
        if not left + 0.15 * (right - left) < x < right - 0.15 * (right - left):
            continue
        crossing = sum(p.x0 < x < p.x1 for p in pieces)
        if crossing > len(pieces) / 2:
            continue
        split = sum(len(band) for band, is_split in _bands(pieces, x) if is_split)
        if split > most:
            best, most = x, split
    return best


def _bands(pieces: list[Piece], x: float) -> list[tuple[list[Piece], bool]]:
    """Stretches of the page from top to bottom, and whether the gutter parts them."""
    bands: list[tuple[list[Piece], bool]] = []
    ordered = sorted(pieces, key=lambda p: -p.y)
    stretch: list[Piece] = []
    level: list[Piece] = []  # crossing lines, and what did not make columns

    def close() -> None:
        nonlocal stretch, level
        if _is_prose(stretch, x):
            if level:
                bands.append((level, False))
            bands.append((stretch, True))
            level = []
        else:
            level = level + stretch
        stretch = []

    for piece in ordered:
        if piece.x0 < x < piece.x1:
            close()
            level.append(piece)
        else:
            stretch.append(piece)
    close()
    if level:
        bands.append((level, False))
    return bands


def _sides(pieces: list[Piece], x: float) -> tuple[list[Piece], list[Piece]]:
    return [p for p in pieces if p.x1 <= x + 1], [p for p in pieces if p.x1 > x + 1]


def _rows(pieces: list[Piece]) -> list[list[Piece]]:
    rows: dict[int, list[Piece]] = {}
    for piece in pieces:
        rows.setdefault(round(piece.y), []).append(piece)
    return list(rows.values())


def _is_prose(pieces: list[Piece], x: float) -> bool:
    """Whether both sides of the gutter are columns of running text, not cells of a table.

    Where the gutter is no wider than the spaces of justified lines, more lines must agree.
    """
    left, right = _sides(pieces, x)
    if not left or not right:
        return False
    gutter = min(p.x0 for p in right) - max(p.x1 for p in left)
    fewest = _MIN_SIDE if gutter > _WIDE_GUTTER * _size(left) else _MIN_NARROW_SIDE
    return all(_is_column(side, fewest) for side in (left, right))


def _is_column(side: list[Piece], fewest: int) -> bool:
    """Whether many of the rows, and at least so few in all, are wide and about equally so.

    Where the side holds two columns, the rows of one may be level with the other's or not.
    """
    rows, narrowest = _rows(side), 8 * _size(side)
    widths = sorted(_extent(row) for row in rows if _is_worded(row))
    alike = max(
        (
            at + 1 - bisect_left(widths, 0.75 * width)
            for at, width in enumerate(widths)
            if width >= narrowest
        ),
        default=0,
    )
    is_filled = len(rows) >= fewest and alike >= max(2, 0.33 * len(rows))
    return is_filled and _n_flush(rows) >= max(_MIN_SIDE, 0.2 * len(rows))


def _size(pieces: list[Piece]) -> float:
    return median(piece.size for piece in pieces)


def _n_flush(rows: list[list[Piece]]) -> int:
    """How many rows begin at the same place; the words right of a wide space do not."""
    if _is_backwards([piece for row in rows for piece in row]):
        starts = Counter(round(max(p.x1 for p in row) / 3) for row in rows)
    else:
        starts = Counter(round(min(p.x0 for p in row) / 3) for row in rows)
    return max(starts.values())


def _extent(row: list[Piece]) -> float:
    return max(p.x1 for p in row) - min(p.x0 for p in row)


def _is_worded(row: list[Piece]) -> bool:
    text = "".join(piece.text for piece in row)
    return len(text) > 12 and any(sign.isalpha() for sign in text)
