"""2. Perceptrons
==============

A perceptron is the smallest neural network. It draws a line and says on which side of it a point
lies, and how sure it is. After this chapter you know what its numbers mean in the picture, how a
score becomes a probability, for two classes and for more, and why whole batches of points are
computed at once. From chapter 1 we take graphs, placeholders, variables and the session.
"""

# %%
# Two classes of points
# ---------------------
# Here are a hundred points in the plane, of two classes. The points of class 0 lie around
# :math:`(-2, -2)`, those of class 1 around :math:`(2, 2)`. ``points`` has a row for each point,
# its coordinates :math:`x_1` and :math:`x_2`, and ``labels`` says which class it belongs to.
import time

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

import tinyflow as tf
from tinyflow import plot
from tinyflow.data_sets import blobs
from tinyflow.drawing import draw

points, labels = blobs(np.random.default_rng(0))
print("points:", points.shape, " labels:", labels.shape)
print("first point:", points[0].round(2), " its class:", labels[0])

figure, axes = plt.subplots(figsize=(4.5, 4), layout="constrained")
for label in (0, 1):
    axes.plot(*points[labels == label].T, "o", color=plot.COLORS[label], markersize=4, label=label)
axes.set(xlabel="$x_1$", ylabel="$x_2$", title="A hundred points", aspect="equal")
axes.legend(title="class")
plt.show()

# %%
# The task is called *classification*. A new point comes without a label, and we want to say which
# class it belongs to. We look for a rule, and for a rule that a machine can find by itself. In
# this chapter we choose its numbers by hand, to see what they mean. In chapter 4 the machine will
# find them.
#
# A line has two sides
# --------------------
# The simplest rule is a straight line: one class on this side, the other on that. A line is
# written with two *weights* :math:`w = (w_1, w_2)` and a *bias* :math:`b`. For every point
# :math:`x` they give a number, its **score**:
#
# .. math::
#
#    a = w \cdot x + b = w_1 x_1 + w_2 x_2 + b .
#
# The line is where the score is zero. On one side the score is positive, on the other negative. So
# the rule is: class 1 if :math:`a > 0`, otherwise class 0.
#
# As a graph this is three operations. In tinyflow, nodes understand Python's ``*`` and ``+``, so
# we need not write ``tf.multiply`` and ``tf.add``. ``tf.reduce_sum`` adds up an array.
with tf.Graph().as_default() as graph:
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.Variable([2.0, 1.0], name="w")
    b = tf.Variable(-2.0, name="b")
    a = tf.add(tf.reduce_sum(w * x), b, name="a")

session = tf.Session(graph=graph)
example_points = [(2, 1), (0, 2), (-1, 1)]
example_scores = [session.run(a, feed_dict={x: point}) for point in example_points]
for point, score in zip(example_points, example_scores, strict=True):
    print(point, "has the score", score)

# %%
# The ``[2]`` of the placeholder is its *shape*: it is to be fed an array of two numbers. The first
# point lies on the positive side of the line, the second on the line, the third on the negative
# side.
#
# What the weights mean
# ---------------------
# Take two points :math:`x` and :math:`x'` on the line. Both have the score zero, so
# :math:`w \cdot x = w \cdot x'`, which is :math:`w \cdot (x - x') = 0`. The difference
# :math:`x - x'` runs along the line, and :math:`w` is perpendicular to it. So **the weights are an
# arrow that stands upright on the line**, and points to the side where the score is positive. It is
# called the line's *normal*.
#
# Now go from the line straight in the direction of :math:`w`, by a distance :math:`s`. That adds
# :math:`s\, w / |w|` to the point, and :math:`w \cdot s\, w / |w| = s\, |w|` to the score. So the
# score tells the distance from the line, with a sign for the side:
#
# .. math::
#
#    s = \frac{w \cdot x + b}{|w|} .
#
# The bias moves the line without turning it. The picture shows the line of our example, its normal,
# and four points with their distances.
weights, bias = np.array([2.0, 1.0]), -2.0
length = np.linalg.norm(weights)
first = np.array([-2.5, 4.5])
foot = np.array([0.4, 1.2])  # a place on the line for the arrow to stand on

