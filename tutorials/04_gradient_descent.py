"""
4. Gradient descent and back-propagation
========================================

Chapter 3 gave us a number to make small: the loss. This chapter says how to make it small. We
walk downhill, find out what a slope costs, and write back-propagation ourselves, in a few dozen
lines of NumPy, on tinyflow's own graphs. At the end you can train a perceptron with it, and you
know what ``tf.gradients`` and ``minimize`` do.
"""

import os
import time
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import blobs
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_decision_boundary, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ  # set by tests that are in a hurry

# %%
# From earlier chapters we take the graph, with its placeholders, variables and operations
# (chapter 1), the softmax perceptron and its two clouds of points (chapter 2), and the
# cross-entropy :math:`J` that says how wrong the perceptron is (chapter 3).
#
# Downhill, one step at a time
# ----------------------------
#
# A perceptron has *parameters*: its weights and biases. The loss :math:`J` depends on them, and we
# look for the parameters where it is smallest. Begin with a single one, :math:`w`, and say
# :math:`J(w) = w^2`. The derivative :math:`J'(w) = 2w` is the slope of the curve. Where it is
# positive, :math:`J` falls to the left; where it is negative, to the right. So *gradient descent*
# takes a step against the slope, again and again:
#
# .. math::
#
#    w \leftarrow w - \eta\, J'(w)
#
# The number :math:`\eta` is the *learning rate*, which we choose. The steps need no further care
# to become short near the minimum: the slope itself goes to zero there.


def descend(gradient, start, rate, steps):
    """All the places that gradient descent comes to, the first one included."""
    path = [np.array(start)]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1]))
    return np.array(path)


figure, panels = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True, layout="constrained")
curve = np.linspace(-3, 3, 200)
paths_1d = {}
for axes, rate in zip(panels, [0.1, 0.8, 1.05], strict=True):
    path = paths_1d[rate] = descend(lambda w: 2 * w, start=-1.6, rate=rate, steps=6)
    axes.plot(curve, curve**2, color=COLORS[7], linewidth=1)
    axes.plot(path, path**2, "o-", color=COLORS[1], markersize=5)
    axes.plot(path[0], path[0] ** 2, "o", color=COLORS[0], markersize=8, label="start")
    axes.set(xlabel="$w$", title=rf"rate $\eta = {rate}$")
panels[0].set_ylabel("$J(w) = w^2$")
panels[0].legend(loc="upper center")
plt.show()

# %%
# With :math:`\eta = 0.1` the steps are safe and slow. With 0.8 each one leaps over the minimum, and
# still ends lower than it began. With 1.05 each ends *higher* than it began: the descent diverges.
# The formula says as much. Here a step is :math:`w \leftarrow (1 - 2\eta)\,w`, and repeated it
# leads to zero only if :math:`|1 - 2\eta| < 1`, that is, if :math:`\eta < 1`.
#
# Two parameters and more
# -----------------------
#
# With more parameters there is a slope in the direction of each: the partial derivatives. Together
# they form the *gradient*, a vector that points where the loss grows fastest, and gradient descent
# steps in the opposite direction. All parameters move at once:
#
# .. math::
#
#    \nabla J = \begin{pmatrix} \partial J / \partial w_1 \\ \partial J / \partial w_2 \\ \vdots
#    \end{pmatrix}, \qquad w \leftarrow w - \eta\, \nabla J
#
# Our second landscape is a long valley, :math:`J(w_1, w_2) = (w_1^2 + 10\, w_2^2) / 2`, with the
# gradient :math:`(w_1,\ 10\, w_2)`: ten times as curved across as along. The pictures show it from
# above. A contour joins places of equal loss, and a step leaves it at a right angle.

figure, panels = plt.subplots(1, 3, figsize=(9, 2.5), sharey=True, layout="constrained")
w1, w2 = np.meshgrid(np.linspace(-5, 5, 100), np.linspace(-3, 3, 100))
paths_2d = {}
for axes, rate in zip(panels, [0.02, 0.18, 0.205], strict=True):
    path = descend(lambda w: w * [1.0, 10.0], start=[-4.5, 1.0], rate=rate, steps=20)
    paths_2d[rate] = path
    axes.contour(w1, w2, (w1**2 + 10 * w2**2) / 2, levels=12, colors=COLORS[7], linewidths=0.6)
    axes.plot(*path.T, "o-", color=COLORS[1], markersize=3, linewidth=1)
    axes.plot(*path[0], "o", color=COLORS[0], markersize=7, label="start")
    axes.plot(0, 0, "+", color="black", markersize=9, label="minimum")
    axes.set(xlabel="$w_1$", aspect="equal", title=rf"rate $\eta = {rate}$")
panels[0].set_ylabel("$w_2$")
panels[0].legend(loc="lower right", fontsize=8)
plt.show()

