"""Data to learn on: points around two centres or four, 1,797 handwritten digits, house prices.

Every function returns examples, one a row, and what is to be said of each: its class as an int32
label, or the price of a house.  README.md in this folder says where the data come from, and under
which licence.
"""

from __future__ import annotations

import gzip
import os.path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.floating]
    Labels: TypeAlias = NDArray[np.int32]
    Targets: TypeAlias = NDArray[Any]

__all__ = ["HousePrices", "blobs", "load_boston", "load_digits", "load_taipei", "split", "xor"]

_FOLDER = os.path.dirname(__file__)


def blobs(rng: np.random.Generator, count: int = 50) -> tuple[NDArray[np.float64], Labels]:
    """Two clouds of `count` points in the plane: class 0 around (-2, -2), class 1 around (2, 2)."""
    return _clouds(rng, count, [[(-2, -2)], [(2, 2)]])


def xor(rng: np.random.Generator, count: int = 25) -> tuple[NDArray[np.float64], Labels]:
    """Four clouds of `count` points, one in each quadrant: two opposite quadrants share a class.

    No straight line separates the classes.
    """
    return _clouds(rng, count, [[(-2, -2), (2, 2)], [(-2, 2), (2, -2)]])


def _clouds(
    rng: np.random.Generator, count: int, centres: list[list[tuple[int, int]]]
) -> tuple[NDArray[np.float64], Labels]:
    """`count` normally distributed points around each centre; `centres[k]` are those of class k."""
    points = [rng.standard_normal((count, 2)) + centre for own in centres for centre in own]
    labels = [label for label, own in enumerate(centres) for _ in range(count * len(own))]
    return np.concatenate(points), np.array(labels, np.int32)


def load_digits() -> tuple[NDArray[np.float32], Labels]:
    """The handwritten digits: images (1797, 64), 0 for paper and 1 for ink, and labels 0 to 9.

    A row holds an image of 8 x 8 pixels: `images[0].reshape(8, 8)` is a picture of a zero.
    """
    file = os.path.join(_FOLDER, "digits.csv.gz")
    table = np.loadtxt(file, delimiter=",", dtype=np.float32)  # unpacks it, too
    return table[:, :-1] / np.float32(16), table[:, -1].astype(np.int32)


class HousePrices(NamedTuple):
    """Numbers about places, and what a house costs there.

    Attributes:
      examples: float64, shape (n, number of columns): a place a row.
      prices: float64, shape (n, 1): a column, as a network with one output computes them.
      columns: the names of the columns of `examples`.
    """

    examples: NDArray[np.float64]
    prices: NDArray[np.float64]
    columns: tuple[str, ...]


def load_taipei() -> HousePrices:
    """414 sales of houses in Xindian, a district of New Taipei City, in 2012 and 2013.

    Prices are in units of 10,000 New Taiwan dollars for a ping of floor (3.3 square metres).

    The six columns: `date` of the sale in years (2013.25 is a quarter into 2013), `age` of the
    house in years, `distance` to the nearest metro station in metres, `shops`: the number of
    convenience stores within a walk, `latitude` and `longitude` in degrees.
    """
    return _load_houses("taipei.csv.gz", names_in_line=1)


def load_boston() -> HousePrices:
    """506 census tracts of Boston in 1970: a retired data set, here for the texts that use it.

    Prices are the median value of the houses that their owners live in, in units of 1,000 US
    dollars; 16 of them are the census's upper limit, 50.

    The thirteen columns, of a tract or its town: `CRIM` crimes per head, `ZN` share of land zoned
    for large plots (%), `INDUS` share of land in industry (%), `CHAS` 1 beside the Charles River,
    `NOX` nitric oxides (parts per 10 million), `RM` rooms in a dwelling, `AGE` share of houses
    built before 1940 (%), `DIS` distance to five centres of employment (weighted), `RAD` access to
    motorways (an index), `TAX` property tax (dollars in 10,000), `PTRATIO` pupils for each
    teacher, `B` 1000 (b - 0.63)^2 where b is the share of Black residents, `LSTAT` share of
    residents of "lower status" (%).

    No column is left out. Leave `B` out of what is learned from them: README.md says why.
    """
    return _load_houses("boston.csv.gz", names_in_line=2)


def _load_houses(file: str, names_in_line: int) -> HousePrices:
    """Reads a table whose last column is the price, below a line of names."""
    with gzip.open(os.path.join(_FOLDER, file), "rt", encoding="ascii") as lines:
        header = [next(lines) for _ in range(names_in_line)][-1]
        table = np.loadtxt(lines, delimiter=",")
    names = header.replace('"', "").strip().split(",")
    return HousePrices(table[:, :-1], table[:, -1:], tuple(names[:-1]))


def split(
    rng: np.random.Generator, examples: Floats, labels: Targets, test: float = 0.25
) -> tuple[tuple[Floats, Targets], tuple[Floats, Targets]]:
    """Shuffles and sets the share `test` aside: (examples, labels) to train on, then to test on.

    In place of labels it may be given prices.
    """
    order = rng.permutation(len(examples))
    cut = round(len(examples) * (1 - test))
    train, held_out = order[:cut], order[cut:]
    return (examples[train], labels[train]), (examples[held_out], labels[held_out])
