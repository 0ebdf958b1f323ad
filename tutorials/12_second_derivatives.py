"""12. Second derivatives
======================

A gradient is a graph like any other, so it can be differentiated again. This chapter does so. After
it you can compute curvatures, write Newton's method, multiply by a Hessian that is too large to
write down, tell from the curvature which learning rates can work, and penalise a gradient.
"""

# %%
# From chapter 4 we take ``tf.gradients``, from chapter 9 the narrow valley: there the ratio of two
# second derivatives decided how slow gradient descent is. The networks are those of chapter 5.

import os
import time

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import blobs, load_digits, xor
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_contours, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# The gradient of a gradient
# --------------------------
#
# ``tf.gradients`` adds operations to the graph and returns tensors. Nothing marks them as
# gradients, so they can be the input of the next call. We take :math:`y = x \sin x`, with
#
# .. math::
#
#    y' = \sin x + x \cos x, \qquad y'' = 2 \cos x - x \sin x

graph = tf.Graph()
with graph.as_default():
    x = tf.placeholder(tf.float64, [None], name="x")
    y = x * tf.sin(x)
    (first,) = tf.gradients(y, x)
    (second,) = tf.gradients(first, x)

session = tf.Session(graph=graph)
xs = np.linspace(-6, 6, 200)
curves = session.run([y, first, second], {x: xs})

figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
for k, name in enumerate(["$y = x \\sin x$", "$y'$", "$y''$"]):
    axes.plot(xs, curves[k], color=COLORS[k], label=name)
axes.axhline(0, color="#bbbbbb", linewidth=0.8)
axes.set(xlabel="x", ylabel="value", title="A function and its derivatives")
axes.legend()
plt.show()

# %%
# ``x`` holds 200 numbers here, and ``tf.gradients`` differentiates the *sum* of ``y``. As each
# element of ``y`` depends on its own element of ``x`` only, the gradient holds the 200 slopes. This
# does for curves; for a function that mixes its inputs we need more, below.
#
# Are they right? First against the formulas, then against a *second difference*, which knows
# nothing but the function:
#
# .. math::
#
#    y''(x) \approx \frac{y(x + h) - 2 \, y(x) + y(x - h)}{h^2}

formula = 2 * np.cos(xs) - xs * np.sin(xs)
print(f"formula:                      error {np.abs(curves[2] - formula).max():.1e}")


def second_difference(h):
    right, middle, left = (session.run(y, {x: xs + shift}) for shift in (h, 0, -h))
    return (right - 2 * middle + left) / h**2


difference_errors = {}
for h in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
    difference_errors[h] = np.abs(second_difference(h) - curves[2]).max()
    print(f"second difference, h = {h:.0e}: error {difference_errors[h]:.1e}")

# %%
# With a smaller :math:`h` the formula becomes better, and then rounding takes over: it is divided
# by :math:`h^2`. Seven digits are the best it can do, and at :math:`h = 10^{-7}` most are lost. The
# graph gives all of them.
#
# This is the graph of :math:`y''`, with each call's operations folded into one box. The second call
# walks over the operations of the first as over any others.

draw(second, fold=["gradients", "gradients_1"])

# %%
# How fast do such graphs grow?

with tf.Graph().as_default() as counted:
    x = tf.placeholder(tf.float64, [None])
    derivative = x * tf.sin(x)
    operation_counts = [len(counted.get_operations())]
    for _ in range(5):
        (derivative,) = tf.gradients(derivative, x)
        operation_counts.append(len(counted.get_operations()))
print("operations with derivatives up to order 0, 1, 2, ...:", operation_counts)

# %%
# The first derivative has four times as many operations as the function, and each further one about
# doubles the number. Two or three orders are cheap; for ten one would look for another way.

# %%
# The Hessian
# -----------
#
# A function of :math:`n` numbers has :math:`n^2` second derivatives. They form the *Hessian*:
#
# .. math::
#
#    H_{ij} = \frac{\partial^2 f}{\partial x_i \, \partial x_j}
#
# Row :math:`i` is the gradient of the i-th element of the gradient. So our own Hessian is a loop,
# and it agrees with ``tf.hessians``. The function is Rosenbrock's, from chapter 9.


def rosenbrock(position):
    x, y = position[0], position[1]
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)


def own_hessian(loss, variable):
    (gradient,) = tf.gradients(loss, variable)
    rows = [tf.gradients(gradient[i], variable)[0] for i in range(variable.shape[0])]
    return tf.stack(rows)


