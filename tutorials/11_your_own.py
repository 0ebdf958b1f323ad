"""
11. Your own operations, optimizers and layers
==============================================

tinyflow can be added to from outside. This chapter adds an activation, an operation with a value,
a shape and a gradient of its own, gradients that are not derivatives, an optimizer and a layer, and
tests each of them. After it you can write what tinyflow lacks, and know how to check it.
"""

# %%
# Graphs come from chapter 1, gradient rules from chapter 4, layers from chapter 5, name scopes from
# chapter 6 and optimizers from chapter 9. All that we build uses only what ``import tinyflow as
# tf`` gives.

import math
import os
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import blobs, xor
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_decision_boundary, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ

tf.set_random_seed(0)
rng = np.random.default_rng(0)
session = tf.Session()

# %%
# A function of operations that are there
# ---------------------------------------
#
# The first question is whether a new operation is needed at all. An activation called *gelu*
# multiplies its input by the probability that a normally distributed number is smaller:
#
# .. math::
#
#     \mathrm{gelu}(x) = x \, \Phi(x), \qquad
#     \Phi(x) = \frac{1}{2} \Bigl(1 + \mathrm{erf}\bigl(x / \sqrt{2}\bigr)\Bigr).
#
# tinyflow has ``tf.erf``, so this is a plain Python function. It is called once, while the graph is
# built, and leaves nodes behind. ``tf.name_scope`` gives them a common name.


def gelu(x, name=None):
    """x times the probability that a standard normal number is smaller than x."""
    with tf.name_scope(name, "Gelu", [x]):
        x = tf.convert_to_tensor(x)
        probability = 0.5 * (1.0 + tf.erf(x / np.sqrt(2)))
        return x * probability


x = tf.placeholder(tf.float32, [None], name="x")
y = gelu(x)
(slope,) = tf.gradients(y, x)
draw(y)

# %%
# There is no rule to register: the walk of chapter 4 goes backwards through these nodes by their
# own rules. By the product rule the derivative should be :math:`\Phi(x) + x \varphi(x)`, with the
# normal density :math:`\varphi`, and it is.

points = np.linspace(-4, 4, 201, dtype=np.float32)
gelu_values, gelu_slopes = session.run([y, slope], {x: points})
density = np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)
probability = np.array([0.5 * (1 + math.erf(point / math.sqrt(2))) for point in points])
gelu_error = np.abs(gelu_slopes - (probability + points * density)).max()
print("largest difference:", gelu_error)

figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.plot(points, gelu_values, color=COLORS[0], label="gelu")
ax.plot(points, gelu_slopes, color=COLORS[1], label="its derivative")
ax.plot(points, np.maximum(points, 0), color=COLORS[7], linestyle="--", label="relu")
ax.set(xlabel="x", ylabel="value")
ax.grid(alpha=0.3)
ax.legend()
plt.show()

# %%
# Where a function is not enough
# ------------------------------
#
# Now a loss for regression: :math:`\log \cosh(x)` of the error :math:`x`. Near zero it is
# :math:`x^2 / 2`; far away it is :math:`|x| - \log 2`, so that an outlier does not pull harder the
# further out it is. Its derivative is :math:`\tanh(x)`. Both are tame, but watch what the function
# of existing operations makes of them:

naive = tf.log(tf.cosh(x))
(naive_slope,) = tf.gradients(naive, x)
naive_values, naive_slopes = session.run([naive, naive_slope], {x: [1, 50, 100]})
print("values:", naive_values)
print("slopes:", naive_slopes)

# %%
# ``cosh(100)`` is larger than any float32, and so is ``sinh(100)``. The chain rule multiplies the
# second by one over the first. That is infinity times zero, which is not a number. The way out is
# to write the cosh as exponentials and to take out the larger of the two:
#
# .. math::
#
#     \log \cosh(x) = |x| + \log\bigl(1 + e^{-2 |x|}\bigr) - \log 2.
#
# Here the exponential is never larger than 1. This could again be a function of existing
# operations. Its gradient would then be put together from theirs, many operations where two will
# do. Worse, ``abs`` has a kink at 0 where our function has none:

size = tf.abs(x)
stable = size + tf.log1p(tf.exp(-2.0 * size)) - float(np.log(2))
(stable_slope,) = tf.gradients(stable, x)
(stable_bend,) = tf.gradients(stable_slope, x)
print("second derivatives:", session.run(stable_bend, {x: [0, 0.001]}))

# %%
# The second derivative is :math:`1 - \tanh^2(x)`, which is 1 at 0. We want this formula for the
# value and :math:`\tanh` for the gradient, and that makes it an operation.
#
# An operation of your own
# ------------------------
#
# An op type is a subclass of ``tf.Operation``, and a node of the graph is made by calling it. Two
# methods are enough: ``__init__`` says which tensors are its inputs, and ``compute`` gives the
# value of the output from the values of the inputs, in NumPy.


class LogCosh(tf.Operation):
    """log(cosh(x)), element by element, without overflow."""

    def __init__(self, x, name=None):
        super().__init__([x], name)

    def compute(self, x):
        size = np.abs(x)
        return size + np.log1p(np.exp(-2 * size)) - np.log(2)


y = LogCosh(x)
print(y)
print(session.run(y, {x: [1, 50, 100]}))

# %%
# The values are right, but two things are missing. First, the dtype is unknown, and so is the
# shape: tinyflow cannot know what ``compute`` will return, so mistakes in using the tensor show
# only in a run. Second, there is no gradient:

try:
    tf.gradients(y, x)
except LookupError as error:
    print(error)

# %%
# The message says what to do. A gradient rule takes the operation and the gradient that arrives at
# its output, and returns the gradient for its input. It is made of tensors, not of arrays, so that
# it can be differentiated in turn: second derivatives come for free. It is registered under the
# name of the op type.


@tf.RegisterGradient("LogCosh")
def log_cosh_gradient(op, grad):
    (x,) = op.inputs
    return grad * tf.tanh(x)


# %%
# For the missing dtype and shape there is a third method, ``infer``. It takes what is known of each
# input, a ``tf.Spec`` with its dtype and static shape, and returns what follows for the output. Our
# result looks just like the input, so the rule is short. (A sum over the last axis would say
# ``return x._replace(shape=x.shape[:-1])``.) Let us try it in a subclass.


class LogCoshWithShape(LogCosh):
    def infer(self, x):
        return x


y = LogCoshWithShape(x)
print(y)
try:
    session.run(y, {x: [1, 50, 100]})
except tf.errors.InvalidArgumentError as error:
    print(error)

# %%
# This error is worth having. The fault was there before, and nobody noticed: ``np.log(2)`` is a
# float64 number, and with it the whole result becomes float64. Now that ``infer`` makes a promise,
# each run compares it with what ``compute`` returns. A Python number has no dtype of its own and
# leaves the array's alone, so that is the cure. Here is the class again, complete. (The gradient
# rule goes by the name of the type, and stays.)

LOG_2 = float(np.log(2))


class LogCosh(tf.Operation):
    """log(cosh(x)), element by element, without overflow."""

    def __init__(self, x, name=None):
        super().__init__([x], name)

    def infer(self, x):
        return x

    def compute(self, x):
        size = np.abs(x)
        return size + np.log1p(np.exp(-2 * size)) - LOG_2


y = LogCosh(x)
print(y)
print("values:", session.run(y, {x: [1, 50, 100]}))
print("slopes:", session.run(tf.gradients(y, x)[0], {x: [1, 50, 100]}))

# %%
# Testing it
# ----------
#
# An operation makes three promises, and a test for each is a few lines.
#
# *The value*, against NumPy, written in another way. In float64, where nothing overflows yet:

x64 = tf.placeholder(tf.float64, [None])
y64 = LogCosh(x64)
some = rng.normal(0, 3, 100)
value_error = np.abs(session.run(y64, {x64: some}) - np.log(np.cosh(some))).max()
print("value:", value_error)

# %%
# *The gradient*, against numerical differentiation. ``tf.test.compute_gradient_error`` moves each
# input a little up and down and compares the quotients with the rule's result. The second
# derivative is tested in the same way, as the gradient of the gradient.

(slope64,) = tf.gradients(y64, x64)
with session.as_default():
    gradient_error = tf.test.compute_gradient_error(x64, [5], y64, [5], some[:5])
    second_error = tf.test.compute_gradient_error(x64, [5], slope64, [5], some[:5])
print("gradient:         ", gradient_error)
print("second derivative:", second_error)

# %%
# Differences of about :math:`10^{-7}` are the numerical quotient's own error: its step :math:`h` is
# 0.001, and the error is of the order :math:`h^2`. A forgotten factor would show in the first
# digits.
#
# *The shape*, for inputs of which all, some or no sizes are known.

for shape in [[4, 3], [None, 3], None]:
    result = LogCosh(tf.placeholder(tf.float32, shape))
    print(f"input {shape!s:10} output {result.shape}, {result.dtype.name}")

# %%
# What the Session does with it
# -----------------------------
#
# Chapter 6 read the NumPy function that a Session writes. Here is the one for our operation and its
# gradient, beside a second one. ``LogCoshInline`` differs from ``LogCosh`` in one line:
# ``recordable`` promises that the result of ``compute`` depends on nothing but its inputs, and
# allows tinyflow to write out the NumPy calls inside it. That works for NumPy's functions and
# operators; a body that says ``x.sum()`` instead of ``np.sum(x)`` is called as it is, like any
# other. (Gradients go by the name of the op type, so it needs a rule, too.)


class LogCoshInline(LogCosh):
    """LogCosh, whose NumPy calls may be written out."""

    recordable = True


tf.RegisterGradient("LogCoshInline")(log_cosh_gradient)

for op_type in LogCosh, LogCoshInline:
    y = op_type(x, name="y")
    print(session.source([y, tf.gradients(y, x)], {x: points}))

# %%
# In the first text ``compute`` is called as it is, whatever it does (by ``evaluate``, which
# compares the result with what ``infer`` promised). In the second the NumPy calls inside it have
# been written down one by one, with buffers to write into, and the rewriting rules of chapter 13
# can work on them. Leave ``recordable`` out unless you need the speed and are sure of the promise.
#
# A body that is called may do anything. Here is an operation to look inside a run with: it passes
# its input on, and prints something about it.


class Look(tf.Operation):
    """Its input, unchanged, which is described whenever it is computed."""

    def __init__(self, x, name=None):
        super().__init__([x], name)

    def infer(self, x):
        return x

    def compute(self, x):
        print(f"{self.name}: shape {x.shape}, from {x.min():.2f} to {x.max():.2f}")
        return x


@tf.RegisterGradient("Look")
def look_gradient(op, grad):
    return Look(grad, name=op.name.split("/")[-1] + "_gradient")


looked_at = tf.reduce_sum(LogCosh(Look(3.0 * x, name="inside")))
session.run(tf.gradients(looked_at, x), {x: points})

# %%
# Forward, then backward. One thing a body may not do is change its inputs. They belong to others:
# to the caller, to a variable, to the next operation that uses them. So it gets views that cannot
# be written to, and a careless ``+=`` is an error:


class AddOne(tf.Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x):
        x += 1
        return x


try:
    session.run(AddOne(x), {x: points})
except tf.errors.OpError as error:
    print(error)