figure, axes = plt.subplots(figsize=(6.5, 5), layout="constrained")
axes.fill_between(first, 2 - 2 * first, 4, color=plot.COLORS[1], alpha=0.12)
axes.fill_between(first, 2 - 2 * first, -4, color=plot.COLORS[0], alpha=0.12)
axes.plot(first, 2 - 2 * first, color="black", label=r"the line $w \cdot x + b = 0$")
axes.annotate(
    "", foot + weights, foot, arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 2}
)
axes.text(2.5, 2.25, "$w = (2, 1)$", fontsize=11)
for point in np.array([[3.0, 0.5], [2.0, -1.0], [-1.0, 1.0], [-0.5, -2.0]]):
    score = weights @ point + bias
    color = plot.COLORS[int(score > 0)]
    nearest = point - score / length * weights / length  # on the line
    axes.plot(*np.transpose([point, nearest]), "--", color=color, linewidth=1)
    axes.plot(*point, "o", color=color)
    place = (6, 4) if score > 0 else (-36, 4)
    axes.annotate(f"{score / length:.2f}", point, place, textcoords="offset points", color=color)
axes.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-2.5, 4.5), ylim=(-3, 3.5), aspect="equal")
axes.set_title("Distances from a line, with sign")
axes.legend(loc="lower left")
plt.show()

# %%
# The numbers in the picture are the distances :math:`s`. If we multiply :math:`w` and :math:`b` by
# 10, the line and the distances stay as they are, and only the scores become ten times as large. We
# shall see in a moment what that is good for.
#
# From distance to probability
# ----------------------------
# A point far from the line belongs quite certainly to the class of its side. About a point near
# the line one should not be so sure. We would like to turn the score into a *probability*, a
# number between 0 and 1, that the point belongs to class 1. It should be a half on the line, go to
# 1 on the positive side and to 0 on the negative. The function that is used for this is the
# **sigmoid**:
#
# .. math::
#
#    \sigma(a) = \frac{1}{1 + e^{-a}} .
#
# A large :math:`a` makes :math:`e^{-a}` vanish, and leaves 1. For :math:`a = 0` it is
# :math:`\frac{1}{1 + 1}`. And :math:`\sigma(-a) = 1 - \sigma(a)`, so that both classes are treated
# alike.
with graph.as_default():
    own_p = 1.0 / (1.0 + tf.exp(-a))
    p = tf.sigmoid(a, name="p")

example_probabilities = [session.run([own_p, p], {x: point}) for point in example_points]
for point, (own, ready_made) in zip(example_points, example_probabilities, strict=True):
    print(f"{point}: {own:.4f} by the formula, {ready_made:.4f} by tf.sigmoid")

# %%
# The point :math:`(2, 1)` has the score 3 and belongs to class 1 with a probability of 95 %. How
# fast we become sure is decided by the length of :math:`w`, since the score is :math:`|w|` times
# the distance.
distances = np.linspace(-4, 4, 200)
figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
for steepness, color in zip([0.5, 1, 2, 8], plot.COLORS, strict=False):
    curve = 1 / (1 + np.exp(-steepness * distances))
    axes.plot(distances, curve, color=color, label=f"$|w| = {steepness}$")
axes.axhline(0.5, color="gray", linewidth=0.8, linestyle=":")
axes.axvline(0, color="gray", linewidth=0.8, linestyle=":")
axes.set(xlabel="distance from the line", ylabel="probability of class 1")
axes.set_title("The sigmoid turns distance into probability")
axes.legend()
plt.show()

