"""Special functions in plain NumPy, in float64 to about 1e-14: erf, the gamma family, Bessel's I.

Each is computed from its defining series, recurrence or integral where that converges fast, without
tables of fitted coefficients:

- erf, erfc: Maclaurin's series, and the trapezoidal rule for the integral of Chiarella and Reichel
  (Math. Comp. 22, 1968) as Matta and Reichel use it (Math. Comp. 25, 1971).
- lgamma, digamma, polygamma, zeta: Abramowitz and Stegun, Handbook of Mathematical Functions
  (1964), formulas 6.1.33, 6.1.40, 6.3.18 and 6.4.10; Euler and Maclaurin's summation, 23.1.30.
- igamma: the series 6.5.29 of the Handbook, and Gauss and Legendre's quadrature of the integral.
- betainc: the continued fraction 26.5.8 of the Handbook, evaluated by Lentz's method.
- bessel_i0e, bessel_i1e: the series 9.6.10 and the asymptotic expansion 9.7.1 of the Handbook.

All take arrays of floats that broadcast, and give their dtype.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = [
    "bessel_i0e", "bessel_i1e", "betainc", "digamma", "erf", "erfc", "igamma", "igamma_da",
    "igammac", "lgamma", "polygamma", "zeta",
]  # fmt: skip

Array = Any  # of float64, with one axis
Function = Callable[..., Any]


def _on_float64(function: Function) -> Function:
    """Makes a function of float64 vectors one of arrays of any float dtype that broadcast."""

    @functools.wraps(function)
    def apply(*arrays: Any, **options: Any) -> Any:
        dtype = np.result_type(*arrays)
        wide = np.broadcast_arrays(*[np.asarray(x, np.float64) for x in arrays])
        with np.errstate(all="ignore"):
            result = function(*[x.ravel() for x in wide], **options)
        return result.reshape(wide[0].shape).astype(dtype)

    return apply


def _piecewise(cases: Sequence[tuple[Any, Function]], *args: Array) -> Array:
    """Each element by the first function whose condition holds; nan where none does."""
    result = np.full(args[0].shape, np.nan)
    todo = np.ones(args[0].shape, bool)
    for condition, function in cases:
        chosen = todo & condition
        if chosen.any():
            result[chosen] = function(*[x[chosen] for x in args])
        todo &= ~chosen
    return result


def _horner(coefficients: Sequence[float], x: Array) -> Array:
    """The polynomial with these coefficients, the constant first."""
    total = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def _log(x: Array, x_minus_1: Array) -> Array:
    """log(x), given x - 1 as exactly as it is known."""
    return np.where(np.abs(x_minus_1) < 0.5, np.log1p(x_minus_1), np.log(x))


# -- the error function ----------------------------------------------------------------------------

_ERF = [2 / math.sqrt(math.pi) * (-1) ** n / math.factorial(n) / (2 * n + 1) for n in range(20)]
_STEP = 0.5  # of the trapezoidal rule: its error is of the order exp(-(pi / _STEP)**2) = 1e-17


def _erf_series(x: Array) -> Array:
    return x * _horner(_ERF, x * x)


def _erfc_integral(x: Array) -> Array:
    """2x exp(-x^2) / pi times the integral of exp(-t^2) / (t^2 + x^2) from 0 on, for x >= 1."""
    x = np.minimum(x, 28.0)  # erfc(28) is below the least float
    total = 1 / (x * x)
    for k in range(1, 14):
        t = (k * _STEP) ** 2
        total += 2 * math.exp(-t) / (t + x * x)
    # What the rule misses while the pole at t = 1j x is near, and nothing beyond.
    residue = np.where(x < 6, 2 / np.expm1(2 * np.pi / _STEP * x), 0)
    return _exp_minus_square(x) * _STEP * x / np.pi * total - residue


def _exp_minus_square(x: Array) -> Array:
    """exp(-x^2), where rounding x^2 alone would cost 1e-13: x in two parts, one of few digits."""
    short = np.rint(x * 16) / 16
    return np.exp(-short * short) * np.exp(-(x - short) * (x + short))


def _erfc(x: Array) -> Array:
    return _piecewise(
        [
            (x >= 1, _erfc_integral),
            (x > -1, lambda x: 1 - _erf_series(x)),
            (x <= -1, lambda x: 2 - _erfc_integral(-x)),
        ],
        x,
    )


@_on_float64
def erf(x: Array) -> Array:
    """2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    return _piecewise(
        [
            (np.abs(x) < 1, _erf_series),
            (np.abs(x) >= 1, lambda x: np.copysign(1 - _erfc_integral(np.abs(x)), x)),
        ],
        x,
    )