# %%
# Gradients that are not derivatives
# ----------------------------------
#
# Sometimes the derivative is of no use. Say the weights of a classifier have to be multiples of
# 1/4, so that they fit into few bits. Rounding is a staircase: its derivative is 0, or undefined,
# and nothing can be learned through it.

points2d, classes = blobs(rng)
features = tf.constant(points2d, tf.float32)
targets = tf.constant(classes, tf.float32)


def logistic_loss(w):
    """The mean cross-entropy of a classifier for the two blobs with the weights w."""
    logits = tf.reduce_sum(features * w, axis=1)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits))


w = tf.Variable([-0.6, 0.1], name="w")
try:
    tf.train.GradientDescentOptimizer(0.1).minimize(logistic_loss(tf.round(4.0 * w) / 4.0))
except ValueError as error:
    print(error)

# %%
# The last line names the place where the gradient stopped. The *straight-through estimator* steps
# over it: forward it rounds, backward it pretends that it has not. ``tf.custom_gradient`` makes
# that of a function that returns two things: a result, and a function from the result's gradient to
# the input's.


@tf.custom_gradient
def quarters(x):
    """x, rounded to a multiple of 1/4; the gradient passes as if it were not."""
    return tf.round(4.0 * x) / 4.0, lambda grad: grad


rounded = quarters(w)
loss = logistic_loss(rounded)
step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
path = []
quarter_losses = []
for _ in range(40):
    at, on_grid, loss_value, _ = session.run([w, rounded, loss, step])
    path.append([at[0], on_grid[0]])
    quarter_losses.append(loss_value)

figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.plot([p[0] for p in path], color=COLORS[7], label="first weight, as it is kept")
ax.step(range(40), [p[1] for p in path], where="post", color=COLORS[1], label="as it is used")
ax.set(xlabel="step", ylabel="weight")
ax.grid(alpha=0.3)
ax.legend()
plt.show()
print("loss:", quarter_losses[0], "at first,", quarter_losses[-1], "in the end")

# %%
# The variable collects small steps until they carry the used weight to the next stair.
#
# ``tf.custom_gradient`` also lends a gradient to what has none. ``tf.py_func`` calls a Python
# function in the midst of a run; tinyflow knows neither its shape nor its derivative. Together they
# make an operation without a class: here the cube root, for which ``tf.pow`` gives NaN where x is
# negative.


@tf.custom_gradient
def cube_root(x):
    """The cube root, of negative numbers as well."""
    root = tf.py_func(np.cbrt, [x], x.dtype)
    root.set_shape(x.shape)
    return root, lambda grad: grad / (3.0 * root**2)


root = cube_root(x)
print(root)
root_values, root_slopes = session.run([root, tf.gradients(root, x)[0]], {x: [-8, 1, 27]})
print(root_values, root_slopes)

# %%
# If all that you want is another rule for an operation that exists, there is a third way: register
# the rule under a name of your own, and let the graph use it for what is made inside a ``with``.


@tf.RegisterGradient("StraightThrough")
def straight_through(op, grad):
    return grad


with tf.get_default_graph().gradient_override_map({"Round": "StraightThrough"}):
    stairs = tf.round(x)
print(session.run(tf.gradients(stairs, x), {x: [0.2, 0.7]}))

# %%
# An optimizer of your own
# ------------------------
#
# Chapter 9's optimizers are formulas for one variable. ``tf.train.Optimizer`` does the rest: it
# asks for the gradients, goes through the variables and makes one operation of all updates. A new
# one fills in three methods:
#
# - ``_create_slots(var_list)`` makes what is kept beside each variable, such as a momentum;
# - ``_prepare()`` makes tensors of the settings, once;
# - ``_apply_dense(grad, var)`` returns the operation that changes one variable.
#
# Ours is *Lion* (X. Chen et al., "Symbolic discovery of optimization algorithms", 2023). With a
# gradient :math:`g`, a momentum :math:`m` and a rate :math:`\eta`,
#
# .. math::
#
#     w \leftarrow w - \eta \, \mathrm{sign}\bigl(\beta_1 m + (1 - \beta_1) \, g\bigr), \qquad
#     m \leftarrow \beta_2 m + (1 - \beta_2) \, g.
#
# Every weight moves by the same amount in each step; only the direction is learned.