with tf.Graph().as_default():
    point = tf.placeholder(tf.float64, [2])
    loss = rosenbrock(point)
    both = [own_hessian(loss, point), tf.hessians(loss, point)[0]]
    ours, theirs = tf.Session().run(both, {point: [1.0, 1.0]})
eigenvalues = np.linalg.eigvalsh(ours)
print(ours)
print(f"the same as tf.hessians: {np.array_equal(ours, theirs)}")
print(f"eigenvalues {eigenvalues}, condition number {eigenvalues[1] / eigenvalues[0]:.0f}")

# %%
# The matrix is symmetric: the order of the two differentiations does not matter. Its eigenvalues
# are the curvatures along the valley and across it, and their ratio is the condition number. At the
# minimum of Rosenbrock's function it is about 2500, which is why gradient descent had such a hard
# time.

# %%
# Newton's method
# ---------------
#
# Close to a position :math:`x`, a function is nearly a parabola, with gradient :math:`g` and
# Hessian :math:`H`:
#
# .. math::
#
#    f(x + s) \approx f(x) + g^T s + \frac{1}{2} s^T H s
#
# If :math:`H` has only positive eigenvalues, this parabola has a lowest point, where its gradient
# :math:`g + H s` is zero. *Newton's method* goes there, takes a new parabola, and so on:
#
# .. math::
#
#    x \leftarrow x - H^{-1} g
#
# There is no learning rate. As a graph it takes four lines; ``tf.linalg.solve`` solves
# :math:`H s = g`, for a :math:`g` that is a column. ``descend`` runs it as in chapter 9.


def newton(loss, variable):
    (gradient,) = tf.gradients(loss, variable)
    (hessian,) = tf.hessians(loss, variable)
    step = tf.linalg.solve(hessian, tf.expand_dims(gradient, 1))
    return tf.assign_sub(variable, tf.squeeze(step, 1))


def gradient_descent(rate):
    return lambda loss, variable: tf.train.GradientDescentOptimizer(rate).minimize(loss)


def descend(function, start, make_step, steps):
    with tf.Graph().as_default():
        position = tf.Variable(np.array(start, np.float64), name="position")
        step = make_step(function(position), position)
        session = tf.Session()
        path = [session.run(position)]
        for _ in range(steps):
            session.run(step)
            path.append(session.run(position))
    return np.array(path)


# %%
# The test is a sum of three exponentials, a smooth bowl that is no parabola. Its minimum is at
# :math:`(-\frac{1}{2} \ln 2, \, 0)`.


def three_exponentials(position):
    x, y = position[0], position[1]
    return tf.exp(x + 3 * y) + tf.exp(x - 3 * y) + tf.exp(-x)


minimum = np.array([-np.log(2) / 2, 0])
newton_path = descend(three_exponentials, [-1.0, 1.0], newton, 7)
plain_path = descend(three_exponentials, [-1.0, 1.0], gradient_descent(0.04), 60)
newton_errors = np.linalg.norm(newton_path - minimum, axis=1)
plain_errors = np.linalg.norm(plain_path - minimum, axis=1)

print("step  Newton: error  digits   gradient descent: error  digits")
for step in range(8):
    errors = newton_errors[step], plain_errors[step]
    digits = [-np.log10(max(error, 1e-16)) for error in errors]
    print(f"{step:4}  {errors[0]:13.1e}  {digits[0]:6.1f}   {errors[1]:23.1e}  {digits[1]:6.1f}")

# %%
# For three steps Newton's method is on its way. From then on the number of right digits *doubles*
# in every step: 1.4, 2.8, 5.8, 11.6, and then float64 has no more. This is *quadratic convergence*:
# the new error is about the square of the old one. Gradient descent adds a constant fraction of a
# digit each step, which in the picture is a straight line.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
axes.plot(np.maximum(newton_errors, 1e-16), ".-", color=COLORS[0], label="Newton")
axes.plot(plain_errors, color=COLORS[1], label="gradient descent, 0.04")
axes.set(xlabel="step", ylabel="distance to the minimum", yscale="log")
axes.set_title("Three exponentials")
axes.grid(alpha=0.3)
axes.legend()
plt.show()

# %%
# Where it fails
# --------------
#
# All this holds near a minimum. Far from it the parabola may be a bad picture. The standard example
# is :math:`f(x) = \sqrt{1 + x^2}`. Work it out: the Newton step leads from :math:`x` to exactly
# :math:`-x^3`. For :math:`|x| < 1` this converges at great speed; for :math:`|x| > 1` it explodes.


