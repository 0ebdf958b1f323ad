"""3. The training criterion
=========================

In chapter 2 we chose the weights of a perceptron by looking. A machine needs a number instead,
one that says how good a choice is. This chapter derives that number, the cross-entropy, builds it
as a graph, and shows how to compute it so that it does not break. After it you can read the
criterion that nearly every classifier is trained with. From chapter 2 we take softmax and batches.
"""

# %%
# Three lines
# -----------
# These are the two clouds of chapter 2, and three lines that could separate them. It is handy to
# describe a line by the *angle* of its normal and by its *offset*, how far it lies from the origin
# in the direction of the normal. A third number, the *steepness*, is the length :math:`|w|`. It
# says how sure the perceptron is, and stays the same in this chapter.
#
# Class 0 shall have the score 0 for every point, and class 1 the score :math:`w \cdot x + b`. That
# is no restriction, because only the difference of the two counts.
import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow import plot
from tinyflow.data_sets import blobs
from tinyflow.drawing import draw

points, labels = blobs(np.random.default_rng(0))


def line(angle, offset, steepness=2.0):
    """The weights, one column for each class, and the biases of a line."""
    w = steepness * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    weights = np.column_stack([[0.0, 0.0], w])
    biases = np.array([0.0, -steepness * offset])
    return weights, biases


places = {"A": (40, -0.1), "B": (23, -0.4), "C": (100, 1.0)}  # angle and offset of three lines
lines = {name: line(*place) for name, place in places.items()}

figure, axes = plt.subplots(figsize=(5.5, 4.8), layout="constrained")
for label in (0, 1):
    axes.plot(*points[labels == label].T, "o", color=plot.COLORS[label], alpha=0.5, markersize=4)
ends = np.array([-7.0, 5.0])
for (name, (weights, biases)), style in zip(lines.items(), ["-", "--", ":"], strict=True):
    (w1, w2), b = weights[:, 1], biases[1]
    axes.plot(ends, -(w1 * ends + b) / w2, "black", linestyle=style, label=f"line {name}")
axes.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-7, 5), ylim=(-5, 5), aspect="equal")
axes.set_title("Which line is best?")
axes.legend(loc="lower left")
plt.show()

# %%
# Line C is bad: several of the red points, which are of class 1, lie below it, on the side of the
# blue ones. A and B make no mistake, yet A looks better: B all but touches two of the points. If we
# count mistakes, we cannot tell A from B.
#
# There is a second trouble with counting. If we turn line C by half a degree, it makes just as
# many mistakes as before. So the count does not tell us in which direction to turn it. What we
# look for is a number that changes a little when the line moves a little.
#
# How probable is what we have seen?
# ----------------------------------
# A perceptron does not only decide. It gives every class a probability. Let
# :math:`p(c_i \mid x_i)` be the probability that it gives to the *true* class :math:`c_i` of the
# point :math:`x_i`. A good perceptron gives the true classes high probabilities. If the points do
# not influence one another, the probability of all :math:`N` labels together is the product, as
# for the throws of several dice:
#
# .. math::
#
#    L = p(c_1 \mid x_1) \cdot p(c_2 \mid x_2) \cdots p(c_N \mid x_N)
#      = \prod_{i=1}^{N} p(c_i \mid x_i) .
#
# It is called the **likelihood** of the line. The best line is the one under which the labels that
# we have are the most probable. This principle is called *maximum likelihood*.
#
# We want to try many lines, so here the weights are placeholders, too.
graph = tf.Graph()
with graph.as_default():
    X = tf.placeholder(tf.float32, [None, 2], name="X")
    W = tf.placeholder(tf.float32, [2, 2], name="W")
    b = tf.placeholder(tf.float32, [2], name="b")
    logits = tf.add(tf.matmul(X, W), b, name="logits")
    p = tf.nn.softmax(logits, name="p")

