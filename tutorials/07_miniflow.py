"""
7. MiniFlow: a graph of objects that send messages
==================================================

There is a second way to build a thing like tinyflow. Its nodes are objects with two methods:
``forward()`` computes a value, ``backward()`` sends gradients back. In this chapter we write such
a library in about a hundred lines, watch both passes node by node, sort graphs with Kahn's
algorithm, and train a network with it. At the end it agrees with tinyflow, loss for loss.
"""

# %%
# From chapter 1 we take computational graphs and post-order; from chapter 4 the chain rule on
# graphs and numerical differentiation; from chapter 5 the layer :math:`XW + b`. Everything else is
# written here.

import os
from collections import deque

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow import plot
from tinyflow.drawing import draw

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# A node that can speak both ways
# -------------------------------
#
# In tinyflow a node says *what* is to be computed, and a Session computes it. The gradient is more
# graph. In MiniFlow a node does the work itself and keeps the numbers:
#
# - ``inbound``: the nodes whose values it uses,
# - ``outbound``: the nodes that use its value, its *consumers*,
# - ``value``: the message it sends forward, to all consumers,
# - ``gradients``: the messages that came back, one for each consumer. The message from consumer
#   :math:`k` is the part of the derivative of the cost :math:`C` that goes through :math:`k`.
#
# When all messages have come back, their sum is the whole derivative
# :math:`\partial C / \partial \mathrm{value}`.


class Node:
    """A node of a MiniFlow graph. Kinds of nodes define `forward` and `backward`."""

    def __init__(self, *inbound, name):
        self.name = name
        self.inbound = inbound
        self.outbound = []
        self.value = None
        self.gradients = {}
        for node in inbound:
            node.outbound.append(self)

    def gradient(self):
        """The derivative of the cost with respect to `value`: the sum of all messages."""
        return sum(self.gradients.values())

    def send(self, node, gradient):
        """Sends a gradient back to an inbound node; it is added to what was sent before."""
        node.gradients[self] = node.gradients.get(self, 0.0) + gradient


# %%
# The simplest kind has nothing to compute. An ``Input`` holds a value that somebody gives it. The
# weights of a network will be ``Input`` nodes, too: MiniFlow has no Variables.


class Input(Node):
    """A value from outside: data, or a weight."""

    def __init__(self, name, value=None):
        super().__init__(name=name)
        self.value = value

    def forward(self):
        pass

    def backward(self):
        pass


# %%
# A sum and a product of any number of nodes come next. Let the node's value be :math:`v` and its
# inputs :math:`x_1, \dots, x_n`. It receives :math:`\partial C / \partial v` and has to send
#
# .. math::
#
#     \frac{\partial C}{\partial x_i} \;\text{through}\; v
#     \;=\; \frac{\partial C}{\partial v} \, \frac{\partial v}{\partial x_i},
#     \qquad
#     \frac{\partial}{\partial x_i} \sum_j x_j = 1,
#     \qquad
#     \frac{\partial}{\partial x_i} \prod_j x_j = \prod_{j \neq i} x_j .
#
# The product of the others is computed as it stands. Dividing the whole product by :math:`x_i`
# would be shorter, but fails where :math:`x_i = 0`.


class Add(Node):
    """The sum of nodes of one shape."""

    def forward(self):
        self.value = sum(node.value for node in self.inbound)

    def backward(self):
        for node in self.inbound:
            self.send(node, self.gradient())


class Multiply(Node):
    """The product, element by element, of nodes of one shape."""

    def forward(self):
        self.value = np.prod([node.value for node in self.inbound], axis=0)

    def backward(self):
        for i, node in enumerate(self.inbound):
            others = self.inbound[:i] + self.inbound[i + 1 :]
            factor = np.prod([other.value for other in others], axis=0)
            self.send(node, self.gradient() * factor)


