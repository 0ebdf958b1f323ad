"""PyTorch on the CPU, eagerly; the convolutions in channels-last memory, which is the faster one here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from workloads import Model, Step, Workload

VERSION = torch.__version__


def step(name: str, workload: Workload) -> Step:
    return step_of(MODELS[name], lenet_form if name == "lenet" else list, workload)


def step_of(model: Model, own_form: Callable[[list[Any]], list[Any]], workload: Workload) -> Step:
    """The step of a model whose parameters it has in a form of its own."""
    values = [torch.from_numpy(value.copy()) for value in workload.parameters]
    parameters = [p.requires_grad_() for p in own_form(values)]
    feeds, rate = workload.feeds, workload.rate

    def run() -> Any:
        loss = model(*map(torch.from_numpy, feeds), *parameters)
        slopes = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, slope in zip(parameters, slopes):  # noqa: B905 (Python 3.7)
                parameter.sub_(slope, alpha=rate)
        return loss.item()

    return run


def blobs(x: Any, c: Any, w: Any, b: Any) -> Any:
    p = torch.softmax(torch.addmm(b, x, w), 1)
    return -(c * torch.log(p)).sum(1).sum()


def house(x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    h = torch.sigmoid(torch.addmm(b1, x, w1))
    return F.mse_loss(torch.addmm(b2, h, w2), t)


def mlp(x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
    h1 = torch.relu(torch.addmm(b1, x, w1))
    h2 = torch.relu(torch.addmm(b2, h1, w2))
    return F.cross_entropy(torch.addmm(b3, h2, w3), c)


def lenet(x: Any, c: Any, k1: Any, b1: Any, k2: Any, b2: Any, w3: Any, b3: Any, w4: Any, b4: Any) -> Any:
    h = x.permute(0, 3, 1, 2)  # which is channels-last memory
    h = F.max_pool2d(torch.relu(F.conv2d(h, k1, b1, padding=2)), 2)
    h = F.max_pool2d(torch.relu(F.conv2d(h, k2, b2, padding=2)), 2)
    flat = h.permute(0, 2, 3, 1).reshape(len(x), -1)
    return F.cross_entropy(torch.addmm(b4, torch.relu(torch.addmm(b3, flat, w3)), w4), c)


def lstm(x: Any, t: Any, k: Any, b: Any, w: Any, b_out: Any) -> Any:
    h = cell = x.new_zeros(len(x), len(w))
    for seen in x.unbind(1):
        i, j, f, o = torch.addmm(b, torch.cat([seen, h], 1), k).chunk(4, 1)
        cell = cell * torch.sigmoid(f + 1) + torch.sigmoid(i) * torch.tanh(j)
        h = torch.tanh(cell) * torch.sigmoid(o)
    return F.cross_entropy(torch.addmm(b_out, h, w), t)


def lenet_form(values: list[Any]) -> list[Any]:
    """Filters as units, channels, height, width, in channels-last memory."""
    own = [k.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last) for k in values[:3:2]]
    return [own[0], values[1], own[1], *values[3:]]


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
