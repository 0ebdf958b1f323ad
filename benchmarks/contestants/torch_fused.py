"""PyTorch's own LSTM, one operation for all steps, which is no graph of steps any more.

Its gates are in another order, and its forget gate gets its 1 from the bias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from contestants.torch import VERSION as VERSION, step_of

if TYPE_CHECKING:
    from workloads import Model, Step, Workload


def step(name: str, workload: Workload) -> Step:
    return step_of(MODELS[name], lstm_form, workload)


def lstm(x: Any, t: Any, k_x: Any, k_h: Any, b: Any, w: Any, b_out: Any) -> Any:
    start = x.new_zeros(1, len(x), len(w))
    weights = [k_x, k_h, b, torch.zeros_like(b)]  # it has two biases; one of them is not trained
    _, h, _ = torch.lstm(x, (start, start), weights, True, 1, 0.0, True, False, True)
    return F.cross_entropy(torch.addmm(b_out, h[0], w), t)


def lstm_form(values: list[Any]) -> list[Any]:
    """The weights of inputs and outputs apart and transposed; gates as i, f, j, o; 1 added to f's bias."""
    k, b, w, b_out = values
    i, j, f, o = torch.cat([k, b[None]]).chunk(4, 1)
    f[-1] += 1
    own = torch.cat([i, f, j, o], 1)
    inputs = len(k) - len(w)
    k_x, k_h = own[:inputs].T.contiguous(), own[inputs:-1].T.contiguous()
    return [k_x, k_h, own[-1].clone(), w, b_out]


MODELS: dict[str, Model] = {"lstm": lstm}
