"""Rows of tinyflow/ops/special.py; what Python's math has not is mpmath's."""

import math

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tests.rows.elementwise import each
from tinyflow.ops import special as sp


def listed(op_type, build, inputs, values, order=2):
    return Row(op_type, build, inputs, lambda *_: np.array(values), order=order)


def constant(values):
    """A tensor that a row is not to be differentiated by."""
    return tf.constant(np.array(values, np.float64))


A = [0.3, 1.5, 2.5, 8, 30, 30]
X = [0.2, 0.7, 4.5, 6.5, 20, 45.5]

ROWS = [
    Row("Erf", sp.erf, [normal(2, 3) * 2], each(math.erf)),
    Row("Erf", sp.erf, [np.zeros((0, 2))], np.copy),
    Row(
        "Erfc", sp.erfc, [np.array([-6.5, -1.5, -0.2, 0.3, 1.25, 3.5, 6.5, 20.0])], each(math.erfc)
    ),
    Row("Lgamma", sp.lgamma, [np.array([0.1, 0.7, 1.5, 4.25, 12.5, 700.0])], each(math.lgamma)),
    Row("Lgamma", sp.lgamma, [np.array([-0.3, -2.7, -5.5])], each(math.lgamma)),
    listed(
        "Digamma",
        sp.digamma,
        [[0.1, 0.7, 1.5, 4.25, 12.5, -1.3]],
        [
            -10.423754940411078,
            -1.2200235536979347,
            0.03648997397857652,
            1.3246832187604867,
            2.4851956512749123,
            2.8825405488661677,
        ],
    ),
    listed(
        "Polygamma",
        lambda x: sp.polygamma(constant([0, 1, 2, 3, 5, 1]), x),
        [[0.4, 0.7, 1.5, 2.5, 7.5, -1.3]],
        [
            -2.561384544585116,
            2.8340491566946104,
            -0.82879664423432,
            0.22390584881725206,
            0.0013927076560043099,
            14.536876244137083,
        ],
    ),
    listed(
        "Zeta",
        lambda q: sp.zeta(constant([1.5, 2, 2.5, 3, 4, 7.5]), q),
        [[0.3, 0.7, 1.5, 2.5, 7.5, 11.25]],
        [
            8.237761671459724,
            2.8340491566946104,
            0.5902563850764315,
            0.1181020258208637,
            0.000962072776096449,
            2.988025110040669e-08,
        ],
    ),
    listed(
        "Igamma",
        sp.igamma,
        [A, X],
        [
            0.6575067242697217,
            0.29446526879590884,
            0.8909358420502277,
            0.32724221986943275,
            0.02181821752555739,
            0.9939631616389347,
        ],
    ),
    listed(
        "Igammac",
        sp.igammac,
        [A, X],
        [
            0.34249327573027827,
            0.7055347312040912,
            0.10906415794977237,
            0.6727577801305673,
            0.9781817824744427,
            0.0060368383610653106,
        ],
    ),
    listed(
        "IgammaGradA",
        lambda a, x: sp.IgammaGradA((a, x)),
        [A, X],
        [
            -1.0233803072203944,
            -0.3470187290423855,
            -0.11274911902573893,
            -0.13434228001451753,
            -0.010205257324989506,
            -0.0029181302806716414,
        ],
        order=1,
    ),
    Row(
        "IgammaGradAA",
        lambda a, x: sp.IgammaGradAA((a, x)),
        [A, X],
        lambda *_: np.array(
            [
                0.9589911432920191,
                0.29128502796801614,
                -0.067018089575492,
                0.028366377256318985,
                0.004150326116724295,
                -0.0012185570960103443,
            ]
        ),
        differentiate=False,
    ),
    listed(
        "Betainc",
        lambda x: sp.betainc(constant([0.5, 2, 3.5, 12, 15]), constant([1.5, 3, 0.7, 20, 11]), x),
        [[0.3, 0.8, 0.6, 0.4, 0.55]],
        [0.6607459491435451, 0.9728, 0.10453150366409794, 0.6247569558823328, 0.38426009072451484],
    ),
    Row(
        "Lgamma",
        sp.lbeta,
        [positive(2, 3)],
        lambda x: each(math.lgamma)(x).sum(-1) - each(math.lgamma)(x.sum(-1)),
    ),
    listed(
        "BesselI0e",
        sp.bessel_i0e,
        [[-30, -2.5, -0.4, 0.7, 3.5, 25.0]],
        [
            0.0731459464822373,
            0.27004644161220276,
            0.6974021705595332,
            0.5593055265070683,
            0.22280243801077917,
            0.0801967735474367,
        ],
    ),
    listed(
        "BesselI1e",
        sp.bessel_i1e,
        [[-30, -2.5, -0.4, 0.7, 3.5, 25.0]],
        [
            -0.07191633059864755,
            -0.20658464953126657,
            -0.13676322429582918,
            0.18466998276274732,
            0.18739997660305,
            0.07857611331929278,
        ],
    ),
    Row("Mul", sp.bessel_i0, [np.array([0.0])], np.ones_like, order=1),
    Row("Mul", sp.bessel_i1, [np.array([0.0])], np.zeros_like, order=1),
]