session = tf.Session(graph=graph)
likelihoods, mistakes = {}, {}
for name, (weights, biases) in lines.items():
    p_value = session.run(p, feed_dict={X: points, W: weights, b: biases})
    p_true = p_value[np.arange(len(labels)), labels]  # from row i the column labels[i]
    likelihoods[name] = np.prod(p_true)
    mistakes[name] = np.sum(p_value.argmax(axis=1) != labels)
    print(f"line {name}: {mistakes[name]:2} mistakes, likelihood {likelihoods[name]:.3g}")

# %%
# The likelihood puts A before B, and C far behind.
#
# From a product to a sum
# -----------------------
# The likelihood of line C shows what will become a problem: products of many probabilities are
# tiny, and a computer's numbers do not go down as far as you like. Suppose a thousand labels, each
# with a probability of 0.4:
product = np.prod(np.full(1000, 0.4))
sum_of_logs = np.sum(np.log(np.full(1000, 0.4)))
print("product:    ", product)
print("sum of logs:", sum_of_logs)

# %%
# The product is about :math:`10^{-398}`. That is smaller than the smallest positive number of 64
# bits, so it becomes zero. The logarithm (we always mean the natural one) turns the product into a
# sum of moderate numbers. It grows when its argument grows, so the line with the greatest
# likelihood is also the one with the greatest logarithm of it. And a sum is easier to
# differentiate, which chapter 4 will do.
#
# By custom one makes something *smaller*, so we change the sign. The result is the training
# criterion, also called the **loss**:
#
# .. math::
#
#    J = -\log L = -\sum_{i=1}^{N} \log p(c_i \mid x_i) .
#
# Each point adds :math:`-\log p`, where :math:`p` is the probability of its true class. We can
# read it as a price that the perceptron pays for the point.
probability = np.linspace(0.005, 1, 200)
figure, axes = plt.subplots(figsize=(7, 3.3), layout="constrained")
axes.plot(probability, -np.log(probability), color=plot.COLORS[0])
for sample in (0.01, 0.5, 0.95):
    axes.plot(sample, -np.log(sample), "o", color=plot.COLORS[1])
    axes.annotate(
        f"$p = {sample}$: {-np.log(sample):.2f}",
        (sample, -np.log(sample)),
        (0, 10) if sample == 0.95 else (8, 4),
        textcoords="offset points",
        ha="right" if sample == 0.95 else "left",
    )
axes.set(xlabel="probability of the true class", ylabel=r"$-\log p$", xlim=(0, 1.02))
axes.set_ylim(-0.2, 5.5)
axes.set_title("What one point adds to the criterion")
axes.grid(alpha=0.3)
plt.show()

# %%
# A perceptron that is sure and right pays almost nothing. One that is undecided pays
# :math:`-\log \frac{1}{2} = 0.69`. One that is sure and wrong pays dearly, and without limit. So
# the criterion does not only want the points on the correct sides of the line. It also wants the
# probabilities to be honest.
#
# As a graph
# ----------
# How does a graph pick the probability of the true class from each row? With a multiplication. We
# write the label as a row of zeros with a single one, in the column of its class. That is called
# **one-hot**. Class 0 of two is ``[1, 0]``, class 1 is ``[0, 1]``. Multiply the logarithms by it,
# and only that of the true class is left. With :math:`c_{ik}` for the one-hot labels and
# :math:`p_{ik}` for the probability of class :math:`k` at point :math:`i`, the criterion is
#
# .. math::
#
#    J = -\sum_{i=1}^{N} \sum_{k} c_{ik} \log p_{ik} .
#
# It is called the **cross-entropy**. It compares two lists of probabilities: the labels, which are
# certain, and those of the model (here the perceptron), which are not. Here are four labels, and
# below them the same four one-hot.
one_hot = np.eye(2)[labels]  # row k of the unit matrix is the one-hot vector of class k
print(labels[[0, 1, 98, 99]])
print(one_hot[[0, 1, 98, 99]])

# %%
# We add a placeholder for the labels and four operations to the graph from above.
with graph.as_default():
    c = tf.placeholder(tf.float32, [None, 2], name="c")
    log_p = tf.log(p, name="log_p")
    picked = tf.multiply(c, log_p, name="picked")
    J = tf.negative(tf.reduce_sum(picked), name="J")