# %%
# A first graph computes :math:`f = (x + y)(y z)`, with :math:`s` for the sum and :math:`p` for the
# product. One more node, :math:`e = x + z`, is there as well; :math:`f` does not need it.


def first_graph():
    """The nodes x, y, z, s, p, f and e of a small graph, by name."""
    x, y, z = Input("x", 2.0), Input("y", 3.0), Input("z", 4.0)
    s = Add(x, y, name="s")
    p = Multiply(y, z, name="p")
    f = Multiply(s, p, name="f")
    e = Add(x, z, name="e")
    return {node.name: node for node in (x, y, z, s, p, f, e)}


nodes = first_graph()
for node in nodes.values():
    sources = ", ".join(other.name for other in node.inbound)
    consumers = ", ".join(other.name for other in node.outbound)
    print(f"{node.name}   inbound: {sources:7}   outbound: {consumers}")

# %%
# MiniFlow cannot draw, so we let tinyflow draw the same graph.

with tf.Graph().as_default():
    x = tf.placeholder(tf.float64, name="x")
    y = tf.placeholder(tf.float64, name="y")
    z = tf.placeholder(tf.float64, name="z")
    s = tf.add(x, y, name="s")
    p = tf.multiply(y, z, name="p")
    f = tf.multiply(s, p, name="f")
    e = tf.add(x, z, name="e")
draw([f, e])

# %%
# Kahn's topological sort
# -----------------------
#
# A node may run when all its inbound nodes have run. An order in which every node comes after its
# inbound nodes is a *topological order*. Kahn's algorithm (1962) finds one from the inputs
# forwards. It counts, for every node, how many inbound nodes are still missing: at first its
# *in-degree*. Nodes with nothing missing wait in a queue. Taking one from the queue lowers the
# count of its consumers, and a consumer whose count reaches zero joins the queue.
#
# The counts need all nodes to be known beforehand, so these are collected first, by following
# ``outbound`` from the inputs.


def reachable(inputs):
    """The inputs and all nodes that use them, directly or through others."""
    found = list(inputs)
    for node in found:  # the list grows while we walk along it
        found += [other for other in dict.fromkeys(node.outbound) if other not in found]
    return found


def kahn(inputs):
    """All nodes that can be reached from the inputs, in topological order."""
    missing = {node: len(node.inbound) for node in reachable(inputs)}
    queue = deque(node for node in missing if missing[node] == 0)
    order = []
    while queue:
        node = queue.popleft()
        order.append(node)
        for consumer in node.outbound:
            missing[consumer] -= 1
            if missing[consumer] == 0:
                queue.append(consumer)
    if len(order) < len(missing):
        stuck = [node.name for node in missing if missing[node] > 0]
        raise ValueError(f"no topological order: {', '.join(stuck)} wait for each other")
    return order


# %%
# Chapter 1 went the other way. Post-order starts at the output, follows ``inbound``, and notes a
# node after everything that it needs.


def post_order(output, order=None):
    """What `output` needs, in topological order, `output` last."""
    order = [] if order is None else order
    for node in output.inbound:
        if node not in order:
            post_order(node, order)
    order.append(output)
    return order


def is_topological(order):
    """Whether every node comes after all its inbound nodes."""
    return all(
        source in order[:place] for place, node in enumerate(order) for source in node.inbound
    )


def names(order):
    return " ".join(node.name for node in order)


inputs = [nodes["x"], nodes["y"], nodes["z"]]
by_kahn = kahn(inputs)
by_post_order = post_order(nodes["f"])
print("Kahn:      ", names(by_kahn), "  topological:", is_topological(by_kahn))
print("post-order:", names(by_post_order), "    topological:", is_topological(by_post_order))

