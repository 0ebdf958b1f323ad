"""The data that comes along: its files are those that the README describes, and load as it says."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from tinyflow import data_sets

FOLDER = Path(data_sets.__file__).parent


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv.gz")), ids=lambda path: path.name)
def test_files_are_those_of_the_readme(file: Path) -> None:
    (section,) = re.findall(
        rf"^## {re.escape(file.name)}$(.*?)(?=^## |\Z)",
        (FOLDER / "README.md").read_text(),
        re.M | re.S,
    )
    assert hashlib.sha256(file.read_bytes()).hexdigest() in section
    for word in ("Copied from", "Format", "reads it"):
        assert word in section


def test_taipei() -> None:
    houses = data_sets.load_taipei()
    assert houses.columns == ("date", "age", "distance", "shops", "latitude", "longitude")
    assert houses.examples.shape == (414, 6) and houses.prices.shape == (414, 1)
    assert houses.examples.dtype == houses.prices.dtype == np.float64
    first = [2012.9166667, 32, 84.87882, 10, 24.98298, 121.54024]
    np.testing.assert_array_equal(houses.examples[0], first)
    assert houses.prices[0] == 37.9 and houses.prices[-1] == 63.9
    assert houses.prices.min() == 7.6 and houses.prices.max() == 117.5
    assert np.isfinite(houses.examples).all()


def test_boston() -> None:
    houses = data_sets.load_boston()
    names = "CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT"
    assert " ".join(houses.columns) == names
    assert houses.examples.shape == (506, 13) and houses.prices.shape == (506, 1)
    assert houses.examples.dtype == houses.prices.dtype == np.float64
    first = [0.00632, 18, 2.31, 0, 0.538, 6.575, 65.2, 4.09, 1, 296, 15.3, 396.9, 4.98]
    np.testing.assert_array_equal(houses.examples[0], first)
    assert houses.prices[0] == 24
    assert houses.prices.max() == 50 and np.count_nonzero(houses.prices == 50) == 16


def test_boston_has_no_byte_changed() -> None:
    unpacked = hashlib.sha256(gzip.decompress((FOLDER / "boston.csv.gz").read_bytes())).hexdigest()
    assert unpacked in (FOLDER / "README.md").read_text()


def test_houses_unpack_and_split() -> None:
    examples, prices, _ = data_sets.load_taipei()
    train, held_out = data_sets.split(np.random.default_rng(0), examples, prices)
    assert train[1].shape == (310, 1) and held_out[0].shape == (104, 6)
    pairs = {(*row, price) for row, (price,) in zip(examples, prices, strict=True)}
    for rows, values in (train, held_out):
        assert pairs.issuperset((*row, v) for row, (v,) in zip(rows, values, strict=True))