criterion = {}
for name, (weights, biases) in lines.items():
    feeds = {X: points, c: one_hot, W: weights, b: biases}
    criterion[name] = session.run(J, feeds)
    from_likelihood = -np.log(likelihoods[name])
    print(f"line {name}: J = {criterion[name]:8.3f}, -log L = {from_likelihood:8.3f}")

# %%
# The two columns agree, as they must. Here is the graph with the values for the first point, which
# is of class 0, and line B. Follow the row of the matrix down: two logits, two probabilities,
# their logarithms, of which the label picks the first. (The constant ``[0 1]`` tells ``Sum`` to add
# up along both axes.)
one_point = {X: points[:1], c: one_hot[:1], W: lines["B"][0], b: lines["B"][1]}
nodes = [X, c, W, b, logits, p, log_p, picked, J]
draw(J, values=dict(zip(nodes, session.run(nodes, one_point), strict=True)))

# %%
# tinyflow has an operation for all of this, from the logits to the criterion. It gives the
# cross-entropy of each point, and we add them up.
with graph.as_default():
    each = tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=logits, name="each")
    ready_made_J = tf.reduce_sum(each, name="ready_made_J")

feeds = {X: points, c: one_hot, W: lines["B"][0], b: lines["B"][1]}
both = session.run([J, ready_made_J], feeds)
print("own:", both[0], " ready-made:", both[1])

# %%
# Note what it is called: *with logits*. It wants the scores from before the softmax, not the
# probabilities. There is a good reason for it.
#
# When numbers become too large
# -----------------------------
# Logits may be large, for instance when the inputs are pixels from 0 to 255 and the weights have
# not learned anything yet. Let us follow the formula in plain NumPy for the logits 1000, 0 and
# -1000, in numbers of 32 bits. (``errstate`` asks NumPy not to warn.)
a = np.array([1000, 0, -1000], np.float32)
with np.errstate(all="ignore"):
    powers = np.exp(a)
    naive_p = powers / powers.sum()
    naive_log_p = np.log(naive_p)
print("exp(a):", powers)
print("p:     ", naive_p)
print("log p: ", naive_log_p)

# %%
# The greatest 32-bit number is about :math:`3.4 \cdot 10^{38}`, which is :math:`e^{88.7}`. Beyond
# it there is only ``inf``, infinity. Infinity divided by infinity is anything: ``nan``, *not a
# number*. The other probabilities are zero, and the logarithm of zero is ``-inf``. One ``nan`` is
# enough to spoil a sum, and then every weight that learns from it.
#
# Chapter 2 has one half of the remedy. Only differences of logits count, so we may subtract the
# greatest, :math:`m = \max_j a_j`, from all of them. Then every exponent is at most zero, and
# every power is at most one.
with np.errstate(all="ignore"):
    powers = np.exp(a - a.max())
    better_p = powers / powers.sum()
    better_log_p = np.log(better_p)
    price = -np.sum(np.array([0, 1, 0]) * better_log_p)
print("p:     ", better_p)
print("log p: ", better_log_p)
print("cross-entropy, if the class is 1:", price)

# %%
# Now the probabilities are right: as good as 1, 0 and 0. But the logarithm is still lost. The
# second probability is :math:`e^{-1000}`, which has been rounded to zero, and from zero no
# logarithm finds the way back to -1000. The cross-entropy is even ``nan``, since it multiplies
# zero by infinity.
#
# The information was there until the division. So the logarithm must be taken *before* it, on
# paper:
#
# .. math::
#
#    \begin{aligned}
#    \log p_k &= \log \frac{e^{a_k - m}}{\sum_j e^{a_j - m}} \\
#             &= (a_k - m) - \log \sum_j e^{a_j - m} .
#    \end{aligned}
#
# The first part has no exponential left that could vanish. In the second, one of the powers is
# :math:`e^0 = 1`, and none is greater. So the sum lies between 1 and the number of classes, and
# its logarithm is harmless. (The way to write :math:`\log \sum_j e^{a_j}` as
# :math:`m + \log \sum_j e^{a_j - m}` has a name, *log-sum-exp*.)


