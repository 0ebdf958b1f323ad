"""
5. Multi-layer perceptrons
==========================

One perceptron draws one straight line. This chapter shows points that no line can separate, proves
it, and puts a layer of hidden units between the points and the perceptron. At the end you can
build networks of several layers, look at what their units have learned, and choose how many there
are and how they start.
"""

import os
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import xor
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_decision_boundary, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ  # set by tests that are in a hurry

# %%
# From earlier chapters we take the softmax perceptron (chapter 2), the cross-entropy (chapter 3)
# and the optimizer (chapter 4). Back-propagation needs nothing new: it works for any graph, so it
# works for a graph with more layers.
#
# Four clouds
# -----------
#
# The points lie around four centres, one in each quadrant, and *opposite* quadrants have the same
# class. The pattern is called XOR, after the logical operation "one or the other, but not both":
# class 1 is where exactly one of the two coordinates is positive.

points, labels = xor(np.random.default_rng(0), 50)

figure, axes = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
for label in (0, 1):
    axes.scatter(*points[labels == label].T, s=20, color=COLORS[label], label=label)
axes.axhline(0, color=COLORS[7], linewidth=0.8)
axes.axvline(0, color=COLORS[7], linewidth=0.8)
axes.legend(title="class", loc="lower left")
axes.set(xlabel="$x_1$", ylabel="$x_2$", title="XOR", aspect="equal")
plt.show()

by_quadrant = np.mean((points[:, 0] * points[:, 1] < 0) == labels)
print(f"Classified by quadrant, {by_quadrant:.1%} are right.")

# %%
# Some points have strayed into a neighbour's quadrant. So no simple rule gets them all right, and
# what the quadrants achieve is a good aim.
#
# A perceptron fails
# ------------------
#
# A perceptron is one *layer*: it multiplies what it is given by a matrix of weights, adds biases,
# and applies a function, the *activation*, to each number. The function ``layer`` will make all
# layers of this chapter. ``tf.name_scope`` puts the name of the layer in front of the names of its
# nodes, such as ``output/W``. That will help us to read pictures of the graph.


def layer(values, W, b, activation, name):
    """Adds a layer to the graph: its output for a batch of inputs, one a row."""
    with tf.name_scope(name):
        weights = tf.Variable(W, name="W")
        biases = tf.Variable(b, name="b")
        return activation(tf.matmul(values, weights) + biases)


# %%
# A network is a chain of layers, and the list ``sizes`` says how many numbers go in and come out of
# each: ``[2, 2]`` is a perceptron, from two coordinates to two classes, and ``[2, 3, 2]`` has three
# *hidden units* in between, so called because nobody outside sees them. The last layer gives the
# scores, or *logits*. The loss is the cross-entropy of chapter 3, taken together with the softmax,
# and again its mean over the points.
#
# The class ``Network`` builds the graph in ``__init__``. Going from layer to layer, ``pairwise``
# gives the shapes of the weights: ``[2, 3, 2]`` has the pairs ``(2, 3)`` and ``(3, 2)``. The
# weights begin as random numbers, the biases as zeros. ``train`` makes steps of gradient descent,
# and the last three methods ask the network what it computes for some points.


class Network:
    """A multi-layer perceptron: a graph and a session of its own.

    sizes: the number of inputs, of units in each hidden layer, and of classes.
    initial: makes the weights that a layer starts with, given their shape.
    """

    def __init__(self, sizes, activation=tf.sigmoid, seed=0, initial=None):
        initial = initial or np.random.default_rng(seed).standard_normal
        with tf.Graph().as_default() as self.graph:
            self.X = tf.placeholder(tf.float64, [None, sizes[0]], name="X")
            self.c = tf.placeholder(tf.float64, [None, sizes[-1]], name="c")
            self.hidden = []
            values = self.X
            for number, shape in enumerate(pairwise(sizes[:-1]), start=1):
                name = f"hidden{number}"
                values = layer(values, initial(shape), np.zeros(shape[1]), activation, name)
                self.hidden.append(values)
            W, b = initial(tuple(sizes[-2:])), np.zeros(sizes[-1])
            logits = layer(values, W, b, tf.identity, "output")
            with tf.name_scope("loss"):
                losses = tf.nn.softmax_cross_entropy_with_logits(labels=self.c, logits=logits)
                self.loss = tf.reduce_mean(losses, name="J")
            self.p = tf.nn.softmax(logits, name="p")
            self.predicted = tf.argmax(logits, axis=1)
        self.session = tf.Session(graph=self.graph)

    def train(self, points, labels, steps, rate):
        """Steps down the gradient; returns the loss before each step."""
        with self.graph.as_default():
            step = tf.train.GradientDescentOptimizer(rate).minimize(self.loss)
        classes = np.eye(self.c.shape[1].value)[labels]  # a one in the column of the class
        feed_dict = {self.X: points, self.c: classes}
        return [self.session.run([self.loss, step], feed_dict)[0] for _ in range(steps)]

    def run(self, tensor, places):
        """What a tensor of the network is for these inputs."""
        return self.session.run(tensor, {self.X: places})

    def classify(self, places):
        """The classes of these inputs."""
        return self.run(self.predicted, places)

    def accuracy(self, points, labels):
        """The share of the points whose class is predicted right."""
        return np.mean(self.classify(points) == labels)