def hyperbola(position):
    return tf.sqrt(1 + position[0] * position[0])


converging = descend(hyperbola, [0.9], newton, 4)[:, 0]
exploding = descend(hyperbola, [1.1], newton, 4)[:, 0]
print("from 0.9:", "  ".join(f"{x:9.3g}" for x in converging))
print("from 1.1:", "  ".join(f"{x:9.3g}" for x in exploding))

# %%
# The other failure is worse since it looks like success. Newton's method looks for a point where
# the gradient is zero, of whatever kind: a minimum, a maximum, or a *saddle*, which rises in one
# direction and falls in another. Himmelblau's function, from chapter 9, has all of them: four
# minima, and between them a maximum and four saddles. The remedy is *damping*, in two parts:
#
# 1. Replace :math:`H` by :math:`H + \lambda I`. This adds :math:`\lambda` to all eigenvalues. With
#    the smallest one lifted above zero, the step leads downhill.
# 2. If the loss does not become less, halve the step until it does.
#
# The first part is a graph. The second needs to look at the loss after a step, and is a loop around
# the Session.


def himmelblau(position):
    x, y = position[0], position[1]
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b


def damped_newton(function, start, steps):
    with tf.Graph().as_default():
        point = tf.placeholder(tf.float64, [2])
        loss = function(point)
        (gradient,), (hessian,) = tf.gradients(loss, point), tf.hessians(loss, point)
        smallest = tf.reduce_min(tf.linalg.eigvalsh(hessian))
        lifted = hessian + tf.maximum(1.0 - smallest, 0.0) * tf.eye(2, dtype=tf.float64)
        direction = tf.squeeze(tf.linalg.solve(lifted, tf.expand_dims(gradient, 1)), 1)
        session = tf.Session()
        path = [np.array(start)]
        for _ in range(steps):
            height, step = session.run([loss, direction], {point: path[-1]})
            while session.run(loss, {point: path[-1] - step}) > height:
                step = step / 2
            path.append(path[-1] - step)
    return np.array(path)


# %%
# Both methods start from the same four places.

himmelblau_starts = [[-0.5, 0.5], [0.5, 2.0], [-2.0, 0.8], [2.5, 0.6]]
newton_paths = [descend(himmelblau, start, newton, 12) for start in himmelblau_starts]
damped_paths = [damped_newton(himmelblau, start, 12) for start in himmelblau_starts]

figure, pair = plt.subplots(1, 2, figsize=(9, 4.6), layout="constrained", sharey=True)
for axes, paths in zip(pair, (newton_paths, damped_paths), strict=True):
    named = {f"from ({path[0][0]}, {path[0][1]})": path for path in paths}
    limits = {"xlim": (-5.5, 5.5), "ylim": (-5.5, 5.5)}
    plot_contours(lambda x, y: himmelblau([x, y]), named, axes, **limits)
    axes.legend(loc="lower center", fontsize=8, ncols=2)
    axes.label_outer()
pair[0].set_title("Newton")
pair[1].set_title("Damped Newton")
plt.show()

# %%
# A path leads from a ring to a large dot. What kind of place has each path found? The eigenvalues
# of the Hessian there tell.

with tf.Graph().as_default():
    point = tf.placeholder(tf.float64, [2])
    loss = himmelblau(point)
    facts = [loss, tf.norm(tf.gradients(loss, point)[0])]
    facts.append(tf.linalg.eigvalsh(tf.hessians(loss, point)[0]))
    session = tf.Session()
    ends = {
        name: [session.run(facts, {point: path[-1]}) for path in paths]
        for name, paths in (("Newton", newton_paths), ("damped", damped_paths))
    }
for name, values in ends.items():
    for height, slope, (low, high) in values:
        print(f"{name}: height {height:5.1f}, gradient {slope:.0e}, ", end="")
        print(f"eigenvalues {low:5.1f} and {high:5.1f}")

# %%
# On the left one path arrives at the maximum, where both eigenvalues are negative, and three at
# saddles, where one is. All are exact, and none is what we want. On the right, all four arrive at
# minima: height 0, and both eigenvalues positive.