@_on_float64
def erfc(x: Array) -> Array:
    """1 - erf(x), exact to the last digits also where that is small."""
    return _erfc(x)


# -- Hurwitz's zeta function -----------------------------------------------------------------------

_BERNOULLI = [  # B2, B4, ...
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
    -174611 / 330, 854513 / 138, -236364091 / 2730,
]  # fmt: skip
_DIRECT = 10  # terms that are summed before Euler and Maclaurin's formula takes over


def _hurwitz(x: Array, q: Array) -> Array:
    """The sum of (q + k)^-x over k = 0, 1, ..., for x > 1 and q > 0."""
    total = np.zeros_like(q)
    for k in range(_DIRECT):
        total += (q + k) ** -x
    a = q + _DIRECT
    power = a**-x
    total += power * (a / (x - 1) + 0.5)
    factor = power * x / a
    for j, b in enumerate(_BERNOULLI, 1):
        total += b / math.factorial(2 * j) * factor
        factor = factor * (x + 2 * j - 1) * (x + 2 * j) / (a * a)
    return total


def _hurwitz_left(x: Array, q: Array) -> Array:
    """The same for a negative q that is no whole number, and a whole x.

    The terms with q + k > 0 are those of another such sum, and the others are its mirror image.
    """
    steps = np.ceil(-q)
    f = q + steps
    mirrored = _hurwitz(x, 1 - f) - _hurwitz(x, 1 - f + steps)
    return _hurwitz(x, f) + np.where(x % 2 == 0, 1, -1) * mirrored


def _zeta(x: Array, q: Array) -> Array:
    return _piecewise(
        [
            (x == 1, lambda x, q: np.full_like(x, np.inf)),
            ((x > 1) & (q > 0), _hurwitz),
            ((x > 1) & (q == np.floor(q)), lambda x, q: np.full_like(x, np.inf)),
            ((x > 1) & (x == np.floor(x)), _hurwitz_left),
        ],
        x,
        q,
    )


@_on_float64
def zeta(x: Array, q: Array) -> Array:
    """The sum of (q + k)^-x over k = 0, 1, ...; inf at its poles, nan for x < 1."""
    return _zeta(x, q)


# -- the gamma function's logarithm and its derivatives --------------------------------------------

_HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
_LARGE = 10.0  # from here on Stirling's series serves
# lgamma(2 + z) = (1 - Euler's constant) z + the sum of (zeta(k) - 1) (-z)^k / k over k = 2, 3, ...
_AROUND_2 = [
    0.0, 1 - np.euler_gamma,
    *[(-1) ** k / k * _hurwitz(np.array(float(k)), np.array(2.0)).item() for k in range(2, 32)],
]  # fmt: skip
_SLOPE_AROUND_2 = [k * c for k, c in enumerate(_AROUND_2)][1:]
_STIRLING = [b / (2 * j * (2 * j - 1)) for j, b in enumerate(_BERNOULLI[:9], 1)]


def _stirling(x: Array) -> Array:
    """log gamma(x) - ((x - 1/2) log(x) - x + log(2 pi) / 2), for large x."""
    return _horner(_STIRLING, 1 / (x * x)) / x


def _lgamma_large(x: Array) -> Array:
    return (x - 0.5) * np.log(x) - x + _HALF_LOG_TAU + _stirling(x)


def _lgamma_middle(x: Array) -> Array:
    """For 1.5 <= x <= 10: gamma(x) = (x - 1) (x - 2) ... gamma(2 + z), with |z| <= 1/2."""
    z = x - 2
    product = np.ones_like(x)
    for _ in range(int(_LARGE) - 2):
        product = np.where(z > 0.5, product * (z + 1), product)
        z = np.where(z > 0.5, z - 1, z)
    return np.log(product) + _horner(_AROUND_2, z)