# %%
# First the perceptron:

perceptron = Network([2, 2])
perceptron_losses = perceptron.train(points, labels, steps=200, rate=0.5)
perceptron_accuracy = perceptron.accuracy(points, labels)

figure, panels = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
title = f"{perceptron_accuracy:.1%} right"
plot_decision_boundary(perceptron.classify, points, labels, panels[0], title=title)
plot_loss(perceptron_losses, panels[1], title="A single perceptron")
panels[1].axhline(np.log(2), color=COLORS[7], linestyle="--", label="log 2")
panels[1].set(yscale="linear", ylim=(0, 1))
panels[1].legend()
plt.show()

print(f"loss {perceptron_losses[-1]:.4f}, and log 2 = {np.log(2):.4f}")

# %%
# Hardly better than tossing a coin. The loss does fall, but only to about :math:`\log 2`, which is
# the loss of one who says "one half" to everything.
#
# It is not for lack of training. A perceptron with two classes decides by the sign of the score
# :math:`a(x) = w \cdot x + b`. Suppose it is right at the four centres, negative for class 0 and
# positive for class 1. The centres of class 0 are :math:`(-2, -2)` and :math:`(2, 2)`. If we add
# up the two scores, the weights cancel:
#
# .. math::
#
#    a(-2, -2) + a(2, 2) = 2b < 0 .
#
# The centres of class 1 are :math:`(-2, 2)` and :math:`(2, -2)`, and in the same way
#
# .. math::
#
#    a(-2, 2) + a(2, -2) = 2b > 0 .
#
# No :math:`b` can do both, so no line separates the centres.
#
# A hidden layer
# --------------
#
# One line is not enough, but two would be: one class is a band between two lines, and the other is
# what lies outside of it. So let several perceptrons look at the point, each with a line of its
# own, and let another one look at what *they* say. For a point :math:`x`, written as a row:
#
# .. math::
#
#    h = \sigma(x\, W_1 + b_1), \qquad p = \mathrm{softmax}(h\, W_2 + b_2) .
#
# The function :math:`\sigma` between the layers is essential. Without it, the two layers would be
# one, since :math:`(x W_1 + b_1) W_2 + b_2 = x\, (W_1 W_2) + (b_1 W_2 + b_2)` is again a matrix and
# a bias. Here is the network with two hidden units, each layer drawn as one box.

network = Network([2, 2, 2])
draw(network.loss, fold=["hidden1", "output", "loss"], title="Two layers and the loss")

# %%
# It is trained like the perceptron. Not a line of the optimizer, or of back-propagation, knows that
# there are layers.

losses = network.train(points, labels, steps=600, rate=1.0)
accuracy = network.accuracy(points, labels)

figure, panels = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
title = f"{accuracy:.1%} right"
plot_decision_boundary(network.classify, points, labels, panels[0], title=title)
curves = {"perceptron": perceptron_losses, "two hidden units": losses}
plot_loss(curves, panels[1], title="Training")
panels[1].set(yscale="linear", ylim=(0, 1))
plt.show()

# %%
# The network comes near what the quadrants achieve. The loss shows a plateau first: for a while the
# two units have not yet divided the work, and the network is no better than a perceptron. Is it
# really the function between the layers that makes the difference? Leave it out:

linear = Network([2, 2, 2], activation=tf.identity)
linear.train(points, labels, steps=600, rate=0.1)
linear_accuracy = linear.accuracy(points, labels)
print(f"Two layers with nothing between them: {linear_accuracy:.1%} right")

# %%
# As many as the single perceptron, to which the two layers are equal.
#
# What the hidden units do
# ------------------------
#
# Each hidden unit is a perceptron and has a line. Its value, also called its *activation*, is near
# 0 on one side and near 1 on the other. We draw it as a picture of the plane.