def log_softmax(a):
    """log(softmax(a)) along the last axis, for logits of any size."""
    shifted = a - a.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


print("log p: ", log_softmax(a))
print("cross-entropy, if the class is 1:", -np.sum(np.array([0, 1, 0]) * log_softmax(a)))

# %%
# These are the right numbers. Where do the three ways part? Take two classes. The true one has the
# logit 0, the wrong one the logit :math:`g`. For large :math:`g` the cross-entropy is nearly
# :math:`g`.
gaps = np.arange(0, 151, dtype=np.float32)
two_logits = np.column_stack([gaps, np.zeros_like(gaps)])  # column 1 is the true class
with np.errstate(all="ignore"):
    powers = np.exp(two_logits)
    naive = -np.log(powers / powers.sum(axis=1, keepdims=True))[:, 1]
    powers = np.exp(two_logits - two_logits.max(axis=1, keepdims=True))
    better = -np.log(powers / powers.sum(axis=1, keepdims=True))[:, 1]
together = -log_softmax(two_logits)[:, 1]

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
axes.plot(gaps, together, color=plot.COLORS[2], linewidth=6, alpha=0.4, label="taken together")
axes.plot(gaps, better, color=plot.COLORS[0], linewidth=2.5, label="greatest subtracted first")
axes.plot(gaps, naive, color=plot.COLORS[1], linewidth=2.5, label="as the formula says")
for values, color in ((naive, plot.COLORS[1]), (better, plot.COLORS[0])):
    last = np.flatnonzero(np.isfinite(values))[-1]
    axes.plot(gaps[last], values[last], "o", color=color, zorder=3)
    axes.annotate(
        f"ends at {gaps[last]:.0f}",
        (gaps[last], values[last]),
        (8, -12),
        textcoords="offset points",
    )
axes.set(xlabel="logit of the wrong class, $g$", ylabel="cross-entropy")
axes.set_title("Three ways to compute the same, in 32 bits")
axes.grid(alpha=0.3)
axes.legend()
plt.show()

# %%
# As the formula stands, it ends at 88, where :math:`e^g` is too large. With the greatest logit
# subtracted it goes on to 103, where the probability :math:`e^{-g}` becomes zero. Taken together,
# logarithm and softmax have no such end.
#
# What tinyflow does
# ------------------
# ``tf.nn.softmax_cross_entropy_with_logits`` computes logarithm and softmax together. That is why
# it wants logits. But above we wrote the two one after the other, ``tf.log(tf.nn.softmax(...))``.
# What becomes of the large logits there?
with tf.Graph().as_default() as large_graph:
    large = tf.placeholder(tf.float32, [None, 3], name="a")
    large_p = tf.nn.softmax(large, name="p")
    large_log_p = tf.log(large_p, name="log_p")

large_session = tf.Session(graph=large_graph)
recognised = large_session.run(large_log_p, {large: [a]})
print(recognised)
source = large_session.source(large_log_p, {large: [a]})
print(source)

# %%
# The result is right, and the text tells why. The lines of ``step`` are: the greatest, the
# subtraction, the powers, their sum (as a product with ones), the logarithm of the *sum*, and a
# second subtraction. There is no division any more. The session has recognised the logarithm of a
# softmax and written it in the form that we derived. The rule that does so is called
# ``log_of_softmax``, and we can ask for a session without it.
options = tf.OptimizerOptions(without=["log_of_softmax"])
config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))
plain_session = tf.Session(graph=large_graph, config=config)
unrecognised = plain_session.run(large_log_p, {large: [a]})
print("without the rule:", unrecognised)

# %%
# This is also what TensorFlow 1 gives: it takes the graph at its word. So in a program for
# TensorFlow, hand the logits to the ready-made operation. In tinyflow both ways are safe. But what
# is recognised is the logarithm of ``tf.nn.softmax``. A softmax that we put together from
# ``tf.exp`` and a division has not subtracted the greatest logit, and nobody repairs it:
with large_graph.as_default():
    large_powers = tf.exp(large)
    own_log_p = tf.log(large_powers / tf.reduce_sum(large_powers, axis=1, keepdims=True))