# %%
# Logistic regression by Newton
# -----------------------------
#
# The classical use is logistic regression: two classes, a linear function, a sigmoid (chapter 2).
# Its cross-entropy is convex, so there is one minimum and no saddle. With examples as rows of
# :math:`X` and probabilities :math:`p`, its derivatives are
#
# .. math::
#
#    g = X^T (p - y), \qquad H = X^T \, \mathrm{diag}\big( p \, (1 - p) \big) \, X
#
# Written out, :math:`w - H^{-1} g` is the solution of a least-squares problem in which every
# example has the weight :math:`p (1 - p)`. The weights change from step to step, hence the method's
# name in statistics: *iteratively reweighted least squares*. The two clouds must overlap. If a line
# separated them, larger weights would always be better, and there would be no minimum.

rng = np.random.default_rng(0)
points, labels = blobs(rng, 100)
points = points + 1.5 * rng.standard_normal(points.shape)
inputs = np.column_stack([points, np.ones(len(points))])  # the last column is for the bias


def logistic_loss(weights):
    logits = tf.linalg.matvec(tf.constant(inputs), weights)
    targets = tf.constant(labels.astype(np.float64))
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits))


with tf.Graph().as_default():
    weights = tf.Variable(np.zeros(3))
    logistic_hessian = tf.Session().run(tf.hessians(logistic_loss(weights), weights)[0])
newton_weights = descend(logistic_loss, np.zeros(3), newton, 10)

# %%
# Two checks at the start, where all weights are 0 and every probability is 1/2: the Hessian against
# its formula; and the first Newton step against an ordinary least-squares fit of
# :math:`(y - p) / (p (1 - p)) = 4 \, (y - \frac{1}{2})`, as all examples weigh the same there.

p = np.full(len(inputs), 0.5)
by_hand = inputs.T @ np.diag(p * (1 - p)) @ inputs
least_squares = np.linalg.lstsq(inputs, 4 * (labels - 0.5), rcond=None)[0]
print("Hessian, largest difference:", np.abs(logistic_hessian - by_hand).max())
print("first Newton step:", newton_weights[1])
print("least squares:    ", least_squares)

# %%
# Gradient descent runs beside it, at a rate just below its limit. (The limit is two over the
# largest eigenvalue of the Hessian; more about that soon.)

rate = 1.9 / np.linalg.eigvalsh(logistic_hessian)[-1]
slow_weights = descend(logistic_loss, np.zeros(3), gradient_descent(rate), 100)
answer = newton_weights[-1]

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for label in (0, 1):
    own = points[labels == label]
    left.plot(*own.T, "o", color=COLORS[label], markersize=4, alpha=0.7, label=f"class {label}")
across = np.array([-6, 6])
for step, style in ((1, "--"), (10, "-")):
    a, b, c = newton_weights[step]
    left.plot(across, -(c + a * across) / b, "k" + style, label=f"after step {step}")
left.set(xlabel="$x_1$", ylabel="$x_2$", ylim=(-10, 7), title="The line, after Newton steps")
left.legend(loc="lower center", fontsize=8)
errors = {
    "Newton": np.linalg.norm(newton_weights - answer, axis=1)[:9],
    "gradient descent": np.linalg.norm(slow_weights - answer, axis=1),
}
plot_loss(errors, right, title="Distance to the answer")
right.set(ylabel="distance")
plt.show()
print("Newton's distances:", "  ".join(f"{error:.0e}" for error in errors["Newton"]))

# %%
# Newton is done after eight steps, and gradient descent is not after a hundred. The line is nearly
# right after one step; the rest sets how steeply the probability changes across it. In programs for
# statistics this is how such models are fitted, and the inverse Hessian serves there once more: the
# square roots of its diagonal are the error bars of the weights.

# %%
# A Hessian times a vector
# ------------------------
#
# For three weights all this is fine. A network with a million weights has a Hessian of
# :math:`10^{12}` numbers. But often we only need its product with a vector :math:`v`, and this
# costs no more than a few gradients. For a constant :math:`v`,
#
# .. math::
#
#    H v = \nabla \left( g^T v \right)
#
# since :math:`g^T v` is one number, and one call of ``tf.gradients`` differentiates it. If
# :math:`v` is computed from the variable itself, it would be differentiated along;
# ``tf.stop_gradient`` makes it a constant for that purpose.


def hessian_vector_product(loss, variable, vector):
    (gradient,) = tf.gradients(loss, variable)
    product = tf.reduce_sum(gradient * tf.stop_gradient(vector))
    return tf.gradients(product, variable)[0]


def milliseconds(session, fetch, feed_dict=None):
    times = []
    for _ in range(20):
        start = time.perf_counter()
        session.run(fetch, feed_dict)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