def plot_activation(network, tensor, unit, axes, title):
    """Draws one column of a tensor of the network, a number from 0 to 1, over the plane."""
    span = np.linspace(-6, 6, 120)
    xs, ys = np.meshgrid(span, span)
    places = np.column_stack([xs.ravel(), ys.ravel()])
    heights = network.run(tensor, places)[:, unit].reshape(xs.shape)
    axes.pcolormesh(xs, ys, heights, cmap="Greys", vmin=0, vmax=2)
    axes.contour(xs, ys, heights, levels=[0.5], colors="black", linewidths=1)
    for label in (0, 1):
        axes.scatter(*points[labels == label].T, s=6, color=COLORS[label])
    axes.set(xlabel="$x_1$", xticks=[-4, 0, 4], title=title, aspect="equal")


figure, panels = plt.subplots(1, 3, figsize=(9, 3.8), sharey=True, layout="constrained")
plot_activation(network, network.hidden[0], 0, panels[0], "hidden unit $h_1$")
plot_activation(network, network.hidden[0], 1, panels[1], "hidden unit $h_2$")
plot_activation(network, network.p, 1, panels[2], "probability of class 1")
panels[0].set_ylabel("$x_2$")
plt.show()

# %%
# White is 0, grey is 1, and on the black line the value is one half. Each unit cuts off one
# corner, and the output layer combines the two: what lies between the lines is class 0, what lies
# outside is class 1.
#
# Now forget the plane and look only at what the hidden layer reports. Every point becomes a pair
# :math:`(h_1, h_2)`. A Session can be fed any tensor, also one in the middle of a graph, so the
# output layer can be asked about any pair. On the right are the same 200 points, as the output
# layer sees them.


def classify_hidden(pairs):
    """The classes that the output layer gives to pairs of hidden activations."""
    return network.session.run(network.predicted, {network.hidden[0]: pairs})


hidden_points = network.run(network.hidden[0], points)

figure, panels = plt.subplots(1, 2, figsize=(9, 4.3), layout="constrained")
plot_decision_boundary(network.classify, points, labels, panels[0], title="What goes in")
plot_decision_boundary(
    classify_hidden, hidden_points, labels, panels[1], title="What the output layer sees"
)
panels[1].set(xlabel="$h_1$", ylabel="$h_2$", xlim=(-0.1, 1.1), ylim=(-0.1, 1.1))
panels[1].legend(title="class", loc="center right")
plt.show()

# %%
# The points have been moved to where *one straight line* separates the classes, but for the points
# that have strayed. This is what hidden layers are for. They find a new place for each point, so
# that a simple boundary will do.
#
# How many hidden units?
# ----------------------
#
# We train networks with 1, 2, 3 and 8 hidden units, each from several random beginnings, and draw
# of each kind the one with the least loss.

SEEDS = 1 if QUICK else 8
found = {}  # number of units: accuracies, with the best network
for units in (1, 2, 3, 8):
    networks = [Network([2, units, 2], seed=seed) for seed in range(SEEDS)]
    last = [net.train(points, labels, 200 if QUICK else 600, rate=1.0)[-1] for net in networks]
    accuracies = [net.accuracy(points, labels) for net in networks]
    found[units] = accuracies, networks[np.argmin(last)]
    print(f"{units} hidden:", *(f"{share:4.0%}" for share in accuracies))

figure, panels = plt.subplots(2, 2, figsize=(7.5, 7.5), layout="constrained")
for axes, (units, (_, best)) in zip(panels.flat, found.items(), strict=True):
    title = f"{units} hidden: {best.accuracy(points, labels):.1%} right"
    plot_decision_boundary(best.classify, points, labels, axes, title=title)
    axes.label_outer()
    if units > 1:
        axes.get_legend().remove()
plt.show()

# %%
# Each row of the output has the accuracies from eight beginnings. With a single hidden unit the
# boundary is still one straight line. Two are enough, *if* they start well. From two of the
# beginnings training gets stuck where two of the clouds are right and the other two are given
# probability one half, and many more steps hardly change that: it is (or is close to) a *local
# minimum*, a place that is not the lowest of all, but lower than all places near it.
#
# With eight units every beginning leads to a good result. Spare units make training easier. They
# also let the boundary bend around single strayed points, which will not help with points that the
# network has not seen. Chapter 8 returns to that.
#
# Where to begin
# --------------
#
# Why random weights, and not simply zeros? Try it. ``np.zeros`` and ``np.ones`` make arrays from
# shapes, so they can serve as ``initial``.