class Lion(tf.train.Optimizer):
    """Steps of equal size, in the direction of the sign of a momentum."""

    def __init__(self, learning_rate=0.01, beta1=0.9, beta2=0.99, name="Lion"):
        super().__init__(use_locking=False, name=name)
        self._learning_rate, self._beta1, self._beta2 = learning_rate, beta1, beta2

    def _create_slots(self, var_list):
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self):
        self._rate = tf.convert_to_tensor(self._learning_rate, name="learning_rate")

    def _apply_dense(self, grad, var):
        rate = tf.cast(self._rate, var.dtype.base_dtype)
        momentum = self.get_slot(var, "momentum")
        mixed = self._beta1 * momentum + (1 - self._beta1) * grad
        move = tf.assign_sub(var, rate * tf.sign(mixed))
        with tf.control_dependencies([move]):  # only then may the momentum change
            keep = tf.assign(momentum, self._beta2 * momentum + (1 - self._beta2) * grad)
        return tf.group(move, keep)


# %%
# The control dependency says that the momentum changes after it was read. tinyflow would do it in
# this order anyway, since a run reads what was there before it; TensorFlow 1 leaves it open.
#
# The test of an optimizer is the same algorithm in plain NumPy, step by step. We need the gradient
# of the logistic loss by hand: it is :math:`X^T (\sigma(X w) - t) / n` for the points in the rows
# of :math:`X` and their labels :math:`t`.

w = tf.Variable([0.3, -0.5], name="weights")
lion = Lion(learning_rate=0.02)
step = lion.minimize(logistic_loss(w), var_list=[w])

X, t = points2d.astype(np.float32), classes.astype(np.float32)
own_w, own_m = session.run(w), np.zeros(2, np.float32)
differences = []
for _ in range(100):
    gradient = X.T @ (1 / (1 + np.exp(-X @ own_w)) - t) / np.float32(len(t))
    own_w = own_w - np.float32(0.02) * np.sign(0.9 * own_m + 0.1 * gradient)
    own_m = 0.99 * own_m + 0.01 * gradient
    session.run(step)
    their_w, their_m = session.run([w, lion.get_slot(w, "momentum")])
    differences.append([np.abs(their_w - own_w).max(), np.abs(their_m - own_m).max()])
print("largest differences in 100 steps:", np.max(differences, axis=0))
print("slots:", lion.get_slot_names(), [v.name for v in lion.variables()])

# %%
# The weights agree to the last digit, since all that counts is a sign; the momenta differ by
# rounding. Now beside two optimizers of tinyflow's own, from the same start:

optimizers = {
    "gradient descent": tf.train.GradientDescentOptimizer(0.1),
    "Adam": tf.train.AdamOptimizer(0.02),
    "Lion": Lion(0.02),
}
curves = {}
for name, optimizer in optimizers.items():
    v = tf.Variable([0.3, -0.5])
    loss = logistic_loss(v)
    step = optimizer.minimize(loss, var_list=[v])
    curves[name] = [session.run([loss, step])[0] for _ in range(100)]

figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
plot_loss(curves, ax, title="two blobs")
plt.show()

# %%
# Which one is ahead depends on the rates, so this is no contest. But the shapes are telling.
# Gradient descent takes large steps while the gradient is large. Lion and Adam begin alike: in its
# first steps, Adam divides a gradient by about its own size, so that little more than the sign is
# left. Later Adam's steps shrink with the gradient, and Lion's never do.
#
# A layer of your own
# -------------------
#
# A layer is something that holds variables and can be called. Made once, it may be called several
# times, and then shares its weights. A plain class does it. The name scope is opened in
# ``__init__`` for the variables, and again in ``__call__``: a name that ends in ``/`` means this
# very scope, not a new one.