# %%
# We measure both, for a logistic loss with :math:`n` weights: how many operations they add to the
# graph, and how long a run takes.

rng = np.random.default_rng(0)
sizes = [5, 10, 20] if QUICK else [5, 10, 20, 40, 80]
full_counts, product_counts, product_errors = [], [], []
print(" n   operations: Hessian  product   milliseconds: Hessian  product")
for n in sizes:
    with tf.Graph().as_default() as graph:
        examples = tf.constant(rng.standard_normal((200, n)))
        weights, v = tf.Variable(np.full(n, 0.1)), tf.placeholder(tf.float64, [n])
        loss = tf.reduce_mean(tf.nn.softplus(tf.linalg.matvec(examples, weights)))
        before = len(graph.get_operations())
        product = hessian_vector_product(loss, weights, v)
        between = len(graph.get_operations())
        (hessian,) = tf.hessians(loss, weights)
        full_counts.append(len(graph.get_operations()) - between)
        product_counts.append(between - before)
        session, direction = tf.Session(), {v: rng.standard_normal(n)}
        expected = session.run(hessian) @ direction[v]
        product_errors.append(np.abs(session.run(product, direction) - expected).max())
        full_time = milliseconds(session, hessian)
        product_time = milliseconds(session, product, direction)
    print(f"{n:2}  {full_counts[-1]:20}  {product_counts[-1]:7}", end="")
    print(f"  {full_time:22.3f}  {product_time:7.3f}")

# %%
# The full Hessian costs :math:`n` gradients, one for each row, and the first run has to compile all
# that. The product always costs the same two. Times differ from machine to machine; counts do not.

# %%
# The largest eigenvalue bounds the learning rate
# -----------------------------------------------
#
# In chapter 9 gradient descent was stable only below :math:`2 / \kappa`, where :math:`\kappa` was
# the largest second derivative. In general: near a minimum the error is multiplied by
# :math:`I - \eta H` in each step. For the eigenvector with the largest eigenvalue :math:`\lambda`
# the factor is :math:`1 - \eta \lambda`, so we need :math:`\eta < 2 / \lambda`.
#
# Does it hold for a network? Here is one with 8 hidden units on the XOR points of chapter 5. All
# its 33 weights are slices of one vector, so that the Hessian is one matrix. A little *weight
# decay*, :math:`0.005 \, \lVert w \rVert^2`, makes sure that there is a minimum.

HIDDEN = 8
COUNT = 4 * HIDDEN + 1
points, labels = xor(np.random.default_rng(0), 20)


def network_loss(weights):
    w1, b1, w2, b2 = tf.split(weights, [2 * HIDDEN, HIDDEN, HIDDEN, 1])
    hidden = tf.tanh(tf.matmul(tf.constant(points), tf.reshape(w1, [2, HIDDEN])) + b1)
    logits = tf.linalg.matvec(hidden, w2) + b2
    targets = tf.constant(labels.astype(np.float64))
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(losses) + 0.005 * tf.reduce_sum(tf.square(weights))


graph = tf.Graph()
with graph.as_default():
    weights = tf.Variable(np.random.default_rng(1).normal(0, 0.5, COUNT), name="weights")
    loss = network_loss(weights)
    v = tf.placeholder(tf.float64, [COUNT], name="v")
    product = hessian_vector_product(loss, weights, v)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    gradient_size = tf.norm(tf.gradients(loss, weights)[0])

session = tf.Session(graph=graph)
for _ in range(3000):
    session.run(train)
at_minimum = session.run(weights)
minimum_loss, minimum_gradient = session.run([loss, gradient_size])
print(f"trained: loss {minimum_loss:.6f}, size of the gradient {minimum_gradient:.0e}")

# %%
# *Power iteration* finds the largest eigenvalue with products alone: multiply a random vector by
# :math:`H` over and over, and it turns into the eigenvector, since that part of it grows fastest.
# The growth is the eigenvalue. (It is the eigenvalue largest in size; at a minimum none is
# negative.) As a check, 33 products with the unit vectors give the whole matrix, and NumPy its
# eigenvalues.


def largest_eigenvalue(multiply, shape, products):
    direction = np.random.default_rng(2).standard_normal(shape)
    for _ in range(products):
        direction = multiply(direction / np.linalg.norm(direction))
    return np.linalg.norm(direction)


def network_multiply(vector):
    return session.run(product, {v: vector})