home_made = large_session.run(own_log_p, {large: [a]})
print("home-made:", home_made)

# %%
# The landscape
# -------------
# Now we have a number that says how good a line is, and can look at it for many lines. First we
# keep the offset at zero and turn the line once around. We count the mistakes as well, to compare.
with graph.as_default():
    chosen = tf.argmax(logits, axis=1)


def try_line(angle, offset):
    """The number of mistakes of a line and its cross-entropy."""
    weights, biases = line(angle, offset)
    feeds = {X: points, c: one_hot, W: weights, b: biases}
    classes, cross_entropy = session.run([chosen, J], feeds)
    return np.sum(classes != labels), cross_entropy


angles = np.arange(-135, 226, 5)
counts, entropies = np.transpose([try_line(angle, 0.0) for angle in angles])

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
left.plot(angles, counts, ".-", color=plot.COLORS[0])
left.set(xlabel="angle in degrees", ylabel="mistakes", title="The number of mistakes")
right.plot(angles, entropies, ".-", color=plot.COLORS[1])
right.set(xlabel="angle in degrees", ylabel="$J$", yscale="log", title="The cross-entropy")
for axes in (left, right):
    axes.set_xticks(range(-135, 226, 45))
    axes.grid(alpha=0.3)
plt.show()

# %%
# The left curve has a flat floor and a flat top, and in between it is a staircase, as there are
# only whole mistakes. On its flat parts nothing tells which way to turn. The right curve (its scale
# is logarithmic, since the values differ so much) slopes everywhere but at its lowest and its
# highest place. So it tells which way is down.
#
# Now both numbers: a map, with the angle to the right and the offset upwards. The colour is the
# height. We run the graph once for each of some 2,500 lines.
map_angles = np.linspace(-60, 150, 61)
map_offsets = np.linspace(-4, 4, 41)
heights = np.array([[try_line(angle, offset) for angle in map_angles] for offset in map_offsets])
map_counts, map_entropies = heights[:, :, 0], heights[:, :, 1]

row, column = np.unravel_index(map_entropies.argmin(), map_entropies.shape)
best_angle, best_offset = map_angles[column], map_offsets[row]
least = map_entropies.min()
print(f"least J: {least:.2f}, at {best_angle:.1f} degrees, offset {best_offset:.1f}")
equally_few = np.sum(map_counts == map_counts.min())
print(f"lines with {map_counts.min():.0f} mistakes: {equally_few}")

# %%
# By their mistakes, these lines are all equally good. :math:`J` chooses one of them. In the picture
# we take the logarithm of :math:`J`, as the heights differ so much.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharey=True)
image = left.pcolormesh(map_angles, map_offsets, map_counts, cmap="viridis", rasterized=True)
figure.colorbar(image, ax=left, label="mistakes")
left.set(xlabel="angle in degrees", ylabel="offset", title="The number of mistakes")

levels = np.linspace(np.log10(map_entropies.min()), np.log10(map_entropies.max()), 15)
image = right.contourf(map_angles, map_offsets, np.log10(map_entropies), levels, cmap="viridis")
right.contour(
    map_angles, map_offsets, np.log10(map_entropies), levels, colors="white", linewidths=0.5
)
figure.colorbar(image, ax=right, label=r"$\log_{10} J$", format="%.1f")
right.set(xlabel="angle in degrees", title="The cross-entropy")
for axes in (left, right):
    for name, place in places.items():
        axes.plot(*place, "o", color="white", markeredgecolor="black", markersize=5)
        axes.annotate(
            name, place, (6, -12), textcoords="offset points", color="white", weight="bold"
        )
    axes.plot(best_angle, best_offset, "*", color=plot.COLORS[1], markersize=13)
plt.show()

