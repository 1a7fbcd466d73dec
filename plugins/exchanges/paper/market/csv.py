"""Recorded candles and funding rates from CSV files: strict, every problem named by its line, times in UTC."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from core.errors import ConfigError
from core.money import decimal
from ports.exchange import Candle

TIMES = ("datetime", "date", "timestamp", "time")
PRICES = ("open", "high", "low", "close")
MOST_PROBLEMS = 20
RATE_PLACES = 18
_SECONDS_BELOW = 100_000_000_000


def read_candles(path: Path) -> tuple[Candle, ...]:
    """The candles of a file, oldest first.

    Columns, in any order and case: datetime, date or timestamp (ISO 8601, without a zone UTC; or epoch seconds or
    milliseconds), open, high, low, close, volume (optional, then zero). Raises ConfigError with up to 20 problems:
    unsorted or repeated times, prices that are no positive numbers or outside high and low, missing columns, an empty
    file.
    """
    problems: list[str] = []
    candles: list[Candle] = []
    for line, row in _rows(path, PRICES, problems):
        candle = _candle(path, line, row, problems)
        if candle is None:
            continue
        if candles and candle.at <= candles[-1].at:
            problems.append(f"{path}:{line}: its time is not after the line before; sort the file, drop repeats")
        candles.append(candle)
        if len(problems) >= MOST_PROBLEMS:
            break
    if not candles and not problems:
        problems.append(f"{path}: has no candle; give at least one line below the header")
    if problems:
        raise ConfigError(tuple(problems[:MOST_PROBLEMS]))
    return tuple(candles)


def read_funding(path: Path) -> tuple[tuple[int, Decimal], ...]:
    """(time, rate) rows of a funding file: a time column, and the rate in `rate`, `funding_rate` or `open`."""
    problems: list[str] = []
    found: list[tuple[int, Decimal]] = []
    for line, row in _rows(path, (), problems):
        column = next((name for name in ("rate", "funding_rate", "open") if name in row), None)
        if column is None:
            problems.append(f"{path}:{line}: has no rate column; name it rate, funding_rate or open")
            break
        try:
            found.append((_time(row), _rate(row[column])))
        except ValueError as error:
            problems.append(f"{path}:{line}: {error}")
    if problems:
        raise ConfigError(tuple(problems[:MOST_PROBLEMS]))
    return tuple(sorted(found))


def _rate(value: str) -> Decimal:
    """A rate, to 18 places (half even): recorded ones are often floats written out in full."""
    digits, point, places = value.strip().partition(".")
    if point and places.isdigit() and len(places) > RATE_PLACES:
        return Decimal(f"{digits}.{places[: RATE_PLACES + 6]}").quantize(Decimal(1).scaleb(-RATE_PLACES))
    return decimal(value)


def _rows(path: Path, needed: Sequence[str], problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row by lower-case column); whole-file trouble goes to *problems*."""
    try:
        with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
            reader = csv.reader(file)
            header = [name.strip().lower().lstrip("\ufeff") for name in next(reader, [])]
            missing = [name for name in needed if name not in header]
            if not any(name in header for name in TIMES):
                missing.insert(0, "datetime")
            if missing:
                problems.append(
                    f"{path}:1: the column {', '.join(missing)} is missing; found {', '.join(header) or 'nothing'}"
                )
                return
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    problems.append(
                        f"{path}:{reader.line_num}: has {len(cells)} values, the header names {len(header)}"
                    )
                    if len(problems) >= MOST_PROBLEMS:
                        return
                    continue
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except OSError as error:
        problems.append(f"{path}: can't be read: {error.strerror or error}")
    except (UnicodeDecodeError, csv.Error, EOFError):
        problems.append(f"{path}: is no CSV text; give a plain or gzipped CSV file")


def _candle(path: Path, line: int, row: dict[str, str], problems: list[str]) -> Candle | None:
    try:
        opened, high, low, close = (_price(name, row[name]) for name in PRICES)
        candle = Candle(_time(row), opened, high, low, close, decimal(row.get("volume") or "0"))
    except ValueError as error:
        problems.append(f"{path}:{line}: {error}")
        return None
    if candle.volume < 0:
        problems.append(f"{path}:{line}: volume {candle.volume} is negative")
    if not (low <= opened <= high and low <= close <= high):
        problems.append(f"{path}:{line}: open {opened} and close {close} must lie between low {low} and high {high}")
    return candle


def _price(name: str, value: str) -> Decimal:
    price = decimal(value)
    if price <= 0:
        raise ValueError(f"{name} {value.strip()} is not above zero")
    return price


def _time(row: dict[str, str]) -> int:
    value = next(row[name] for name in TIMES if name in row).strip()
    if value.replace(".", "", 1).isdigit():
        number = decimal(value)
        return int(number * 1_000 if number < _SECONDS_BELOW else number)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no time; write 2020-01-01 00:00:00, ISO 8601 or epoch seconds") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return round(moment.timestamp() * 1_000)