# %%
# One rate must do for all directions. The most curved one sets its limit: across the valley a step
# multiplies :math:`w_2` by :math:`1 - 10\eta`, so the rate has to stay below 0.2. The flattest then
# decides how long it takes. Chapter 9 is about optimizers that cope better with long valleys; here
# we keep to the plain rule, and ask where the gradient comes from.
#
# The obvious way: numerical differentiation
# ------------------------------------------
#
# A derivative is the limit of a difference quotient. So change a parameter a little, look how much
# the loss changes, and divide. It is best to step as far to the left as to the right. These are
# *central differences*:
#
# .. math::
#
#    J'(w) \approx \frac{J(w + h) - J(w - h)}{2h}
#
# For a gradient, every parameter has its turn, while the others keep still. Each turn evaluates
# :math:`J` twice, so :math:`n` parameters need :math:`2n` evaluations.


def numerical_gradient(function, x, h=1e-5):
    """The gradient of `function` at the array `x`, by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        shift = np.zeros_like(x)
        shift[index] = h
        gradient[index] = (function(x + shift) - function(x - shift)) / (2 * h)
    return gradient


print(numerical_gradient(lambda w: (w[0] ** 2 + 10 * w[1] ** 2) / 2, np.array([-4.5, 1.0])))

# %%
# That is :math:`(w_1, 10\, w_2)` at the place where our descent started. How small should :math:`h`
# be? We measure the error for :math:`f(x) = e^x` at :math:`x = 1`, where the true derivative is
# :math:`e`, and beside it that of the one-sided quotient :math:`(f(x + h) - f(x)) / h`.

hs = np.logspace(-13, 0, 66)
central = np.abs((np.exp(1 + hs) - np.exp(1 - hs)) / (2 * hs) - np.e)
one_sided = np.abs((np.exp(1 + hs) - np.exp(1)) / hs - np.e)

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
axes.loglog(hs, one_sided, ".", color=COLORS[1], label="one-sided")
axes.loglog(hs, central, ".", color=COLORS[0], label="central")
axes.loglog(hs[hs > 1e-5], np.e / 6 * hs[hs > 1e-5] ** 2, color=COLORS[0], linewidth=1)
axes.loglog(hs[hs > 1e-8], np.e / 2 * hs[hs > 1e-8], color=COLORS[1], linewidth=1)
axes.loglog(hs[hs < 1e-5], 2e-16 / hs[hs < 1e-5], color=COLORS[7], linewidth=1)
axes.text(2e-13, 3e-8, "rounding\n$\\sim 1/h$", color="dimgrey")
axes.text(2e-3, 1e-8, "truncation\n$\\sim h^2$", color=COLORS[0])
axes.text(3e-5, 2e-3, "truncation\n$\\sim h$", color=COLORS[1])
axes.set(xlabel="$h$", ylabel="error of the derivative", ylim=(1e-13, 10))
axes.set_title("Two difference quotients of $e^x$")
axes.legend(loc="lower left")
axes.grid(alpha=0.3)
plt.show()

best = hs[np.argmin(central)]
print(f"Central differences are most exact at h = {best:.0e}: error {central.min():.0e}")

# %%
# Two errors work against each other. For large :math:`h` the quotient is not yet the limit: that is
# the *truncation* error. By Taylor's theorem it is :math:`h\, f''/2` for the one-sided quotient,
# and only :math:`h^2 f'''/6` for the central one. For small :math:`h` two nearly equal numbers are
# subtracted. Their last digits are *rounded*, at about :math:`10^{-16}` of their size, and the
# division by :math:`h` blows this up. The best choice lies between the two, near :math:`10^{-5}`,
# and even there some digits are lost.
#
# So this way is simple, slightly wrong, and expensive. A network with a million parameters would
# need two million evaluations for a single step. We keep it to check other results with, and look
# for something better.
#
# The chain rule on graphs
# ------------------------
#
# Take the smallest network there is, a single *neuron* with one input. It computes
# :math:`w x + b`, and the loss is its squared distance from a target :math:`t`. In this chapter we
# compute with 64 bits, ``tf.float64``, so that rounding does not get in the way of comparisons.

tf.reset_default_graph()
x = tf.placeholder(tf.float64, [], name="x")
t = tf.placeholder(tf.float64, [], name="t")
w = tf.Variable(3.0, dtype=tf.float64, name="w")
b = tf.Variable(1.0, dtype=tf.float64, name="b")
product = tf.multiply(w, x, name="product")
total = tf.add(product, b, name="total")
error = tf.subtract(total, t, name="error")
J = tf.square(error, name="J")

session = tf.Session()
point = {x: 2.0, t: 5.0}
names = ["x", "t", "w", "b", "product", "total", "error", "J"]
numbers = session.run([x, t, w, b, product, total, error, J], point)
print("   ".join(f"{name} = {number:g}" for name, number in zip(names, numbers, strict=True)))

# %%
# How does :math:`J` change with :math:`w`? Ask each node on the way only about itself. The last one
# squares its input: :math:`J` changes by :math:`2 \cdot \mathit{error} = 4` times what ``error``
# changes. Subtracting :math:`t` passes a change of ``total`` on as it is, and so does adding
# :math:`b`. Multiplying by :math:`x` makes it :math:`x = 2` times as large. The *chain rule* says
# that we may multiply:
#
# .. math::
#
#    \frac{\partial J}{\partial w}
#    = \frac{\partial J}{\partial \mathit{error}}
#      \cdot \frac{\partial \mathit{error}}{\partial \mathit{total}}
#      \cdot \frac{\partial \mathit{total}}{\partial \mathit{product}}
#      \cdot \frac{\partial \mathit{product}}{\partial w}
#    = 4 \cdot 1 \cdot 1 \cdot 2 = 8
#
# Now read the product from the left: after each factor we hold the derivative of :math:`J` with
# respect to a node nearer to :math:`w`. So walk back from the loss. Each node is given
# :math:`G`, the gradient of :math:`J` with respect to its output, and hands on to each of its
# inputs the gradient of :math:`J` with respect to that input. All it must know is its own
# derivative, and its own inputs:
#
# * a sum :math:`y = u + v` hands on :math:`G` to both;
# * a difference :math:`y = u - v` hands on :math:`G` and :math:`-G`;
# * a product :math:`y = u\, v` hands on :math:`G\, v` to :math:`u`, and :math:`G\, u` to :math:`v`;
# * a square :math:`y = u^2` hands on :math:`2\, G\, u`.
#
# What if a node is used in two places? Then it influences the loss in two ways, and a small change
# of it has both effects. They add up:
#
# .. math::
#
#    \frac{\partial J}{\partial u} = \sum_{y \text{ that use } u}
#      \frac{\partial J}{\partial y} \cdot \frac{\partial y}{\partial u}
#
# That is the whole of *back-propagation*: hand on, and add up what arrives.
#
# Back-propagation, a first attempt
# ---------------------------------
#
# A rule belongs to a *type* of operation, such as ``Mul``. So we keep the rules in a dictionary,
# from the type to a function of NumPy arrays. A *decorator* enters a rule there: the line
# ``@RegisterGradient("Mul")`` above a function makes it the rule for ``Mul``.

gradient_rules = {}


def RegisterGradient(op_type):
    """Makes the function below it the gradient rule of operations of this type."""

    def register(rule):
        gradient_rules[op_type] = rule
        return rule

    return register


# %%
# A rule takes the gradient ``G`` of the loss with respect to the output, then the output, then the
# inputs. It returns as many gradients as there are inputs. Here are the four rules of the list, and
# a fifth for ``Identity``, which passes its input on as it is.


@RegisterGradient("Add")
@RegisterGradient("AddV2")  # what the operator + makes
def add_rule(G, y, u, v):
    return G, G


@RegisterGradient("Sub")
def subtract_rule(G, y, u, v):
    return G, -G


@RegisterGradient("Mul")
def multiply_rule(G, y, u, v):
    return G * v, G * u


@RegisterGradient("Square")
def square_rule(G, y, u):
    return (2 * G * u,)


@RegisterGradient("Identity")  # the node that reads a variable
def identity_rule(G, y, u):
    return (G,)


# %%
# Which operations take part? Those that the loss depends on. An operation knows its type,
# ``op.type``, its inputs, ``op.inputs``, and its output, ``op.output``. A tensor knows the
# operation that computes it, ``tensor.op``. So we begin at the loss and follow the inputs back.
# This is a *breadth-first search*: first the loss, then all that is one step away from it, then two
# steps.
#
# The rules need the values of all nodes. Computing them is the *forward pass*, and the walk back
# will be the *backward pass*. One run of a Session fetches all values.


def operations_behind(loss):
    """The operations that the loss depends on, by breadth-first search from the loss."""
    found = [loss.op]
    for op in found:  # the list grows while we go along it: it is a queue
        for tensor in op.inputs:
            if tensor.op not in found:
                found.append(tensor.op)
    return found


def forward(loss, feed_dict, session):
    """The values of all tensors that the loss depends on, from one run."""
    tensors = [op.output for op in operations_behind(loss)]
    return dict(zip(tensors, session.run(tensors, feed_dict), strict=True))


values = forward(J, point, session)
for tensor, value in values.items():
    print(f"{tensor.op.type:12} {tensor.name:12} {value:g}")

# %%
# Each variable has two nodes: the variable itself, whose tensor is ``w.op.output``, and an
# ``Identity`` that reads it for the formula. The search went from the loss to the inputs, which is
# the direction we need. So let every operation hand back its gradients in the order in which the
# search has found them.


def hand_back(op, values, gradients):
    """Adds to the gradient of each input what this operation contributes to it."""
    if not op.inputs:
        return
    inputs = [values[tensor] for tensor in op.inputs]
    rule = gradient_rules[op.type]
    parts = rule(gradients[op.output], values[op.output], *inputs)
    for tensor, part in zip(op.inputs, parts, strict=True):
        if part is not None:
            gradients[tensor] = gradients.get(tensor, 0) + part


def first_attempt(loss, feed_dict, session):
    """The gradients of the loss with respect to all tensors behind it. Not always right!"""
    values = forward(loss, feed_dict, session)
    gradients = {loss: np.ones_like(values[loss])}  # dJ/dJ = 1
    for op in operations_behind(loss):
        hand_back(op, values, gradients)
    return gradients


gradients = first_attempt(J, point, session)
neuron_slopes = [gradients[tensor] for tensor in (w.op.output, b.op.output, x, t)]
draw(J, values=values, gradients=gradients, title="Values forward, gradients back")

# %%
# The picture leaves out the nodes that read a variable. Below each node stand its value and the
# gradient. Follow the gradients against the arrows: 1 at the loss, 4 at ``error``, 4 all the way up
# to ``product``, then 8 at :math:`w`, as computed by hand. On the same walk we have learned the
# gradients with respect to everything else: 4 for :math:`b`, 12 for :math:`x` and -4 for :math:`t`.
# That is the point. The numbers near the loss are shared by all that lie behind them, so they are
# computed only once.
#
# Why order matters
# -----------------
#
# The docstring has a warning. Look at a graph with a fork: :math:`y = x^2` goes to the loss on a
# short path and on a long one, :math:`J = y + 3y`. That is :math:`4x^2`, so the derivative is
# :math:`8x`: at :math:`x = 3` it is 24. What does our first attempt say?

tf.reset_default_graph()
x = tf.placeholder(tf.float64, [], name="x")
y = tf.multiply(x, x, name="y")
long_path = tf.multiply(tf.constant(3.0, tf.float64, name="three"), y, name="long_path")
J = tf.add(y, long_path, name="J")

session = tf.Session()
naive = first_attempt(J, {x: 3.0}, session)
naive_slope = naive[x]
print("dJ/dy =", naive[y], "  dJ/dx =", naive_slope)
draw(J, values=forward(J, {x: 3.0}, session), gradients=naive, title="The wrong order")

# %%
# It says 6 instead of 24! And yet the gradient of ``y`` is right: 1 from the short path and 3 from
# the long one make 4. See when each of them arrived. The search found ``y`` right after ``J``, on
# the short path. So ``y`` handed its gradient on at once, when it was 1, and ``x`` received
# :math:`1 \cdot 2x = 6`. Then the long path reported 3 more, but ``y`` had had its turn.
#
# The first graph came out right only because nothing in it is used twice. The rule that we broke is
# this: *a node may hand its gradient on only when all nodes that use it have reported*. So count
# for each operation how often it is used, take off one for every report, and let it go when the
# count is zero. An order in which every node comes after all that it has to wait for is called a
# *topological order*.


def ordered_operations(loss):
    """The operations behind the loss, each one after all those that use its output."""
    pending = Counter(tensor.op for op in operations_behind(loss) for tensor in op.inputs)
    ready = [loss.op]
    for op in ready:
        for tensor in op.inputs:
            pending[tensor.op] -= 1
            if pending[tensor.op] == 0:
                ready.append(tensor.op)
    return ready


def compute_gradients(loss, feed_dict, session):
    """The gradients of the loss with respect to all tensors behind it."""
    values = forward(loss, feed_dict, session)
    gradients = {loss: np.ones_like(values[loss])}
    for op in ordered_operations(loss):
        hand_back(op, values, gradients)
    return gradients


ordered = compute_gradients(J, {x: 3.0}, session)
ordered_slope = ordered[x]
print("found in this order:      ", [op.name for op in operations_behind(J)])
print("handed back in this order:", [op.name for op in ordered_operations(J)])
print("dJ/dy =", ordered[y], "  dJ/dx =", ordered_slope)

# %%
# Now ``y`` waits for ``long_path``, and the result is 24. Nothing else has changed.
#
# Why count the uses on a walk of our own, when a tensor knows its consumers? Because some of them
# may have nothing to do with the loss. They would never report, and we would wait for ever. Every
# variable has such a consumer: the operation that gives it its initial value.

w = tf.Variable(3.0, dtype=tf.float64, name="w")
J = tf.square(w)
print([op.name for op in w.op.output.consumers()])
print([op.name for op in ordered_operations(J)])

# %%
# Broadcasting, backwards
# -----------------------
#
# A perceptron adds one bias vector to a whole batch of rows. NumPy *broadcasts* it: the vector is
# used again for each row. To try what our rules say, we let the loss be a sum of squares.
# ``tf.reduce_sum`` makes a node of the type ``Sum``, which needs a rule. It has two inputs, the
# numbers and the axes to sum over. Each number counts once in the sum, so each receives :math:`G`:
# *the gradient of a sum is a broadcast*. With respect to an axis there is no gradient: ``None``.

tf.reset_default_graph()
rows = tf.placeholder(tf.float64, [None, 2], name="rows")
bias = tf.Variable(np.zeros(2), name="bias")
biased = tf.add(rows, bias, name="biased")
J = tf.reduce_sum(tf.square(biased), name="J")


@RegisterGradient("Sum")
def sum_rule(G, y, u, axis):
    if np.ndim(G) < u.ndim:  # without keepdims, the summed axes are gone
        G = np.expand_dims(G, tuple(np.ravel(axis)))
    return np.broadcast_to(G, u.shape), None


shifts = {rows: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}
session = tf.Session()
gradients = compute_gradients(J, shifts, session)
wrong_shape = gradients[bias.op.output].shape
print("the bias:", session.run(bias))
print("its gradient, so far:")
print(gradients[bias.op.output])

# %%
# The gradient of the bias has three rows, but the bias itself has one. The rows are the reports of
# its three uses, and reports are added up: *the gradient of a broadcast is a sum*, over the axes
# that were stretched. The shape of the input tells which ones these are: those it lacks, and those
# where its size is 1. All operations that broadcast need this, so we wrap their rules.


def unbroadcast(gradient, shape):
    """Sums a gradient over the axes along which a value of this shape was broadcast."""
    new_axes = tuple(range(np.ndim(gradient) - len(shape)))
    gradient = np.sum(gradient, axis=new_axes)
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return np.sum(gradient, axis=stretched, keepdims=True)


def undo_broadcasting(rule):
    """The rule, with the gradient of each input in the shape of that input."""

    def fitted(G, y, *inputs):
        parts = rule(G, y, *inputs)
        return [unbroadcast(part, np.shape(u)) for part, u in zip(parts, inputs, strict=True)]

    return fitted


for op_type in ("Add", "AddV2", "Sub", "Mul"):
    gradient_rules[op_type] = undo_broadcasting(gradient_rules[op_type])

# %%
# Once more the gradient of the bias, and central differences to check it. They change the bias from
# outside: a Session can be fed a value for any tensor, and so for a variable, too.


def loss_at(value):
    return session.run(J, {**shifts, bias: value})


bias_gradient = compute_gradients(J, shifts, session)[bias.op.output]
bias_difference = numerical_gradient(loss_at, np.zeros(2))
print("the gradient of the bias:", bias_gradient)
print("by central differences:  ", bias_difference)

# %%
# Twice the sums of the columns: 2 (1 + 3 + 5) and 2 (2 + 4 + 6). The differences agree.
#
# Rules for a perceptron
# ----------------------
#
# The softmax perceptron of chapter 2 needs a few rules more. Two of them deserve a derivation. In a
# matrix product :math:`Y = A B`, the element :math:`A_{ik}` is used in the whole row :math:`i` of
# the output, :math:`Y_{ij} = \sum_k A_{ik} B_{kj}`, and adds up the reports of that row:
#
# .. math::
#
#    \frac{\partial J}{\partial A_{ik}} = \sum_j G_{ij} B_{kj},
#    \qquad \text{that is, } G B^{\mathsf T} \text{ for } A,
#    \text{ and likewise } A^{\mathsf T} G \text{ for } B.
#
# In a softmax, :math:`p_k = e^{a_k} / \sum_j e^{a_j}`, every output depends on every input. The
# derivative :math:`\partial p_j / \partial a_k` is :math:`p_k (1 - p_k)` if :math:`j = k`, and
# :math:`-p_j p_k` otherwise. With the reports of all outputs added up:
#
# .. math::
#
#    \frac{\partial J}{\partial a_k} = \sum_j G_j \frac{\partial p_j}{\partial a_k}
#    = p_k \Bigl( G_k - \sum_j G_j\, p_j \Bigr)


@RegisterGradient("MatMul")
def matmul_rule(G, Y, A, B):
    return G @ B.T, A.T @ G


@RegisterGradient("Softmax")
def softmax_rule(G, p, a):
    return (p * (G - np.sum(G * p, axis=-1, keepdims=True)),)


@RegisterGradient("Log")
def log_rule(G, y, u):
    return (G / u,)


@RegisterGradient("Neg")
def negative_rule(G, y, u):
    return (-G,)


@RegisterGradient("Mean")
def mean_rule(G, y, u, axis):
    count = np.size(u) / np.size(y)  # so many numbers to a mean
    return sum_rule(G / count, y, u, axis)


# %%
# Here is the perceptron, for points with any number of coordinates. The cross-entropy is written in
# parts, ``log`` of ``softmax``, so that there is more to walk through. (Chapter 3 says when that is
# dangerous: our rule for ``Log`` divides by a probability. Here none is rounded to zero.) And
# :math:`J` is from now on the *mean* over the points instead of the sum. So neither the loss nor
# the learning rate that suits it depends on how many points there are.


def perceptron(inputs, classes, rng):
    """Adds a softmax perceptron to the graph: placeholders, variables, p and the loss."""
    X = tf.placeholder(tf.float64, [None, inputs], name="X")
    c = tf.placeholder(tf.float64, [None, classes], name="c")
    W = tf.Variable(rng.standard_normal((inputs, classes)), name="W")
    b = tf.Variable(rng.standard_normal(classes), name="b")
    p = tf.nn.softmax(tf.add(tf.matmul(X, W), b), name="p")
    log_likelihoods = tf.reduce_sum(c * tf.log(p), axis=1)
    J = tf.negative(tf.reduce_mean(log_likelihoods), name="J")
    return X, c, W, b, p, J


points, labels = blobs(np.random.default_rng(0))
classes = np.eye(2)[labels]  # a one in the column of the class

tf.reset_default_graph()
X, c, W, b, p, J = perceptron(2, 2, np.random.default_rng(3))
session = tf.Session()
gradients = compute_gradients(J, {X: points, c: classes}, session)
print("dJ/dW =")
print(gradients[W.op.output])
print("dJ/db =", gradients[b.op.output])

# %%
# The gradients have the shapes of ``W`` and ``b``. What is in the column of class 1 is the opposite
# of that of class 0, since only the difference of the two logits counts.
#
# Two evaluations a parameter, or one for all
# -------------------------------------------
#
# Now we can compare. Both ways get the same perceptron, with more and more coordinates, and so more
# parameters. A Session that counts its runs tells how often the loss was evaluated.


class CountingSession(tf.Session):
    """A Session that counts its runs."""

    runs = 0

    def run(self, *args, **kwargs):
        self.runs += 1
        return super().run(*args, **kwargs)


def differences(loss, starts, feed_dict, session):
    """The gradients with respect to the variables in `starts`, by central differences."""

    def gradient(variable, value):
        def loss_at(changed):
            return session.run(loss, {**feed_dict, variable: changed})

        return numerical_gradient(loss_at, value)

    return [gradient(variable, value) for variable, value in starts.items()]


def back_propagation(loss, starts, feed_dict, session):
    """The same gradients, by our back-propagation."""
    gradients = compute_gradients(loss, feed_dict, session)
    return [gradients[variable.op.output] for variable in starts]


# %%
# A perceptron with :math:`d` inputs and two classes has :math:`2d` weights and two biases. We
# measure three sizes.


def measure(method, *arguments):
    """The gradients that a method computes, the number of runs it takes, and the seconds."""
    session = CountingSession()
    for _ in range(2):  # the first runs compile, and give the variables their values
        method(*arguments, session)
    session.runs, start = 0, time.perf_counter()
    gradients = method(*arguments, session)
    return gradients, session.runs, time.perf_counter() - start


comparison = {}
print("              differences         back-propagation   largest")
print("parameters    runs       time     runs       time    difference")
for inputs in [4, 19] if QUICK else [4, 49, 499]:
    tf.reset_default_graph()
    rng = np.random.default_rng(inputs)
    X, c, W, b, _, J = perceptron(inputs, 2, rng)
    feed_dict = {X: rng.standard_normal((20, inputs)), c: np.eye(2)[rng.integers(2, size=20)]}
    starts = dict(zip([W, b], tf.Session().run([W, b]), strict=True))
    slow, slow_runs, slow_time = measure(differences, J, starts, feed_dict)
    quick, quick_runs, quick_time = measure(back_propagation, J, starts, feed_dict)
    largest = max(np.abs(one - other).max() for one, other in zip(slow, quick, strict=True))
    count = sum(value.size for value in starts.values())
    comparison[count] = slow_runs, quick_runs, largest
    print(
        f"{count:10}  {slow_runs:6} {1000 * slow_time:7.1f} ms   {quick_runs:6} "
        f"{1000 * quick_time:7.1f} ms    {largest:.0e}"
    )

# %%
# Central differences take two runs for every parameter: 2,000 of them for 1,000 parameters.
# Back-propagation takes a single run and a single walk back, however many parameters there are.
# (The times are those of the machine that made this page; the numbers of runs are the same on
# all.) Without this saving nobody could train a network of a million parameters.
#
# The gradient as more graph
# --------------------------
#
# Our ``compute_gradients`` computes numbers. For every step it fetches all values from the Session,
# and goes through the graph in Python. tinyflow's own ``tf.gradients`` also lets a node wait for
# all its uses and has the same rules. But these are written with operations where ours use NumPy.
# So they build *more graph*, and what it returns are tensors. Here it is for the small neuron.

tf.reset_default_graph()
x = tf.placeholder(tf.float64, [], name="x")
t = tf.placeholder(tf.float64, [], name="t")
w = tf.Variable(3.0, dtype=tf.float64, name="w")
b = tf.Variable(1.0, dtype=tf.float64, name="b")
J = tf.square(w * x + b - t, name="J")

slopes = tf.gradients(J, [w, b])
for slope in slopes:
    print(slope)
draw(slopes, title="The gradient is a graph, too")

# %%
# The red nodes and the grey constants were added by ``tf.gradients``, and nothing has been computed
# yet. Where a rule needs a value from the forward pass, such as :math:`x` for the gradient of
# :math:`w x`, there is an arrow from the node that has it. The last node is
# :math:`\partial J / \partial w`, and the one before it :math:`\partial J / \partial b`. (:math:`J`
# itself is not in the picture: its slopes do not need its value.) ``tf.debug.run`` runs a graph
# node by node and prints what each one gives: first forward, then back.

session = tf.Session()
point = {x: 2.0, t: 5.0}
symbolic = tf.debug.run(slopes, point, session=session)

# %%
# The same 8 and 4 as before. In a normal run no node is visited: the Session writes one NumPy
# function for both passes, and calls that. It is very short; chapter 6 reads such functions line by
# line.

print(session.source([J, *slopes], point))

# %%
# The optimizer
# -------------
#
# A training step computes the gradient and changes the variables. What changes a variable is an
# operation, too: ``tf.assign_sub(w, v)`` takes :math:`v` off :math:`w` when it runs. So a step of
# gradient descent is one such operation for each variable, and ``tf.group`` makes one of them all.


class GradientDescent:
    """Makes steps against the gradient: the rate times the gradient."""

    def __init__(self, rate):
        self.rate = rate

    def minimize(self, loss):
        """An operation that makes one step with all variables of the graph."""
        variables = tf.trainable_variables()
        updates = [
            tf.assign_sub(variable, self.rate * gradient)
            for variable, gradient in zip(variables, tf.gradients(loss, variables), strict=True)
        ]
        return tf.group(*updates)


# %%
# It is used like ``tf.train.GradientDescentOptimizer``. Do both train alike? We start two
# perceptrons with the same weights, and a third whose steps we make without an optimizer: our
# ``compute_gradients`` and ``load``, which sets a variable from Python.

STEPS = 60
RATE = 0.2


def train(optimizer=None):
    """Trains a perceptron on the clouds: the losses, and W and b, before each step."""
    losses, lines = [], []
    with tf.Graph().as_default():
        X, c, W, b, _, J = perceptron(2, 2, np.random.default_rng(3))
        step = optimizer.minimize(J) if optimizer else None
        session = tf.Session()
    batch = {X: points, c: classes}
    for _ in range(STEPS):
        line = session.run([W, b])
        if optimizer:
            loss, _ = session.run([J, step], batch)
        else:
            gradients = compute_gradients(J, batch, session)
            loss = session.run(J, batch)
            for variable, value in zip([W, b], line, strict=True):
                variable.load(value - RATE * gradients[variable.op.output], session)
        losses.append(loss)
        lines.append(line)
    return losses, lines


# %%
# The losses of the three, side by side:

losses, lines = train(tf.train.GradientDescentOptimizer(RATE))
own_losses, own_lines = train(GradientDescent(RATE))
hand_losses, hand_lines = train()

print("step     tinyflow's    our optimizer    our back-propagation")
for step in (0, 1, 2, 10, STEPS - 1):
    three = losses[step], own_losses[step], hand_losses[step]
    print(f"{step:4}  {three[0]:13.10f}    {three[1]:13.10f}    {three[2]:13.10f}")

# %%
# The three columns are alike. From now on we use tinyflow's, where forward pass, gradients and
# updates are one function of NumPy calls.
#
# The perceptron learns
# ---------------------
#
# We have kept the weights before each step. Fed for the variables, they bring back the perceptron
# as it was then, and we can watch the line between the classes move.

tf.reset_default_graph()
X, _, W, b, p, _ = perceptron(2, 2, np.random.default_rng(3))
predicted = tf.argmax(p, axis=1)
session = tf.Session()


def classifier(W_then, b_then):
    """The function from places to classes of the perceptron with these weights and biases."""
    return lambda places: session.run(predicted, {X: places, W: W_then, b: b_then})


accuracies = {}
figure, panels = plt.subplots(2, 3, figsize=(9, 6), sharex=True, sharey=True, layout="constrained")
for axes, step in zip(panels.flat, [0, 1, 2, 4, 10, STEPS - 1], strict=True):
    classify = classifier(*lines[step])
    accuracies[step] = np.mean(classify(points) == labels)
    title = f"step {step}: {accuracies[step]:.0%} right"
    plot_decision_boundary(classify, points, labels, axes, title=title)
    axes.label_outer()
    if step > 0:
        axes.get_legend().remove()  # the first one tells all
plt.show()

# %%
# The random weights begin with a line that is not bad, but with the classes on the wrong sides of
# it. Within ten steps it has turned right round, and after that it moves slowly. The loss goes on
# falling, while the line finds its place and the perceptron grows more certain.

figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
plot_loss(losses, axes, title="A perceptron on two clouds")
plt.show()

# %%
# A second opinion
# ----------------
#
# Do our few lines hold for more than perceptrons? With four more rules we try them on graphs with
# forks, broadcasts, products of matrices and nested functions, and compare with ``tf.gradients``.


@RegisterGradient("Exp")
def exp_rule(G, y, u):
    return (G * y,)


@RegisterGradient("Sigmoid")
def sigmoid_rule(G, y, u):
    return (G * y * (1 - y),)


@RegisterGradient("Tanh")
def tanh_rule(G, y, u):
    return (G * (1 - y**2),)


@RegisterGradient("Relu")
def relu_rule(G, y, u):
    return (G * (u > 0),)


def chain_of_forks(A, v):
    y = A
    for _ in range(8):
        y = tf.tanh(y + y * y)
    return y


# %%
# Each of these functions makes a matrix of a matrix ``A`` and a vector ``v``. Its elements are
# multiplied by fixed random numbers, and their mean is the loss. How far are our gradients from
# tinyflow's, at most? The first column is for ``compute_gradients``, the second for the first
# attempt, with its wrong order.

graphs = {
    "short and long path": lambda A, v: v * v + 3.0 * (v * v) + A,
    "a chain of forks": lambda A, v: chain_of_forks(A + v, v),
    "broadcast, twice": lambda A, v: (A + v) * tf.exp(v),
    "two layers": lambda A, v: tf.matmul(tf.sigmoid(tf.matmul(A, A) + v), A) - A,
    "softmax of relu": lambda A, v: tf.log(tf.nn.softmax(tf.nn.relu(A) * v)),
    "columns' means": lambda A, v: A - tf.reduce_mean(A, axis=0, keepdims=True) * tf.square(v),
}


def largest_difference(own, theirs):
    """How far the gradients of the variables in `theirs` are from our own, at most."""
    return max(np.abs(own[v.op.output] - gradient).max() for v, gradient in theirs.items())


apart = {}
for name, build in graphs.items():
    tf.reset_default_graph()
    rng = np.random.default_rng(7)
    A = tf.Variable(rng.standard_normal((4, 4)), name="A")
    v = tf.Variable(rng.standard_normal(4), name="v")
    J = tf.reduce_mean(build(A, v) * rng.standard_normal((4, 4)))
    session = tf.Session()
    theirs = dict(zip([A, v], session.run(tf.gradients(J, [A, v])), strict=True))
    attempts = [find(J, {}, session) for find in (compute_gradients, first_attempt)]
    apart[name] = [largest_difference(own, theirs) for own in attempts]
    print(f"{name:20} {apart[name][0]:.0e}   {apart[name][1]:.0e}")

# %%
# What is left in the first column is rounding. The second is far off where a graph has a fork with
# paths of different lengths, and only there.
#
# What we saw
# -----------
#
# * Gradient descent steps against the slope. If the rate is too large it diverges, and how large is
#   too large depends on the most curved direction.
# * Central differences need two evaluations for each parameter, and lose digits. They are good for
#   checking.
# * Back-propagation walks from the loss back through the graph. Each node needs only its own rule,
#   and what arrives from several uses is added up.
# * A node hands its gradient on when all its uses have reported, and not before.
# * The gradient of a broadcast is a sum, and that of a sum is a broadcast.
# * ``tf.gradients`` builds graph instead of numbers, and an optimizer adds the operations that
#   change the variables.
#
# Exercises:
#
# 1. Add a rule for ``"RealDiv"``, the operator ``/``, and check it with central differences. It
#    broadcasts!
# 2. Change ``first_attempt`` so that a node hands back again whenever another report reaches it.
#    Which number comes out for :math:`J = y + 3y`, and why?
# 3. Find the rate with which 20 steps end nearest to the minimum of the valley. Where do
#    :math:`1 - \eta` and :math:`1 - 10\eta` come in?
#
# The claims of this chapter, checked.

assert abs(paths_1d[0.1][-1]) < 1.6 and abs(paths_1d[0.8][-1]) < 1.6 < abs(paths_1d[1.05][-1])
assert abs(paths_2d[0.18][-1, 1]) < 1 < abs(paths_2d[0.205][-1, 1])
assert 1e-8 < best < 1e-4 and central.min() < 1e-9 and central[0] > 1e-6

assert [float(slope) for slope in neuron_slopes] == [8, 4, 12, -4]
assert [float(slope) for slope in symbolic] == [8, 4]
assert (naive_slope, ordered_slope) == (6, 24)
assert wrong_shape == (3, 2) and bias_gradient.shape == (2,)
assert np.allclose(bias_gradient, [18, 24]) and np.allclose(bias_difference, [18, 24])

for count, (slow_runs, quick_runs, largest) in comparison.items():
    assert (slow_runs, quick_runs) == (2 * count, 1) and largest < 1e-8

assert np.allclose(losses, own_losses, rtol=0, atol=1e-6)
assert np.allclose(losses, hand_losses, rtol=0, atol=1e-6)
assert np.allclose(np.array(lines[-1][0]), np.array(own_lines[-1][0]), rtol=0, atol=1e-6)
assert losses[-1] < losses[0] / 10 and accuracies[0] < 0.7 and accuracies[STEPS - 1] > 0.95
assert max(right for right, _ in apart.values()) < 1e-12
assert apart["a chain of forks"][1] > 1e-3 and apart["two layers"][1] > 1e-3