# %%
# Such a picture is called a *loss landscape*. The left one has a flat floor with steps around it.
# The right one is a smooth valley with a single deepest place, at the star. From everywhere, also
# from line C, a way leads down to it. A and B lie near it, and A is nearer. The line at the star
# passes between the clouds where one would have drawn it oneself:
figure, axes = plt.subplots(figsize=(5, 4.6), layout="constrained")
best_weights, best_biases = line(best_angle, best_offset)
plot.plot_decision_boundary(
    lambda places: session.run(chosen, {X: places, W: best_weights, b: best_biases}),
    points,
    labels,
    axes,
    title="The line with the least cross-entropy",
)
plt.show()

# %%
# We found the place by trying thousands of lines. That works for two numbers. A network for
# handwritten digits has thousands, and nobody can try all their combinations. But one need not: it
# is enough to know, where one stands, which way is down. That is chapter 4.
#
# What we saw
# -----------
# - The likelihood is the probability that the model gives to all true labels. The best model makes
#   it greatest.
# - Its negative logarithm is a sum over the points, the cross-entropy. With one-hot labels it is
#   ``-sum(c * log(p))``. It is the loss that training makes small.
# - The number of mistakes is flat nearly everywhere. The cross-entropy is smooth and shows the way
#   down.
# - Softmax and logarithm must be computed together:
#   :math:`\log p_k = (a_k - m) - \log \sum_j e^{a_j - m}`. tinyflow does so even if you write them
#   one after the other; TensorFlow 1 does not.
#
# Exercises:
#
# 1. What is :math:`J` for a perceptron whose weights and biases are all zero? Work it out, then
#    try.
# 2. Multiply the steepness of line A by 2, 4 and 8. What does :math:`J` do, and why is there no
#    best steepness for these two clouds? What changes if one point has a wrong label?
# 3. Derive the stable form of the logarithm of the sigmoid, :math:`\log \sigma(a)`, and compare it
#    with ``tf.log_sigmoid`` at :math:`a = -200`.

# %%
# The claims of this chapter, checked.
assert mistakes["A"] == mistakes["B"] == 0 < mistakes["C"]
assert criterion["A"] < criterion["B"] < criterion["C"]
assert likelihoods["A"] > likelihoods["B"] > likelihoods["C"]
for name in lines:
    np.testing.assert_allclose(criterion[name], -np.log(likelihoods[name]), rtol=1e-3)
np.testing.assert_allclose(*both, rtol=1e-5)

assert product == 0 and abs(sum_of_logs - 1000 * np.log(0.4)) < 1e-9
assert np.isnan(naive_p[0]) and np.isneginf(naive_log_p[1]) and np.isneginf(better_log_p[1])
assert np.isnan(price) and log_softmax(a).tolist() == [0, -1000, -2000]
assert gaps[np.isfinite(naive)].max() == 88 and gaps[np.isfinite(better)].max() == 103
np.testing.assert_allclose(together, np.logaddexp(0, gaps.astype(np.float64)), rtol=1e-5)

assert recognised.tolist() == [[0, -1000, -2000]] and "np.divide" not in source
assert unrecognised.tolist() == [[0, -np.inf, -np.inf]]
assert np.isnan(home_made[0, 0]) and np.isneginf(home_made[0, 1])

random_logits = np.random.default_rng(1).normal(scale=50, size=(20, 3)).astype(np.float32)
theirs = large_session.run(large_log_p, {large: random_logits})
np.testing.assert_allclose(log_softmax(random_logits), theirs, rtol=1e-5, atol=1e-5)

around = np.pad(map_entropies, 1, constant_values=np.inf)
neighbours = [
    around[i : i + 41, j : j + 61] for i in range(3) for j in range(3) if (i, j) != (1, 1)
]
assert np.sum(map_entropies < np.min(neighbours, axis=0)) == 1  # one deepest place
assert try_line(99.5, 1.0)[0] == try_line(100, 1.0)[0] == try_line(100.5, 1.0)[0]
assert try_line(99.5, 1.0)[1] < try_line(100, 1.0)[1] < try_line(100.5, 1.0)[1]
assert np.sum(np.diff(counts) == 0) > 15 and (np.diff(entropies) != 0).all()
assert abs(best_angle - 45) <= 10 and abs(best_offset) <= 0.3
assert map_entropies.min() < criterion["A"] and equally_few > 20