def _lgamma_left(x: Array) -> Array:
    """For x < 0: gamma(x) gamma(1 - x) = pi / sin(pi x)."""
    sine = np.abs(np.sin(np.pi * (x - np.rint(x))))
    return np.log(np.pi / sine) - _lgamma(1 - x)


def _lgamma(x: Array) -> Array:
    return _piecewise(
        [
            (np.isinf(x), np.abs),
            (x > _LARGE, _lgamma_large),
            (x >= 1.5, _lgamma_middle),
            (x >= 0.5, lambda x: _horner(_AROUND_2, x - 1) - np.log(x)),
            (x >= 0, lambda x: _horner(_AROUND_2, x) - np.log1p(x) - np.log(x)),
            (x < 0, _lgamma_left),
        ],
        x,
    )


def _digamma_large(x: Array) -> Array:
    series = _horner([b / (2 * j) for j, b in enumerate(_BERNOULLI[:9], 1)], 1 / (x * x))
    return np.log(x) - 0.5 / x - series / (x * x)


def _digamma_middle(x: Array) -> Array:
    z = x - 2
    total = np.zeros_like(x)
    for _ in range(int(_LARGE) - 2):
        total = np.where(z > 0.5, total + 1 / (z + 1), total)
        z = np.where(z > 0.5, z - 1, z)
    return total + _horner(_SLOPE_AROUND_2, z)


def _digamma(x: Array) -> Array:
    return _piecewise(
        [
            (x == np.inf, np.copy),
            (x > _LARGE, _digamma_large),
            (x >= 1.5, _digamma_middle),
            (x >= 0.5, lambda x: _horner(_SLOPE_AROUND_2, x - 1) - 1 / x),
            (x > 0, lambda x: _horner(_SLOPE_AROUND_2, x) - 1 / (x + 1) - 1 / x),
            (x == np.floor(x), lambda x: np.full_like(x, np.inf)),
            (x < 0, lambda x: _digamma(1 - x) - np.pi / np.tan(np.pi * (x - np.rint(x)))),
        ],
        x,
    )


def _polygamma(n: Array, x: Array) -> Array:
    """(-1)^(n + 1) n! zeta(n + 1, x)."""
    sign = np.where(n % 2 == 0, -1.0, 1.0)
    return sign * np.exp(_lgamma(n + 1)) * _zeta(n + 1, x)


@_on_float64
def lgamma(x: Array) -> Array:
    """The logarithm of |gamma(x)|; inf where x is 0 or a negative whole number."""
    return _lgamma(x)


@_on_float64
def digamma(x: Array) -> Array:
    """The derivative of lgamma; inf where x is 0 or a negative whole number."""
    return _digamma(x)


@_on_float64
def polygamma(n: Array, x: Array) -> Array:
    """The n-th derivative of digamma at x; nan unless n is one of 0, 1, 2, ..."""
    return _piecewise(
        [(n == 0, lambda n, x: _digamma(x)), ((n > 0) & (n == np.floor(n)), _polygamma)], n, x
    )


# -- the incomplete gamma function -----------------------------------------------------------------
# P(a, x) and Q(a, x) = 1 - P(a, x) are the shares of gamma(a) = integral of t^(a - 1) e^-t that lie
# below and above x.  Below the mode the share is summed as a series for small a, else integrated;
# each derivative in a puts a factor (log t - digamma(a)) under the integral.

_SMALL = 20.0  # up to this a the series needs no more terms than _TERMS
_TERMS = 90
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def _gamma_density(a: Array, x: Array) -> Array:
    """x^(a - 1) e^-x / gamma(a), also for large a, where x^a alone would overflow."""

    def large(a: Array, x: Array) -> Array:
        away = (x - a) / a
        exponent = a * (_log(x / a, away) - away) - _stirling(a)
        return np.exp(exponent) * np.sqrt(a / (2 * np.pi)) / x

    def small(a: Array, x: Array) -> Array:
        return np.exp((a - 1) * np.log(x) - x - _lgamma(a))

    return _piecewise([(a > _LARGE, large), (a > 0, small)], a, x)