for products in (5, 10, 20, 40, 80):
    largest = largest_eigenvalue(network_multiply, COUNT, products)
    print(f"after {products:2} products: {largest:.6f}")

matrix = np.array([network_multiply(unit) for unit in np.eye(COUNT)])
spectrum = np.linalg.eigvalsh(matrix)
print(f"from the full matrix: largest {spectrum[-1]:.6f}, smallest {spectrum[0]:.6f}")
limit = 2 / largest
print(f"so the learning rate must be below {limit:.3f}")

# %%
# Now we push the weights a little away from the minimum and let plain gradient descent bring them
# back, with rates on both sides of the limit.

with graph.as_default():
    rate = tf.placeholder(tf.float64, [])
    plain_step = tf.train.GradientDescentOptimizer(rate).minimize(loss)
    put = tf.assign(weights, v)

factors = (0.5, 0.95, 1.05, 1.2)
pushed = at_minimum + 0.01 * np.random.default_rng(3).standard_normal(COUNT)
excess = {}
for factor in factors:
    session.run(put, {v: pushed})
    losses = []
    for _ in range(150):
        losses.append(session.run(loss) - minimum_loss)
        session.run(plain_step, {rate: factor * limit})
    excess[f"{factor} of the limit"] = losses

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
plot_loss(excess, axes, title="Plain gradient descent near a minimum")
axes.set(ylabel="loss above the minimum")
axes.legend(loc="center right", bbox_to_anchor=(1, 0.4))
plt.show()

# %%
# Below the limit the loss falls. Above it, it grows, even where the rate is only 5 per cent too
# large. It does not grow for ever: farther out the curvature is lower, and the weights jump to and
# fro there. In training one often sees just that: a loss that jitters or has spikes, and a smaller
# rate helps.

# %%
# Newton steps without a Hessian
# ------------------------------
#
# Even the equation :math:`H s = g` can be solved with products alone. *Conjugate gradients* (CG) is
# the method for that. But for rounding, :math:`n` products give the exact answer for :math:`n`
# unknowns, and far fewer are enough if a rough answer will do. It is written here in NumPy, with
# ``multiply`` as the product with the matrix. :math:`H` must have positive eigenvalues.


def conjugate_gradients(multiply, right_side, products):
    solution = np.zeros_like(right_side)
    residual = right_side  # what is left: right_side - multiply(solution)
    direction = residual
    size = np.sum(residual * residual)
    for _ in range(products):
        image = multiply(direction)
        length = size / np.sum(direction * image)
        solution = solution + length * direction
        residual = residual - length * image
        old_size, size = size, np.sum(residual * residual)
        direction = residual + size / old_size * direction
    return solution


session.run(put, {v: at_minimum})
right_side = np.ones(COUNT)
exact = np.linalg.solve(matrix, right_side)
for products in (5, 10, 20, COUNT):
    cg_answer = conjugate_gradients(network_multiply, right_side, products)
    cg_error = np.linalg.norm(cg_answer - exact) / np.linalg.norm(exact)
    print(f"{COUNT} unknowns, {products:2} products: relative error {cg_error:.0e}")

# %%
# *Newton-CG* uses it for the Newton step. Here it fits softmax regression to handwritten digits:
# 640 weights and a Hessian of 409,600 numbers that is never formed. Each step spends 20 products.
# Gradient descent gets the same budget: as many gradients as Newton-CG computes gradients and
# products, and a rate just below its limit, from power iteration.

images, digits = load_digits()
if QUICK:
    images, digits = images[:400], digits[:400]

graph = tf.Graph()
with graph.as_default():
    weights = tf.Variable(np.zeros((64, 10)), name="weights")
    logits = tf.matmul(tf.constant(images.astype(np.float64)), weights)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=digits, logits=logits)
    loss = tf.reduce_mean(losses) + 0.0001 * tf.reduce_sum(tf.square(weights))
    (gradient,) = tf.gradients(loss, weights)
    v = tf.placeholder(tf.float64, [64, 10])
    product = hessian_vector_product(loss, weights, v)
    move = tf.assign_sub(weights, v)
    rate = tf.placeholder(tf.float64, [])
    plain_step = tf.train.GradientDescentOptimizer(rate).minimize(loss)

# %%
# A Newton-CG step is one gradient, 20 products, and an assignment.

PRODUCTS = 20
newton_steps = 4 if QUICK else 8
session = tf.Session(graph=graph)


def digits_multiply(vector):
    return session.run(product, {v: vector})