# %%
# So a perceptron's numbers have three meanings: the direction of :math:`w` says how the line is
# turned, :math:`b` where it lies, and the length of :math:`w` how sure the perceptron is of its
# judgement.
#
# Many points at once
# -------------------
# So far we have fed one point in each run. To classify :math:`N` points we would need :math:`N`
# runs. It is much better to feed them all at once. We write the points into a matrix :math:`X`,
# **one row for each point**, of the shape :math:`N \times d`, where :math:`d` is the number of
# coordinates, here 2. Such a set of points is called a *batch*. One product of a matrix and a
# vector gives all scores:
#
# .. math::
#
#    a = X w + b, \qquad
#    \begin{pmatrix} a_1 \\ a_2 \\ \vdots \\ a_N \end{pmatrix} =
#    \begin{pmatrix}
#    x_{11} & x_{12} \\ x_{21} & x_{22} \\ \vdots & \vdots \\ x_{N1} & x_{N2}
#    \end{pmatrix}
#    \begin{pmatrix} w_1 \\ w_2 \end{pmatrix} + b .
#
# The bias is one number and is added to each row. NumPy and tinyflow do so by themselves, and call
# it *broadcasting*. In the shape of the placeholder, ``None`` stands for any number of rows.
# ``tf.linalg.matvec`` is the product of a matrix and a vector.
with graph.as_default():
    X = tf.placeholder(tf.float32, [None, 2], name="X")
    scores = tf.add(tf.linalg.matvec(X, w), b, name="scores")
    probabilities = tf.sigmoid(scores, name="probabilities")

print(session.run(scores, feed_dict={X: example_points}))

# %%
# These are the three scores from above, in one run. How much time does it save? We classify 5,000
# points, first one by one, then as one batch.
many = np.random.default_rng(1).standard_normal((5000, 2)).astype(np.float32)
session.run(p, feed_dict={x: many[0]})  # the first run takes longer: it writes the program
session.run(probabilities, feed_dict={X: many})

start = time.perf_counter()
one_by_one = [session.run(p, feed_dict={x: point}) for point in many]
middle = time.perf_counter()
as_a_batch = session.run(probabilities, feed_dict={X: many})
end = time.perf_counter()
print(f"one by one: {1000 * (middle - start):8.3f} ms")
print(f"as a batch: {1000 * (end - middle):8.3f} ms")

# %%
# The results are the same. The times are from the machine that made this page; on yours they will
# be others, but far apart as well. Each run has a fixed price: Python calls a function, NumPy
# looks at the shapes. For one point that price is nearly everything. In a batch it is paid once,
# and the work itself happens inside NumPy, in compiled loops over numbers that lie side by side in
# memory. So in all that follows, data comes in batches.
#
# More than two classes
# ---------------------
# One line tells two classes apart. For :math:`K` classes we give **each class weights and a bias
# of its own**, and so a score of its own. The class with the greatest score wins. The weights
# become the columns of a matrix :math:`W` of the shape :math:`d \times K`, and the biases a vector
# of :math:`K` numbers. One product gives all scores of all points, a matrix of the shape
# :math:`N \times K`:
#
# .. math::
#
#    A = X W + b .
#
# Again we want probabilities. They must be positive, and in each row they must add up to 1. The
# exponential function makes positive numbers of all numbers and keeps their order, and dividing by
# the sum does the rest. This is the **softmax**:
#
# .. math::
#
#    p_k = \frac{e^{a_k}}{\sum_j e^{a_j}}
#    \qquad\text{with the sum over all classes } j .
#
# We compute it with operations that we know, and compare with the one that tinyflow brings.
# ``axis=1`` adds up along each row, and ``keepdims=True`` leaves the sums standing as a column, so
# that each row is divided by its own.
with tf.Graph().as_default() as graph:
    logits = tf.placeholder(tf.float32, [None, 3], name="logits")
    powers = tf.exp(logits, name="powers")
    total = tf.reduce_sum(powers, axis=1, keepdims=True, name="total")
    own_softmax = tf.divide(powers, total, name="own_softmax")
    softmax = tf.nn.softmax(logits, name="softmax")