# %%
# Both orders are right, and they differ in two ways.
#
# Kahn's goes through the graph in layers: all inputs, then what they make possible. Post-order
# finishes ``s`` before it looks at ``z``, because it goes into the depth first. More important is
# what is *not* in the second list. Post-order visits only what the output needs, so ``e`` is
# pruned. Kahn's algorithm must know every node, and runs every node.
#
# Kahn's algorithm has a bonus: it detects cycles. Nodes on a cycle wait for each other, are never
# put into the queue, and are left over at the end. We make ``s`` depend on ``f``, which depends on
# ``s``:

tangled = first_graph()
tangled["s"].inbound += (tangled["f"],)
tangled["f"].outbound.append(tangled["s"])
try:
    kahn([tangled["x"], tangled["y"], tangled["z"]])
except ValueError as error:
    cycle_message = str(error)
print(cycle_message)

try:
    post_order(tangled["f"])
except RecursionError:
    print("post-order: went round the cycle until Python stopped it")

# %%
# (Post-order can detect cycles as well, if it also notes the nodes that it has begun and not yet
# finished. Ours does not.)
#
# Two passes
# ----------
#
# The forward pass goes through a topological order and the backward pass through its reverse.
# Reversed, every node comes after all its *consumers*, so all messages have arrived when it is its
# turn to send. This is why the order matters: a node that sends too early sends too little.
#
# The cost itself starts with :math:`\partial C / \partial C = 1`, as if somebody had sent it. A
# node that got no message, like ``e``, does not influence the cost and has nothing to send.
# With ``verbose=True`` both passes print what they do.


def forward_and_backward(order, cost, feed_dict=None, verbose=False):
    """Computes every value, then the derivative of `cost` with respect to every value."""
    for node, value in (feed_dict or {}).items():
        node.value = value
    for node in order:
        node.gradients = {}
        node.forward()
        if verbose:
            print(f"forward   {node.name:7} = {text(node.value)}")
    cost.gradients["start"] = np.ones_like(cost.value)
    for node in reversed(order):
        if node.gradients:
            node.backward()
        if verbose:
            parts = [text(message) for message in node.gradients.values()]
            print(f"backward  {node.name:7} : {' + '.join(parts) or 'no message'}")


def text(value):
    """An array on one line, rounded."""
    return " ".join(np.array2string(np.asarray(value), precision=4).split())


forward_and_backward(by_kahn, nodes["f"], verbose=True)
for name in "xyz":
    print(f"df/d{name} = {nodes[name].gradient()}")

# %%
# Read the lower half from top to bottom: ``f`` starts with 1 and sends 5 to ``p`` and 12 to ``s``
# (each factor is sent the other). Then ``y`` gets two messages, 20 from ``p`` and 12 from ``s``.
#
# Gradients are added at forks
# ----------------------------
#
# The value of ``y`` goes to two consumers: the graph *forks* there. When :math:`y` moves, both
# consumers move, and the chain rule for several variables adds the two effects:
#
# .. math::
#
#     \frac{\partial f}{\partial y}
#     = \frac{\partial f}{\partial s} \frac{\partial s}{\partial y}
#     + \frac{\partial f}{\partial p} \frac{\partial p}{\partial y}
#     = 12 \cdot 1 + 5 \cdot 4 = 32 .
#
# A very common bug in home-made frameworks is to write ``=`` where ``+=`` is meant, so that the
# last message overwrites the earlier ones. We put the bug in on purpose, and compare with the
# numerical derivative. The order of the sort is varied as well.


def overwrite(self, node, gradient):
    """`send`, with the bug."""
    node.gradients = {self: gradient}


def value_of_f(y):
    nodes["y"].value = y
    for node in by_kahn:
        node.forward()
    return nodes["f"].value


numerical = (value_of_f(3 + 1e-5) - value_of_f(3 - 1e-5)) / 2e-5
value_of_f(3.0)
print(f"numerical   df/dy = {numerical:.6f}")

added, overwritten = [], []
other_order = kahn(inputs[::-1])
for send, results in (Node.send, added), (overwrite, overwritten):
    correct_send, Node.send = Node.send, send
    for order in by_kahn, other_order:
        forward_and_backward(order, nodes["f"])
        results.append(nodes["y"].gradient())
    Node.send = correct_send