digits_limit = 2 / largest_eigenvalue(digits_multiply, (64, 10), 30)
newton_cg_losses = [session.run(loss)]
for _ in range(newton_steps):
    step = conjugate_gradients(digits_multiply, session.run(gradient), PRODUCTS)
    session.run(move, {v: step})
    newton_cg_losses.append(session.run(loss))

# %%
# Gradient descent starts from the same weights, in a Session of its own.

session = tf.Session(graph=graph)
plain_losses = [session.run(loss)]
for _ in range(newton_steps * (PRODUCTS + 1)):
    session.run(plain_step, {rate: 0.9 * digits_limit})
    plain_losses.append(session.run(loss))

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
costs = np.arange(newton_steps + 1) * (PRODUCTS + 1)
axes.plot(costs, newton_cg_losses, "o-", color=COLORS[0], label="Newton-CG, a dot each step")
axes.plot(plain_losses, color=COLORS[1], label=f"gradient descent, {0.9 * digits_limit:.2f}")
axes.set(xlabel="gradients and products", ylabel="loss", yscale="log", title="Digits")
axes.grid(alpha=0.3)
axes.legend()
plt.show()
print(f"Newton-CG {newton_cg_losses[-1]:.4f}, gradient descent {plain_losses[-1]:.4f}")

# %%
# Newton-CG has no learning rate to find. Why then is it not used for all networks? It needs exact
# gradients, and a network is trained with noisy ones from batches; and far from a minimum a
# network's Hessian has negative eigenvalues, so it needs damping as well.

# %%
# A gradient penalty
# ------------------
#
# Second derivatives appear also where nobody asks for a Hessian: when a gradient is *part of the
# loss*. A classifier should not change its mind because of a tiny change of its input. So we add
# the squared gradient of its output :math:`z` with respect to its *input*, with a factor
# :math:`\gamma`:
#
# .. math::
#
#    J = \mathrm{cross\ entropy} + \gamma \, \frac{1}{N} \sum_i
#    \left\lVert \frac{\partial z_i}{\partial x_i} \right\rVert^2
#
# To train, :math:`J` is differentiated with respect to the weights, which passes through a gradient
# a second time: *double back-propagation*. In the program it is three more lines. The best-known
# use is in *WGAN-GP*, where one network learns to make pictures and a second one, the *critic*,
# learns to tell them from real ones. The method requires a critic whose slope is at most 1. The
# penalty :math:`(\lVert \partial z / \partial x \rVert - 1)^2`, at points between real and made
# pictures, keeps it near that.
#
# Where to measure the slope? At the training points alone, a network learns to be flat at each
# point and steep between them. So we take random points of the plane, new ones each step. They go
# into the same batch, behind the training points.

rng = np.random.default_rng(4)
points, labels = xor(rng, 12)
points = points + 0.8 * rng.standard_normal(points.shape)
side = np.linspace(-5, 5, 120)
plane = np.array([(x, y) for y in side for x in side])  # the places that the picture shows


def dense(x, size, rng):
    inputs = x.shape.as_list()[1]
    weights = tf.Variable(rng.normal(0, 1 / np.sqrt(inputs), (inputs, size)))
    return tf.matmul(x, weights) + tf.Variable(np.zeros(size))


def train_smooth(gamma, steps):
    rng = np.random.default_rng(5)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [None, 2])
        targets = tf.constant(labels.astype(np.float64))
        hidden = tf.tanh(dense(tf.tanh(dense(x, 30, rng)), 30, rng))
        z = tf.squeeze(dense(hidden, 1, rng), 1)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=z[: len(points)])
        (slope,) = tf.gradients(z, x)
        slope_squared = tf.reduce_sum(tf.square(slope), axis=1)
        penalty = tf.reduce_mean(slope_squared[len(points) :])
        step = tf.train.AdamOptimizer(0.01).minimize(tf.reduce_mean(losses) + gamma * penalty)
        session = tf.Session()
        for _ in range(steps):
            session.run(step, {x: np.concatenate([points, rng.uniform(-5, 5, (60, 2))])})
        right = np.mean((session.run(z, {x: points}) > 0) == labels)
        p, steepness = session.run([tf.sigmoid(z), tf.sqrt(slope_squared)], {x: plane})
    return p, steepness.mean(), right


# %%
# We train the same network three times: without a penalty, and with two sizes of it.

smooth = {gamma: train_smooth(gamma, 150 if QUICK else 1000) for gamma in (0.0, 0.01, 0.1)}