class Dense:
    """A layer in which every output depends on every input: activation(x W + b)."""

    def __init__(self, inputs, outputs, activation=None, name="dense"):
        self.activation = activation
        with tf.name_scope(name) as self.scope:
            start = tf.random_normal([inputs, outputs], stddev=np.sqrt(2 / inputs))
            self.W = tf.Variable(start, name="W")
            self.b = tf.Variable(tf.zeros([outputs]), name="b")

    @property
    def variables(self):
        return [self.W, self.b]

    def __call__(self, x):
        with tf.name_scope(self.scope):
            z = tf.matmul(x, self.W) + self.b
            return z if self.activation is None else self.activation(z)


# %%
# A network is a list of layers, called one after the other. We give it our own activation,
# ``gelu``.


class Network:
    """Layers, one after the other."""

    def __init__(self, *layers):
        self.layers = layers

    @property
    def variables(self):
        return [variable for layer in self.layers for variable in layer.variables]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


network = Network(
    Dense(2, 16, gelu, name="hidden1"),
    Dense(16, 16, gelu, name="hidden2"),
    Dense(16, 2, name="out"),
)
inputs = tf.placeholder(tf.float32, [None, 2], name="inputs")
labels = tf.placeholder(tf.int32, [None], name="labels")
logits = network(inputs)
draw(logits, fold=["hidden1", "hidden2", "out"], shapes=True)

# %%
# *Weight decay* adds a part of the squared weights to the loss, so that weights that do not help
# shrink. As the layers know their weights, that is one line. (Biases are left out, as is usual.)


def loss_with_decay(network, decay):
    """The mean cross-entropy, plus `decay` times half the sum of the squared weights."""
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=network(inputs)
    )
    squares = tf.add_n([tf.nn.l2_loss(layer.W) for layer in network.layers])
    return tf.reduce_mean(cross_entropy) + decay * squares


# %%
# Two such networks learn the four clouds of chapter 5, from which a few points have strayed into
# another quadrant. Our optimizer trains them, once without decay and once with it.


def classes_of(predicted, some_points):
    """What a network makes of points, for the picture."""
    return session.run(predicted, {inputs: some_points})


clouds, cloud_labels = xor(rng)
feed_dict = {inputs: clouds, labels: cloud_labels}
steps = 50 if QUICK else 600
norms, accuracies = {}, {}
figure, axes = plt.subplots(1, 2, figsize=(8.5, 4.2), layout="constrained")
for ax, decay in zip(axes, [0.0, 0.02], strict=True):
    net = Network(Dense(2, 16, gelu), Dense(16, 16, gelu), Dense(16, 2))
    step = Lion(0.003).minimize(loss_with_decay(net, decay), var_list=net.variables)
    for _ in range(steps):
        session.run(step, feed_dict)
    predicted = tf.argmax(net(inputs), axis=1)
    norms[decay] = sum(session.run(tf.nn.l2_loss(layer.W)) for layer in net.layers)
    accuracies[decay] = np.mean(session.run(predicted, feed_dict) == cloud_labels)
    title = f"decay {decay}: {accuracies[decay]:.0%} right"
    classify = partial(classes_of, predicted)
    plot_decision_boundary(classify, clouds, cloud_labels, ax, title=title)
    ax.legend(loc="lower left", title="class")
    print(f"decay {decay:4}: half the sum of squared weights is {norms[decay]:.1f}")
plt.show()