print(f"added       df/dy = {added[0]}   in the other order: {added[1]}")
print(f"overwritten df/dy = {overwritten[0]}   in the other order: {overwritten[1]}")

# %%
# Added, the messages give 32 in either order. Overwritten, they give 12 or 20: one of the two
# messages, whichever came last. The bug is nasty because such a network may still learn a little.
#
# A fork can hide in a single node: in :math:`x \cdot x` the same consumer uses :math:`x` twice and
# sends it two messages. That is why ``send`` adds to what the same consumer sent before.

three = Input("three", 3.0)
squared = Multiply(three, three, name="squared")
forward_and_backward(kahn([three]), squared, verbose=True)

# %%
# The derivative of :math:`x^2` at 3 is 6, which has arrived as one message, 3 + 3.
#
# The nodes of a neural network
# -----------------------------
#
# Three more kinds suffice for a multi-layer perceptron: a layer, the sigmoid :math:`\sigma`, and a
# cost. The cost is the *mean squared error* of :math:`n` predictions :math:`a_i` for the targets
# :math:`y_i`. With :math:`G = \partial C / \partial V` for a node with value :math:`V`, the rules
# are those of chapter 4:
#
# .. math::
#
#     \begin{aligned}
#     V &= X W + b: &
#         \frac{\partial C}{\partial X} &= G W^\top, \quad
#         \frac{\partial C}{\partial W} = X^\top G, \quad
#         \frac{\partial C}{\partial b} = \sum_{\mathrm{rows}} G \\
#     V &= \sigma(X): &
#         \frac{\partial C}{\partial X} &= G \odot V \odot (1 - V) \\
#     V &= \tfrac{1}{n} \textstyle\sum_i (y_i - a_i)^2: &
#         \frac{\partial C}{\partial y_i} &= \tfrac{2}{n} (y_i - a_i) \, G, \quad
#         \frac{\partial C}{\partial a_i} = -\tfrac{2}{n} (y_i - a_i) \, G
#     \end{aligned}
#
# where :math:`\odot` multiplies element by element. The bias is used by every row of the batch: a
# fork again, so its gradient is a sum over the rows.


class Linear(Node):
    """X W + b, for X (n, inputs), W (inputs, outputs) and b (outputs,)."""

    def forward(self):
        X, W, b = (node.value for node in self.inbound)
        self.value = X @ W + b

    def backward(self):
        X, W, b = self.inbound
        self.send(X, self.gradient() @ W.value.T)
        self.send(W, X.value.T @ self.gradient())
        self.send(b, self.gradient().sum(axis=0))


class Sigmoid(Node):
    """1 / (1 + exp(-x)), element by element."""

    def forward(self):
        self.value = 1 / (1 + np.exp(-self.inbound[0].value))

    def backward(self):
        self.send(self.inbound[0], self.gradient() * self.value * (1 - self.value))


# %%
# The mean squared error gets a check. If :math:`y` had the shape :math:`(n,)` and :math:`a` the
# shape :math:`(n, 1)`, NumPy would broadcast their difference to :math:`(n, n)`. The mean of that
# is a number, and the wrong one, and nothing would complain.


class MSE(Node):
    """The mean squared error of predictions a for targets y, inbound nodes of one shape."""

    def forward(self):
        y, a = (node.value for node in self.inbound)
        if y.shape != a.shape:
            raise ValueError(f"MSE: targets {y.shape} and predictions {a.shape} differ in shape")
        self.difference = y - a
        self.value = np.mean(self.difference**2)

    def backward(self):
        y, a = self.inbound
        gradient = 2 / self.difference.size * self.difference * self.gradient()
        self.send(y, gradient)
        self.send(a, -gradient)


# %%
# A trace of both passes
# ----------------------
#
# A network with two inputs, two hidden units and one output; the batch has two examples. The trace
# shows every message.