def _gamma_series(a: Array, x: Array, order: int) -> Array:
    """P or a derivative of it in a: the sum of x^(a + n) e^-x / gamma(a + n + 1)."""
    term = _gamma_density(a, x) * x / a
    slope = np.log(x) - _digamma(a + 1)  # the derivative of log(term)
    bend = _zeta(np.full_like(a, 2.0), a + 1)  # minus the derivative of slope
    total = np.zeros_like(a)
    for n in range(1, _TERMS):
        total += term * (1.0, slope, slope * slope - bend)[order]
        term, slope, bend = term * x / (a + n), slope - 1 / (a + n), bend - 1 / (a + n) ** 2
    return total


def _gamma_integral(a: Array, x: Array, order: int, side: int) -> Array:
    """The integral of the density from x on up (side 1) or down (side -1), as far as it counts."""
    rate = np.clip(side * (1 - (a - 1) / x), 1e-9, 1 if side > 0 else None)
    # The density falls at least so fast when one leaves x: e^-40 of it does not count any more.
    length = np.minimum(40 / rate, 40 + 9 * np.sqrt(a))
    if side < 0:
        length = np.minimum(length, x)
    half = 0.5 * length[:, None]
    s = side * half * (1 + _NODES)  # t = x + s
    log_ratio = np.log1p(s / x[:, None])
    density = np.exp((a[:, None] - 1) * log_ratio - s)
    if order:
        slope = (np.log(x) - _digamma(a))[:, None] + log_ratio
        bend = _zeta(np.full_like(a, 2.0), a)[:, None]
        density = density * (slope if order == 1 else slope * slope - bend)
    return (density * half * _WEIGHTS).sum(1) * _gamma_density(a, x)


def _share(a: Array, x: Array, order: int, upper: bool) -> Array:
    """P (or Q: `upper`), or a derivative of it in a."""

    def below(lower: Function) -> Function:
        whole = 0.0 if order else 1.0
        return lambda a, x: whole - lower(a, x) if upper else lower(a, x)

    def above(a: Array, x: Array) -> Array:
        part = _gamma_integral(a, x, order, 1)
        return part if upper else (0.0 if order else 1.0) - part

    valid = (a > 0) & (x >= 0) & np.isfinite(a)
    at_0, at_inf = (0.0, 0.0) if order else (float(upper), float(not upper))
    is_below = (x <= 1) | (x <= a)
    return _piecewise(
        [
            (valid & (x == 0), lambda a, x: np.full_like(a, at_0)),
            (valid & np.isinf(x), lambda a, x: np.full_like(a, at_inf)),
            (valid & is_below & (a <= _SMALL), below(lambda a, x: _gamma_series(a, x, order))),
            (valid & is_below, below(lambda a, x: _gamma_integral(a, x, order, -1))),
            (valid, above),
        ],
        a,
        x,
    )


@_on_float64
def igamma(a: Array, x: Array) -> Array:
    """P(a, x): the share of the integral of t^(a - 1) e^-t from 0 on that lies below x."""
    return _share(a, x, 0, upper=False)


@_on_float64
def igammac(a: Array, x: Array) -> Array:
    """Q(a, x) = 1 - P(a, x), exact to the last digits also where x is large."""
    return _share(a, x, 0, upper=True)


@_on_float64
def igamma_da(a: Array, x: Array, order: int = 1) -> Array:
    """The derivative of P(a, x) in a, of order 1 or 2."""
    return _share(a, x, order, upper=False)


# -- the incomplete beta function ------------------------------------------------------------------


def _lgamma_step(x: Array, step: Array) -> Array:
    """lgamma(x + step) - lgamma(x), without cancellation where x is large."""

    def large(x: Array, step: Array) -> Array:
        change = _stirling(x + step) - _stirling(x)
        return step * (np.log(x) - 1) + (x + step - 0.5) * np.log1p(step / x) + change

    def small(x: Array, step: Array) -> Array:
        return _lgamma(x + step) - _lgamma(x)

    return _piecewise([(x > _LARGE, large), (x > 0, small)], x, step)



