"""The softmax perceptron: one program learns two clouds of points, then handwritten digits.

    python tutorials/perceptron.py [--out pictures]

A point x belongs to one of several classes. The perceptron gives class k the probability p_k,
where p = softmax(x W + b), and learns W and b by gradient descent on the cross-entropy J: the sum,
over a batch of points, of -log of the probability it gave the true class.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import tinyflow as tf
from tinyflow.data_sets import blobs, load_digits, split
from tinyflow.drawing import draw
from tinyflow.plot import plot_decision_boundary, plot_loss

BATCH = 100
RATE = 0.01


class Perceptron(NamedTuple):
    """A perceptron after training."""

    loss: tf.Tensor
    step: tf.Operation
    losses: list[float]
    source: str  # the NumPy program that the Session wrote for a training step
    classify: Any  # examples -> their classes


def train(
    title: str, examples: NDArray[Any], labels: NDArray[np.int32], steps: int, seed: int
) -> Perceptron:
    """Builds a perceptron with an input for each column of `examples` and trains it."""
    rng = np.random.default_rng(seed)
    classes = np.eye(labels.max() + 1, dtype=examples.dtype)[labels]  # a one in the class's column
    weights = rng.standard_normal((examples.shape[1], classes.shape[1])).astype(examples.dtype)
    biases = rng.standard_normal(classes.shape[1]).astype(examples.dtype)

    with tf.Graph().as_default() as graph:
        X = tf.placeholder(examples.dtype, [None, examples.shape[1]], name="X")
        c = tf.placeholder(examples.dtype, [None, classes.shape[1]], name="c")
        W = tf.Variable(weights, name="W")
        b = tf.Variable(biases, name="b")
        p = tf.nn.softmax(tf.add(tf.matmul(X, W), b), name="p")
        log_likelihoods = tf.reduce_sum(tf.multiply(c, tf.log(p)), axis=1)
        J = tf.negative(tf.reduce_sum(log_likelihoods), name="J")
        step = tf.train.GradientDescentOptimizer(RATE).minimize(J)
        predicted = tf.argmax(p, axis=1)

    session = tf.Session(graph=graph)
    losses = []
    batches = endless_batches(rng, len(examples))
    for _, chosen in zip(progress(steps, title), batches, strict=False):
        feed_dict = {X: examples[chosen], c: classes[chosen]}
        loss, _ = session.run([J, step], feed_dict=feed_dict)
        losses.append(float(loss))

    source = session.source([J, step], feed_dict)
    return Perceptron(J, step, losses, source, lambda x: session.run(predicted, feed_dict={X: x}))


def endless_batches(rng: np.random.Generator, count: int) -> Iterator[NDArray[np.intp]]:
    """Passes over `count` examples in a new order each time, BATCH of them at once."""
    while True:
        order = rng.permutation(count)
        for start in range(0, count - BATCH + 1, BATCH):
            yield order[start : start + BATCH]


def progress(steps: int, title: str) -> Iterable[int]:
    """Counts the steps; on a terminal, tqdm draws a bar, if it is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(f"{title}: {steps} steps (for a progress bar: pip install 'tinyflow[tqdm]')")
        return range(steps)
    return tqdm(range(steps), desc=title, disable=None)


def print_losses(losses: list[float], every: int) -> None:
    for step in range(0, len(losses), every):
        print(f"Step: {step:4}   Loss: {losses[step]:9.4f}")


def accuracy(perceptron: Perceptron, examples: NDArray[Any], labels: NDArray[np.int32]) -> float:
    """The share of the examples whose class the perceptron gets right."""
    return float(np.mean(perceptron.classify(examples) == labels))


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a perceptron on points, then on digits.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for pictures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    points, labels = blobs(np.random.default_rng(0))
    perceptron = train("blobs", points, labels, steps=100, seed=1)
    print("Two blobs of 50 points:")
    print_losses(perceptron.losses, every=10)
    print(f"Accuracy: {accuracy(perceptron, points, labels):.1%}\n")
    print("What Session.run runs, a training step:\n")
    print(perceptron.source)
    picture = plot_decision_boundary(perceptron.classify, points, labels, title="Two blobs")
    picture.savefig(out / "blobs.png")
    plot_loss(perceptron.losses, title="Two blobs").savefig(out / "blobs_loss.png")
    J, step = perceptron.loss, perceptron.step
    draw(J).save(out / "graph.png")
    draw([J, step]).save(out / "graph_with_gradients.png")

    images, digits = load_digits()
    known, unseen = split(np.random.default_rng(0), images, digits)
    perceptron = train("digits", *known, steps=1000, seed=1)
    print("1,797 handwritten digits:")
    print_losses(perceptron.losses, every=100)
    print(f"Accuracy: {accuracy(perceptron, *known):.1%} of {len(known[0])} digits to learn from,")
    print(f"          {accuracy(perceptron, *unseen):.1%} of {len(unseen[0])} it never saw\n")
    picture = plot_loss(perceptron.losses, window=20, title="Handwritten digits")
    picture.savefig(out / "digits_loss.png")
    print(f"Pictures: {', '.join(str(path) for path in sorted(out.glob('*.png')))}")


if __name__ == "__main__":
    main()