values = {
    "X": np.array([[1.0, 2.0], [-1.0, 0.5]]),
    "y": np.array([[1.0], [0.0]]),
    "W1": np.array([[0.5, -1.0], [0.25, 0.75]]),
    "b1": np.array([0.1, -0.2]),
    "W2": np.array([[1.5], [-2.0]]),
    "b2": np.array([0.3]),
}
net = {name: Input(name, value) for name, value in values.items()}
net["linear1"] = Linear(net["X"], net["W1"], net["b1"], name="linear1")
net["hidden"] = Sigmoid(net["linear1"], name="hidden")
net["output"] = Linear(net["hidden"], net["W2"], net["b2"], name="output")
net["cost"] = MSE(net["y"], net["output"], name="cost")
order = kahn([net[name] for name in values])
forward_and_backward(order, net["cost"], verbose=True)

# %%
# The shapes tell a lot: a gradient always has the shape of its value, since each of its elements
# says how the cost moves with the element of the value at the same place.
#
# Gradients are easily wrong, so we check them as in chapter 4: every element of every input is
# moved a little to both sides, and the cost is computed again.


def numerical_gradient(order, cost, node, h=1e-5):
    """The derivative of the cost with respect to each element of an input, by differences."""
    start, gradient = node.value, np.zeros_like(node.value)
    for place in np.ndindex(start.shape):
        costs = []
        for shift in h, -h:
            node.value = start.copy()
            node.value[place] += shift
            for other in order:
                other.forward()
            costs.append(cost.value)
        gradient[place] = (costs[0] - costs[1]) / (2 * h)
    node.value = start
    return gradient


largest_error = 0.0
for name in values:
    numerical = numerical_gradient(order, net["cost"], net[name])
    error = np.abs(numerical - net[name].gradient()).max()
    largest_error = max(largest_error, error)
    print(f"{name:3} {net[name].gradient().shape!s:7} largest difference {error:.1e}")

# %%
# All gradients agree with the numerical ones to about ten decimal places.
#
# The same network in tinyflow
# ----------------------------
#
# If each run may ask for something else, post-order is the one to choose. tinyflow's Session walks
# so to see what is needed. The operations found are then taken in the order in which they were
# made. That is a topological order as well: an operation's inputs exist before it.
#
# In tinyflow the nodes hold no numbers. So the weights, too, are placeholders here, and are fed
# like the data. And ``tf.gradients`` computes no gradients: it adds nodes to the graph that will.

twin_graph = tf.Graph()
with twin_graph.as_default():
    twin = {
        name: tf.placeholder(tf.float64, value.shape, name=name) for name, value in values.items()
    }
    twin["linear1"] = tf.add(tf.matmul(twin["X"], twin["W1"]), twin["b1"], name="linear1")
    twin["hidden"] = tf.sigmoid(twin["linear1"], name="hidden")
    twin["output"] = tf.add(tf.matmul(twin["hidden"], twin["W2"]), twin["b2"], name="output")
    twin["cost"] = tf.reduce_mean(tf.squared_difference(twin["y"], twin["output"]), name="cost")
    all_names = list(net)
    tensors = [twin[name] for name in all_names]
    gradients = tf.gradients(twin["cost"], tensors)

session = tf.Session(graph=twin_graph)
feeds = {twin[name]: value for name, value in values.items()}
found_values, found_gradients = session.run([tensors, gradients], feeds)

forward_and_backward(order, net["cost"])
for name, value, gradient in zip(all_names, found_values, found_gradients, strict=True):
    same_value = np.allclose(value, net[name].value, rtol=1e-12)
    same_gradient = np.allclose(gradient, net[name].gradient(), rtol=1e-12)
    print(f"{name:7} same value: {same_value}   same gradient: {same_gradient}")