starts = {"zeros": np.zeros, "ones": np.ones, "random": None}
starters = {name: Network([2, 3, 2], seed=1, initial=start) for name, start in starts.items()}

figure, panels = plt.subplots(1, 3, figsize=(9, 3.6), sharey=True, layout="constrained")
for axes, (name, net) in zip(panels, starters.items(), strict=True):
    net.train(points, labels, steps=600, rate=1.0)
    title = f"from {name}: {net.accuracy(points, labels):.1%}"
    plot_decision_boundary(net.classify, points, labels, axes, title=title)
    axes.label_outer()
    if net is not starters["zeros"]:
        axes.get_legend().remove()
plt.show()

first_weights = {}
for name, net in starters.items():
    W = net.graph.get_tensor_by_name("hidden1/W:0")
    first_weights[name] = net.session.run(W)
    print(f"from {name}:\n{first_weights[name].round(3)}")

# %%
# These are the weights of the hidden layer after training, a column for each unit. From zeros
# nothing has moved. The gradient that reaches the hidden layer is a product with the output
# weights, which are zero. And the hidden units say one half to every point, so there is nothing in
# what they say that could make the output weights move.
#
# From ones there is movement, but the three columns stay equal. Units that start alike receive the
# same gradient, so they remain alike, and three of them do the work of one. Random weights are
# there to *break the symmetry*.
#
# Other functions between the layers
# ----------------------------------
#
# Any function that is not a straight line may stand between layers. Three are common: the sigmoid,
# the hyperbolic tangent :math:`\tanh`, which is a sigmoid stretched to go from -1 to 1, and
# :math:`\mathrm{relu}(a) = \max(0, a)`, the *rectified linear unit*. Back-propagation multiplies by
# their slopes, so we draw those as well.

activations = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}

tf.reset_default_graph()
a = tf.placeholder(tf.float64, [None])
span = np.linspace(-4, 4, 201)
slopes, curves = {}, {}
figure, panels = plt.subplots(1, 3, figsize=(9, 3.3), layout="constrained")
for color, (name, activation) in zip(COLORS, activations.items(), strict=False):
    h = activation(a)
    height, slopes[name] = tf.Session().run([h, tf.gradients(h, a)[0]], {a: span})
    panels[0].plot(span, height, color=color, label=name)
    panels[1].plot(span, slopes[name], color=color, label=name)
    net = Network([2, 8, 2], activation)
    curves[name] = net.train(points, labels, 100 if QUICK else 300, rate=0.2)
panels[0].set(xlabel="$a$", ylabel="$h$", ylim=(-1.3, 2), title="Function")
panels[1].set(xlabel="$a$", ylabel="slope of $h$", title="Slope")
panels[0].legend()
plot_loss(curves, panels[2], title="Eight hidden units")
plt.show()

# %%
# The slope of the sigmoid is never more than 1/4, and far from zero it vanishes. Through several
# layers, factors like these make gradients small and training slow. The slope of tanh reaches 1,
# and that of relu is 1 for all positive numbers. With the same rate both learn faster here. But
# relu has a weakness of its own: a unit that is zero for all points has the slope zero for all of
# them, and learns nothing more.
#
# A second hidden layer
# ---------------------
#
# Two spirals, wound around each other by about one and a half turns, are a harder task. We try it
# with two networks that have nearly the same number of parameters. One spends them on a single wide
# layer, the other on two layers of eight units.


def spirals(rng, count=100, turns=1.6):
    """Two spirals of `count` points each, with some noise: points (2 count, 2) and labels."""
    radius = np.linspace(0.3, 3, count)
    arms = []
    for start in (0, np.pi):
        angle = start + 2 * np.pi * turns * radius / 3
        arms.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    noise = 0.07 * rng.standard_normal((2 * count, 2))
    return np.concatenate(arms) + noise, np.repeat([0, 1], count).astype(np.int32)


def count_parameters(network):
    """How many numbers the network learns."""
    with network.graph.as_default():
        return sum(variable.shape.num_elements() for variable in tf.trainable_variables())


spiral_points, spiral_labels = spirals(np.random.default_rng(0))
wide = Network([2, 22, 2], tf.tanh, seed=1)
deep = Network([2, 8, 8, 2], tf.tanh, seed=1)
spiral_losses = {}
for name, net in {"22 hidden": wide, "8 and 8 hidden": deep}.items():
    steps = 100 if QUICK else 3000
    spiral_losses[name] = net.train(spiral_points, spiral_labels, steps, rate=0.1)
    share = net.accuracy(spiral_points, spiral_labels)
    print(f"{name}: {count_parameters(net)} parameters, {share:.1%} right")