session = tf.Session(graph=graph)
some_scores = [[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [-1.0, 3.0, 0.5]]
own_rows, rows = session.run([own_softmax, softmax], feed_dict={logits: some_scores})
print(own_rows.round(4))
print("greatest difference:", np.abs(own_rows - rows).max())

# %%
# The scores that go into a softmax are called **logits**, hence the name of the placeholder. Equal
# logits give equal probabilities, as in the second row. Here is the graph, with the values of the
# first row on its arrows. (The grey box is our ``axis=1``. It is a constant of the graph, under the
# name that TensorFlow has for it.)
row = {logits: [some_scores[0]]}
nodes = [logits, powers, total, own_softmax]
draw(own_softmax, values=dict(zip(nodes, session.run(nodes, feed_dict=row), strict=True)))

# %%
# Two properties will be useful.
#
# *Only differences count.* If we add the same number :math:`t` to all logits, each power is
# multiplied by :math:`e^t`, and so is their sum. The factor cancels.
#
# *Two classes are the case that we had.* Divide above and below by :math:`e^{a_1}`:
#
# .. math::
#
#    \frac{e^{a_1}}{e^{a_0} + e^{a_1}} = \frac{1}{1 + e^{-(a_1 - a_0)}} = \sigma(a_1 - a_0) .
#
# So a softmax of two scores is a sigmoid of their difference, and the line is where both scores
# are equal.
shifted = session.run(softmax, feed_dict={logits: np.array(some_scores) + 50})
print("all logits 50 greater: the greatest change is", np.abs(shifted - rows).max())

# %%
# The two clouds, by hand
# -----------------------
# Back to our hundred points. Class 1 lies above and to the right, so its weights shall point
# there: the column :math:`(1, 1)`. Class 0 gets the opposite, :math:`(-1, -1)`. The origin is
# halfway between the two centres, so the line may run through it: no bias is needed.
with tf.Graph().as_default() as graph:
    X = tf.placeholder(tf.float32, [None, 2], name="X")
    W = tf.Variable([[-1.0, 1.0], [-1.0, 1.0]], name="W")
    b = tf.Variable([0.0, 0.0], name="b")
    p = tf.nn.softmax(tf.matmul(X, W) + b, name="p")
    chosen = tf.argmax(p, axis=1, name="chosen")  # the place of the greatest in each row

session = tf.Session(graph=graph)
two_class_p = session.run(p, feed_dict={X: points})
correct = session.run(chosen, feed_dict={X: points}) == labels
print("first point:", *(f"{share:.4f}" for share in two_class_p[0]))
print(f"{correct.mean():.0%} of the points are classified correctly")

# %%
# The first point, which is of class 0, gets nearly all of its probability for class 0, and every
# point is on the correct side of the line. The left picture shows what the perceptron decides, the
# right one how sure it is. For the right one we feed it a grid of points: one batch of 10,000.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
plot.plot_decision_boundary(
    lambda places: session.run(chosen, {X: places}), points, labels, left, title="The decision"
)

ticks = np.linspace(-5, 5, 100)
grid = np.column_stack([axis.ravel() for axis in np.meshgrid(ticks, ticks)])
p_of_1 = session.run(p, feed_dict={X: grid})[:, 1].reshape(100, 100)
colors = LinearSegmentedColormap.from_list("classes", [plot.COLORS[0], "white", plot.COLORS[1]])
image = right.pcolormesh(ticks, ticks, p_of_1, cmap=colors, vmin=0, vmax=1, shading="gouraud")
lines = right.contour(ticks, ticks, p_of_1, [0.01, 0.1, 0.5, 0.9, 0.99], colors="black")
right.clabel(lines, fontsize=8)
figure.colorbar(image, ax=right, label="probability of class 1", shrink=0.85)
right.set(xlabel="$x_1$", ylabel="$x_2$", title="The probability", aspect="equal")
right.set(xlim=left.get_xlim(), ylim=left.get_ylim())
plt.show()

# %%
# The lines of equal probability are parallel to the one where the classes meet, since the
# probability depends on the distance alone.
#
# Three clouds, by hand
# ---------------------
# With three classes, how do we choose the weights? A sensible rule: a point belongs to the class
# whose centre is nearest. Let :math:`m_k` be the centre of class :math:`k`. The squared distance
# is
#
# .. math::
#
#    |x - m_k|^2 = |x|^2 - 2\, m_k \cdot x + |m_k|^2 .
#
# :math:`|x|^2` is the same for all classes, so it decides nothing. What is left is smallest where
# :math:`m_k \cdot x - \frac{1}{2} |m_k|^2` is greatest, and that is a score: :math:`m_k` are the
# weights of class :math:`k`, and :math:`-\frac{1}{2} |m_k|^2` is its bias.
rng = np.random.default_rng(2)
centres = np.array([[-2.5, -1.0], [2.0, -2.0], [0.5, 2.5]])
three_labels = np.repeat([0, 1, 2], 40)
three_points = centres[three_labels] + rng.standard_normal((120, 2))

with tf.Graph().as_default() as graph:
    X = tf.placeholder(tf.float32, [None, 2], name="X")
    W = tf.Variable(centres.T, dtype=tf.float32, name="W")  # a column for each class
    b = tf.Variable(-0.5 * np.sum(centres**2, axis=1), dtype=tf.float32, name="b")
    p = tf.nn.softmax(tf.matmul(X, W) + b, name="p")
    chosen = tf.argmax(p, axis=1, name="chosen")

session = tf.Session(graph=graph)
three_chosen, three_p = session.run([chosen, p], feed_dict={X: three_points})
three_correct = three_chosen == three_labels
print(f"{three_correct.sum()} of {len(three_labels)} points are classified correctly")

# %%
# The picture shows the decision, and beside it the probability of the class that was decided for.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
plot.plot_decision_boundary(
    lambda places: session.run(chosen, {X: places}),
    three_points,
    three_labels,
    left,
    title="The decision",
)
ticks = np.linspace(-6, 6, 200)
grid = np.column_stack([axis.ravel() for axis in np.meshgrid(ticks, ticks)])
surest = session.run(p, feed_dict={X: grid}).max(axis=1).reshape(200, 200)
image = right.pcolormesh(ticks, ticks, surest, cmap="gray", vmin=0.3, vmax=1, shading="gouraud")
figure.colorbar(image, ax=right, label="probability of the chosen class", shrink=0.85)
right.set(xlabel="$x_1$", ylabel="$x_2$", title="How sure it is", aspect="equal")
right.set(xlim=left.get_xlim(), ylim=left.get_ylim())
plt.show()

# %%
# Any two classes meet in a straight line, and the three lines meet in a point. There the
# perceptron gives each class one third. Two points lie just in the region of another class: the
# clouds touch.
#
# For two or three clouds in the plane we can choose the weights by looking. A picture of 64 pixels
# is a point with 64 coordinates, and nobody can see such clouds. A machine has to choose, and for
# that we must first say what makes one choice better than another. That is chapter 3.
#
# What we saw
# -----------
# - A perceptron gives a point the score :math:`w \cdot x + b` and decides by its sign. The weights
#   are perpendicular to the line, and the score is the distance from the line times :math:`|w|`.
# - The sigmoid turns a score into a probability, the softmax several scores into several.
# - Data comes in batches, one row for each example: :math:`X W + b` are the scores of all points
#   for all classes.
# - Only differences of logits count, and a softmax of two is a sigmoid of their difference.
#
# Exercises:
#
# 1. Where does the line :math:`w = (3, -1)`, :math:`b = 2` lie? Draw it on paper with its normal,
#    then check with a picture.
# 2. Multiply ``W`` of the two clouds by 0.2 and by 5. Which of the two pictures changes, and how?
# 3. Place four clouds at :math:`(\pm 2, \pm 2)` and give opposite ones the same class. Why does no
#    line do? (``tinyflow.data_sets.xor`` has such points. Chapter 5 comes back to them.)

# %%
# The claims of this chapter, checked.
assert correct.all() and 0.9 < three_correct.mean() < 1
assert [float(score) for score in example_scores] == [3, 0, -3]
expected = [[0.952574] * 2, [0.5] * 2, [0.047426] * 2]
np.testing.assert_allclose(example_probabilities, expected, rtol=1e-4)
np.testing.assert_allclose(one_by_one, as_a_batch, rtol=1e-5)
np.testing.assert_allclose(own_rows, rows, rtol=1e-5)
np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
np.testing.assert_allclose(shifted, rows, rtol=1e-5)

difference = points @ [1.0, 1.0] - points @ [-1.0, -1.0]  # the scores of class 1 minus class 0
np.testing.assert_allclose(two_class_p[:, 1], 1 / (1 + np.exp(-difference)), rtol=1e-4)

nearest = np.square(three_points[:, None, :] - centres).sum(axis=2).argmin(axis=1)
assert (three_chosen == nearest).all()

for place in [(0.0, 2.0), (1.0, 0.0), (2.5, -3.0)]:  # on the line; from there along the normal
    further = place + 1.5 * weights / length
    assert abs((weights @ further + bias) / length - 1.5) < 1e-12