# %%
# The picture of the graph shows the messages of both passes. Below each node stand its value, on
# its way down, and behind a :math:`\partial` the gradient that came back. An array that is too
# long for its place is shortened to its shape and mean.

draw(
    twin["cost"],
    values=dict(zip(tensors, found_values, strict=True)),
    gradients=dict(zip(tensors, found_gradients, strict=True)),
)

# %%
# tinyflow has a verbose trace, too. ``tf.debug.run`` does what ``session.run`` does and prints
# every node as it is computed. We fetch the cost and one gradient, that of ``b2``.

traced = [twin["cost"], gradients[all_names.index("b2")]]
traced_cost, traced_gradient = tf.debug.run(traced, feeds, session=session)

# %%
# The headings *forward* and *backward* go by the names of the operations: those that
# ``tf.gradients`` made stand in a scope ``gradients``. To tinyflow they are nodes like any other.
# The last one, ``Unbroadcast``, is the sum over the rows that the gradient of a bias needs. And
# nothing is computed that the two fetches do not need: MiniFlow always computes the gradients of
# all nodes, but here the walk back ends at ``b2``.
#
# Training
# --------
#
# A step of gradient descent moves each weight against its gradient. It is called *stochastic*,
# SGD for short, when the gradient comes from a few examples drawn at random. The new value is a new
# array, so that whoever holds the old one, like a ``feed_dict``, keeps what it had.


def sgd_update(trainables, learning_rate):
    """One step of gradient descent on nodes whose gradients have been computed."""
    for node in trainables:
        node.value = node.value - learning_rate * node.gradient()


# %%
# The task is a regression: from 60 noisy points, learn the curve they came from, a sine. The
# network has one input, eight sigmoid units and one linear output. Each step uses a batch of ten
# points. The batches are drawn beforehand, so that MiniFlow and tinyflow can get the same ones.

rng = np.random.default_rng(0)
xs = rng.uniform(-3, 3, (60, 1))
ys = np.sin(xs) + 0.1 * rng.standard_normal(xs.shape)

STEPS = 500 if QUICK else 6000
RATE = 0.15
batches = [rng.choice(len(xs), 10, replace=False) for _ in range(STEPS)]
start = {
    "W1": rng.standard_normal((1, 8)) * 1.5,
    "b1": rng.standard_normal(8),
    "W2": rng.standard_normal((8, 1)) * 0.5,
    "b2": np.zeros(1),
}

X, y = Input("X"), Input("y")
weights = {name: Input(name, value) for name, value in start.items()}
hidden = Sigmoid(Linear(X, weights["W1"], weights["b1"], name="linear"), name="hidden")
output = Linear(hidden, weights["W2"], weights["b2"], name="output")
cost = MSE(y, output, name="cost")

# %%
# The order is found once. Then come 6,000 times: feed, forward, backward, update.

order = post_order(cost)
miniflow_losses = []
for batch in batches:
    forward_and_backward(order, cost, {X: xs[batch], y: ys[batch]})
    sgd_update(weights.values(), RATE)
    miniflow_losses.append(float(cost.value))

grid = np.linspace(-3, 3, 200).reshape(-1, 1)
X.value = grid
for node in post_order(output):
    node.forward()
miniflow_curve = output.value

# %%
# (The prediction at the end used ``post_order(output)``: the cost and the targets are pruned.)
#
# And in tinyflow, with the same starting weights and the same batches:

training_graph = tf.Graph()
with training_graph.as_default():
    X = tf.placeholder(tf.float64, [None, 1], name="X")
    y = tf.placeholder(tf.float64, [None, 1], name="y")
    variables = {name: tf.Variable(value, name=name) for name, value in start.items()}
    hidden = tf.sigmoid(tf.matmul(X, variables["W1"]) + variables["b1"])
    prediction = tf.matmul(hidden, variables["W2"]) + variables["b2"]
    loss = tf.reduce_mean(tf.squared_difference(y, prediction))
    train = tf.train.GradientDescentOptimizer(RATE).minimize(loss)