_TINY = 1e-300  # stands for 0 where Lentz's method would divide by it
_MOST = 100_000  # steps; about 10 sqrt(max(a, b)) are needed


def _beta_density(a: Array, b: Array, x: Array) -> Array:
    """x^a (1 - x)^b gamma(a + b) / (gamma(a) gamma(b)), also for large a and b."""

    def large(a: Array, b: Array, x: Array) -> Array:
        n = a + b
        away = n * x - a  # from the mean, a / n, times n
        exponent = a * _log(n * x / a, away / a) + b * _log(n * (1 - x) / b, -away / b)
        exponent += _stirling(n) - _stirling(a) - _stirling(b)
        return np.exp(exponent) * np.sqrt(a * b / (2 * np.pi * n))

    def small(a: Array, b: Array, x: Array) -> Array:
        log_beta = _lgamma(np.minimum(a, b)) - _lgamma_step(np.maximum(a, b), np.minimum(a, b))
        return np.exp(a * np.log(x) + b * np.log1p(-x) - log_beta)

    return _piecewise([((a > _LARGE) & (b > _LARGE), large), (a > 0, small)], a, b, x)


def _beta_fraction(a: Array, b: Array, x: Array) -> Array:
    """I_x(a, b) for x below the mean, by a continued fraction of which two steps are one turn."""

    def nonzero(value: Array) -> Array:
        return np.where(np.abs(value) < _TINY, _TINY, value)

    c, d = np.ones_like(x), 1 / nonzero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MOST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        turn = np.ones_like(x)
        for step in (even, odd):
            d = 1 / nonzero(1 + step * d)
            c = nonzero(1 + step / c)
            turn = turn * c * d
        fraction = fraction * turn
        if not (np.abs(turn - 1) > 1e-15).any():
            break
    return _beta_density(a, b, x) / a * fraction


def _beta_inside(a: Array, b: Array, x: Array) -> Array:
    left = x <= (a + 1) / (a + b + 2)
    return _piecewise(
        [(left, _beta_fraction), (~left, lambda a, b, x: 1 - _beta_fraction(b, a, 1 - x))], a, b, x
    )


@_on_float64
def betainc(a: Array, b: Array, x: Array) -> Array:
    """I_x(a, b): the share of the integral of t^(a-1) (1-t)^(b-1) over (0, 1) that lies below x."""
    valid = (a > 0) & (b > 0) & np.isfinite(a) & np.isfinite(b)
    return _piecewise(
        [
            (valid & ((x == 0) | (x == 1)), lambda a, b, x: np.copy(x)),
            (valid & (x > 0) & (x < 1), _beta_inside),
        ],
        a,
        b,
        x,
    )


# -- Bessel functions ------------------------------------------------------------------------------

_SERIES = {
    order: [1 / (math.factorial(k) * math.factorial(k + order)) for k in range(55)]
    for order in (0, 1)
}
_ASYMPTOTIC = {
    order: [
        math.prod(((2 * j - 1) ** 2 - 4 * order**2) / (8 * j) for j in range(1, k + 1))
        for k in range(30)
    ]
    for order in (0, 1)
}


def _bessel(order: int, x: Array) -> Array:
    """exp(-|x|) I_order(x)."""

    def small(x: Array) -> Array:
        return np.exp(-np.abs(x)) * (0.5 * x) ** order * _horner(_SERIES[order], 0.25 * x * x)

    def large(x: Array) -> Array:
        size = np.abs(x)
        series = _horner(_ASYMPTOTIC[order], 1 / size)
        return np.sign(x) ** order * series / np.sqrt(2 * np.pi * size)

    return _piecewise([(np.abs(x) < 20, small), (np.abs(x) >= 20, large)], x)


@_on_float64
def bessel_i0e(x: Array) -> Array:
    """exp(-|x|) I0(x), I0 being the modified Bessel function of order 0."""
    return _bessel(0, x)


@_on_float64
def bessel_i1e(x: Array) -> Array:
    """exp(-|x|) I1(x), I1 being the modified Bessel function of order 1."""
    return _bessel(1, x)