# %%
# Without decay the boundary bends around single points that have strayed; with it the boundary is
# smoother, and the weights are much smaller.
#
# From your own to tinyflow's
# ---------------------------
#
# All this can stay in a module of your own. An operation that should become part of tinyflow itself
# has to meet its contract:
#
# - It goes into the file of its family in ``tinyflow/ops/``: the class, the gradient and a function
#   with a docstring, which is what users call. An element-wise op inherits from ``Elementwise`` in
#   ``ops/base.py``, which brings ``infer`` with broadcasting and says ``recordable``.
# - Settings are annotations of the class with defaults (``alpha: float = 0.2``). ``compute`` is
#   plain NumPy, and keeps the dtype.
# - Its type has a gradient, or ``NotDifferentiable`` says that it has none.
# - The function is named in ``__all__``, and in the list of public names where it belongs, such as
#   ``tinyflow/nn.py``. If TensorFlow 1.15 has it, then with the same name, arguments and defaults.
#   Where it behaves in another way, and this is meant, ``docs/differences.md`` says so.
# - It has at least one row in ``tests/rows/``, with an independent reference:
#
#   .. code-block:: python
#
#       Row("LogCosh", tf.nn.log_cosh, [SIDES], lambda x: np.log(np.cosh(x)))
#
# ``tests/test_contract.py`` then checks what we have checked, and more: the value, ``infer`` for
# known, partly known and unknown shapes, the written-out text against plain ``compute``, and two
# orders of derivatives. A type without a row, or without a word about its gradient, fails.

# %%
# What we saw
# -----------
#
# - A function of existing operations needs no rule. Try it first.
# - An operation is a class with ``compute``; ``infer`` promises dtype and shape, and a registered
#   rule gives the gradient as more graph.
# - ``tf.custom_gradient`` replaces a derivative, and lends one to what has none.
# - An optimizer says how one variable changes, and keeps slots beside it. Plain NumPy is its test.
# - A layer is a plain object that holds variables.
#
# Exercises:
#
# 1. Write the operation ``LogMeanExp``, the logarithm of the mean of :math:`e^x` over the last
#    axis, without overflow. What does ``infer`` say, and what is the gradient?
# 2. Write ``reverse_gradient(x)`` with ``tf.custom_gradient``: x forward, the negative gradient
#    backward. Minimise :math:`x^2 - y^2` with it, so that the descent in x is an ascent in y.
# 3. Give ``Lion`` a ``weight_decay``: as in its paper, :math:`\eta \lambda w` is subtracted from a
#    weight in each step. Extend the NumPy version, and compare again.

# %%
# The claims of this chapter, checked.

assert gelu_error < 1e-5
assert value_error < 1e-12 and max(gradient_error, second_error) < 1e-5
assert np.isinf(naive_values[2]) and np.isnan(naive_slopes[2])
bend = tf.gradients(tf.gradients(LogCosh(x), x), x)[0]
assert session.run([stable_bend, bend], {x: [0]}) == [[0], [1]]
assert np.array_equal(
    session.run(LogCosh(x), {x: points}), session.run(LogCoshInline(x), {x: points})
)
assert LogCosh(tf.placeholder(tf.float32, [None, 3])).shape.as_list() == [None, 3]
assert "np.log1p" in session.source(LogCoshInline(x), {x: points})
assert "evaluate" in session.source(LogCosh(x), {x: points})
assert all(used * 4 == round(used * 4) for _, used in path)
assert quarter_losses[-1] < 0.1 < quarter_losses[0]
assert np.allclose(root_values, [-2, 1, 3]) and np.allclose(root_slopes, [1 / 12, 1 / 3, 1 / 27])
assert session.run(tf.gradients(stairs, x), {x: [0.2, 0.7]})[0].tolist() == [1, 1]
assert np.max(differences) < 1e-5
assert all(losses[-1] < losses[0] / 5 for losses in curves.values())
before = len(tf.trainable_variables())
network(inputs)
assert len(tf.trainable_variables()) == before  # a second call shares the weights
assert norms[0.02] < norms[0.0]
if not QUICK:
    assert norms[0.02] < norms[0.0] / 10 and min(accuracies.values()) > 0.9