session = tf.Session(graph=training_graph)
tinyflow_losses = []
for batch in batches:
    batch_loss, _ = session.run([loss, train], {X: xs[batch], y: ys[batch]})
    tinyflow_losses.append(float(batch_loss))
tinyflow_curve = session.run(prediction, {X: grid})

for step in np.linspace(0, STEPS - 1, 5, dtype=int):
    print(f"step {step:4}: {miniflow_losses[step]:.12f}  {tinyflow_losses[step]:.12f}")

# %%
# The losses agree in all the digits shown. The picture shows both losses, one drawn on top of the
# other, and the learned curve.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
window = np.ones(50) / 50
left.plot(np.convolve(miniflow_losses, window, "valid"), color=plot.COLORS[0], lw=4, alpha=0.4)
left.plot(np.convolve(tinyflow_losses, window, "valid"), color=plot.COLORS[1], lw=1)
left.legend(["MiniFlow", "tinyflow"])
left.set(xlabel="step", ylabel="mean squared error", yscale="log", title="Mean over 50 steps")
left.grid(alpha=0.3)
right.scatter(xs, ys, s=14, color=plot.COLORS[7], label="points")
right.plot(grid, np.sin(grid), color=plot.COLORS[2], ls="dashed", label="sine")
right.plot(grid, miniflow_curve, color=plot.COLORS[0], lw=4, alpha=0.4, label="MiniFlow")
right.plot(grid, tinyflow_curve, color=plot.COLORS[1], lw=1, label="tinyflow")
right.legend(fontsize=8)
right.set(xlabel="x", ylabel="y", title="What the network learned")
plt.show()

# %%
# What we saw
# -----------
#
# - Nodes can be objects that compute: values go forward along the edges, gradients come back.
# - Both passes need a topological order. Kahn's algorithm goes forward from the inputs, needs all
#   nodes, and detects cycles. Post-order goes back from the output and finds only what it needs.
# - At a fork, the gradients from all consumers are added. Overwriting them gives wrong numbers.
# - MiniFlow and tinyflow compute the same. The difference is what a gradient *is*. In MiniFlow it
#   is a number that lies in a node until the next pass. In tinyflow it is a node: it can be
#   fetched, pruned, drawn, compiled with the rest, and differentiated again (chapter 12).
#
# Exercises:
#
# 1. Write a ``Tanh`` node, and check its gradient numerically.
# 2. Let ``post_order`` detect cycles and name the nodes on them.
# 3. Write a ``SumOfSquares`` node and add it, times a small factor, to the cost of the network, for
#    its two weight matrices. Where does the graph fork now?

# %%
# The claims of this chapter, checked.

assert is_topological(by_kahn) and is_topological(by_post_order)
assert set(by_kahn) - set(by_post_order) == {nodes["e"]}
assert names(by_kahn) == "x y z s p e f" and names(by_post_order) == "x y s z p f"
assert not is_topological(by_kahn[::-1])
assert cycle_message == "no topological order: s, f wait for each other"
assert added == [32, 32] and overwritten == [12, 20]
assert three.gradient() == 6
assert largest_error < 1e-9
for name, value, gradient in zip(all_names, found_values, found_gradients, strict=True):
    np.testing.assert_allclose(value, net[name].value, rtol=1e-12)
    np.testing.assert_allclose(gradient, net[name].gradient(), rtol=1e-12)
np.testing.assert_allclose(traced_cost, net["cost"].value, rtol=1e-12)
np.testing.assert_allclose(traced_gradient, net["b2"].gradient(), rtol=1e-12)
np.testing.assert_allclose(miniflow_losses, tinyflow_losses, rtol=1e-9)
np.testing.assert_allclose(miniflow_curve, tinyflow_curve, rtol=1e-9)
assert np.abs(miniflow_curve - np.sin(grid)).max() < (1.0 if QUICK else 0.2)