# %%
# The pictures show what each of them has learned.

figure, panels = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
plot_decision_boundary(
    wide.classify, spiral_points, spiral_labels, panels[0], title="one layer of 22"
)
plot_decision_boundary(
    deep.classify, spiral_points, spiral_labels, panels[1], title="two layers of 8"
)
for axes in panels[:2]:
    axes.get_legend().remove()  # it would hide points
plot_loss(spiral_losses, panels[2], title="Training")
plt.show()

# %%
# After the same number of steps, the deeper network follows the spirals all the way, and the wide
# one is still learning. (It gets there with more steps. In theory one hidden layer can approximate
# any boundary, if it is wide enough.) To see how the two layers work together, look at their units:
# above are four of the first layer, below four of the second.

span = np.linspace(-3.5, 3.5, 120)
xs, ys = np.meshgrid(span, span)
places = np.column_stack([xs.ravel(), ys.ravel()])

figure, panels = plt.subplots(2, 4, figsize=(9, 4.9), layout="constrained")
for number, (row, tensor) in enumerate(zip(panels, deep.hidden, strict=True), start=1):
    heights = deep.run(tensor, places)
    for unit, axes in enumerate(row):
        picture = axes.pcolormesh(
            xs, ys, heights[:, unit].reshape(xs.shape), cmap="RdBu_r", vmin=-1, vmax=1
        )
        axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        axes.set_title(f"layer {number}, unit {unit + 1}", fontsize=10)
        axes.label_outer()
figure.colorbar(picture, ax=panels, label="activation")
plt.show()

# %%
# Each unit of the first layer is a straight step across the plane. Each unit of the second one is
# built from eight such steps, and is a bent shape already. The output layer adds up shapes instead
# of steps. That is what a deeper network gains: later layers begin with what earlier ones have
# made.
#
# The graph has grown by one box, and that is all that the new layer has changed.

draw(deep.loss, fold=["hidden1", "hidden2", "output", "loss"], title="Three layers and the loss")

# %%
# What we saw
# -----------
#
# * No straight line separates XOR, and four scores of a perceptron are enough to prove it.
# * A hidden layer gives each point a new place, where a line does separate the classes.
# * Between the layers there must be a function that is not a straight line. Otherwise two layers
#   are one.
# * With few hidden units training can get stuck. Spare ones make it likely that it ends well.
# * Units that start alike stay alike, so weights start at random.
# * Units of a second layer combine those of the first into bent shapes.
#
# Exercises:
#
# 1. A perceptron with a third input, :math:`x_1 x_2`, can learn XOR. Try it, and say which
#    weight does the work.
# 2. Start the weights at ``100 * rng.standard_normal(shape)``. What do the slopes of the
#    sigmoid say about the result?
# 3. Wind the spirals further, ``turns=2.5``. What helps more: wider layers, more layers, or more
#    steps?
#
# The claims of this chapter, checked.

assert 0.93 < by_quadrant < 0.98
assert perceptron_accuracy < 0.6 and abs(perceptron_losses[-1] - np.log(2)) < 0.02
assert accuracy > by_quadrant - 0.05 and linear_accuracy < 0.6

# In the space of hidden activations a line separates them: the output layer is one.
assert np.array_equal(classify_hidden(hidden_points), network.classify(points))

assert max(found[1][0]) < 0.8 and min(found[8][0]) > 0.9
if not QUICK:
    assert min(found[2][0]) < 0.8 < 0.9 < max(found[2][0])

assert np.allclose(first_weights["zeros"], 0, rtol=0, atol=1e-6)
assert np.ptp(first_weights["ones"], axis=1).max() < 1e-6  # the columns are equal
assert not np.allclose(first_weights["ones"], 1, atol=0.1)  # but they have moved
assert np.ptp(first_weights["random"], axis=1).min() > 0.1
assert starters["ones"].accuracy(points, labels) < 0.8

assert max(slopes["sigmoid"]) < 0.2501 and max(slopes["tanh"]) < 1.0001
assert curves["sigmoid"][-1] > max(curves["tanh"][-1], curves["relu"][-1])

assert (count_parameters(wide), count_parameters(deep)) == (112, 114)
assert all(curve[-1] < curve[0] for curve in spiral_losses.values())
if not QUICK:
    assert spiral_losses["8 and 8 hidden"][-1] < spiral_losses["22 hidden"][-1] / 3
    shares = [net.accuracy(spiral_points, spiral_labels) for net in (wide, deep)]
    assert shares[0] < 0.97 and shares[1] > 0.98