figure, panels = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharey=True)
for axes, (gamma, (p, steepness, _)) in zip(panels, smooth.items(), strict=True):
    colors = axes.contourf(
        side, side, p.reshape(120, 120), np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.7
    )
    for label in (0, 1):
        own = points[labels == label]
        axes.plot(*own.T, "o", color=COLORS[label], markeredgecolor="white", markersize=5)
    axes.set(xlabel="$x_1$", title=f"$\\gamma$ = {gamma:g}, mean slope {steepness:.2f}")
panels[0].set_ylabel("$x_2$")
figure.colorbar(colors, ax=panels, label="probability of class 1", shrink=0.9)
plt.show()
for gamma, (_, steepness, right) in smooth.items():
    print(f"gamma {gamma:4}: mean slope over the picture {steepness:.2f}, {right:.0%} right")

# %%
# Without the penalty the network bends its boundary around single points, and is certain of its
# answer nearly everywhere. With it, the probability changes gradually. With the larger one, the
# network gives up the point of class 1 at (1.8, 1.0), close to points of class 0, and is no longer
# sure of the one at (-1.8, -2.2). Both are most likely noise.
#
# The activation is ``tanh``. With ``relu`` the slope is constant between the bends, and the penalty
# cannot tell a weight where the bends should be.

# %%
# What we saw
# -----------
#
# - ``tf.gradients`` of ``tf.gradients`` is a second derivative, exact to rounding.
# - Newton's method doubles the number of right digits in every step, near a minimum. Far from one
#   it needs damping.
# - A product of the Hessian with a vector costs two gradients, whatever the size. That is enough
#   for the largest eigenvalue and for Newton steps by conjugate gradients.
# - Near a minimum, gradient descent is stable for rates below two over the largest eigenvalue.
# - A gradient may be part of a loss.
#
# Exercises:
#
# 1. The *Laplacian* is the sum of the second derivatives :math:`H_{ii}`. Compute it for
#    :math:`\ln(x^2 + y^2)`, for which it is 0 everywhere but at the origin.
# 2. For a random vector :math:`v` of ones and minus ones, the mean of :math:`v^T H v` is the trace
#    of :math:`H`. Estimate the trace of the network's Hessian this way, and compare with
#    ``matrix``.
# 3. Momentum is stable for rates below :math:`2 (1 + \mu) / \lambda`. Try it on the network with 8
#    hidden units.

# %%
# The claims of this chapter, checked.

assert np.allclose(curves[2], formula, rtol=1e-12, atol=1e-12)
assert 1e-9 < min(difference_errors.values()) < 1e-6 < difference_errors[1e-7]
assert 1.5 < operation_counts[-1] / operation_counts[-2] < 2.5
assert np.array_equal(ours, theirs) and np.allclose(ours, [[802, -400], [-400, 200]])

for step in (3, 4, 5):
    assert newton_errors[step + 1] < 3 * newton_errors[step] ** 2
assert newton_errors[7] < 1e-14 and plain_errors[7] > 1e-2
assert abs(exploding[4]) > 1000 > 0.001 > abs(converging[4])
assert all(slope < 1e-6 for values in ends.values() for _, slope, _ in values)
assert all(low < 0 for _, _, (low, _) in ends["Newton"])
assert all(height < 1e-12 and low > 0 for height, _, (low, _) in ends["damped"])

assert np.allclose(logistic_hessian, by_hand) and np.allclose(newton_weights[1], least_squares)
assert errors["Newton"][8] < 1e-12 and errors["gradient descent"][7] > 1e-2
assert len(set(product_counts)) == 1 and max(product_errors) < 1e-12
assert full_counts[-1] - full_counts[-2] == 2 * (full_counts[-2] - full_counts[-3])

assert np.isclose(largest, spectrum[-1], rtol=1e-5) and spectrum[0] > 0
for factor, losses in zip(factors, excess.values(), strict=True):
    if factor < 1:
        assert losses[-1] < losses[0] / 100 and max(losses) == losses[0]
    else:
        assert max(losses) > 3 * losses[0]
assert cg_error < 1e-4
assert newton_cg_losses[-1] < plain_losses[-1]
assert QUICK or smooth[0.1][2] < smooth[0.0][2]
slopes = [steepness for _, steepness, _ in smooth.values()]
assert slopes[0] > 2 * slopes[1] and slopes[1] > 1.5 * slopes[2], slopes
