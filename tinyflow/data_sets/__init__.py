"""Data to learn on: points drawn around two centres or four, and 1,797 handwritten digits.

Every function returns examples, one a row, and the class of each as an int32 label.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.floating]
    Labels: TypeAlias = NDArray[np.int32]

__all__ = ["blobs", "load_digits", "split", "xor"]


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
    README.md in this folder says where they come from, and under which licence.
    """
    file = os.path.join(os.path.dirname(__file__), "digits.csv.gz")
    table = np.loadtxt(file, delimiter=",", dtype=np.float32)  # unpacks it, too
    return table[:, :-1] / np.float32(16), table[:, -1].astype(np.int32)


def split(
    rng: np.random.Generator, examples: Floats, labels: Labels, test: float = 0.25
) -> tuple[tuple[Floats, Labels], tuple[Floats, Labels]]:
    """Shuffles and sets the share `test` aside: (examples, labels) to train on, then to test on."""
    order = rng.permutation(len(examples))
    cut = round(len(examples) * (1 - test))
    train, held_out = order[:cut], order[cut:]
    return (examples[train], labels[train]), (examples[held_out], labels[held_out])
