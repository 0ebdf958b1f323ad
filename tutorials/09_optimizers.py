"""
9. Optimizers
=============

Gradient descent takes a step against the gradient, and nothing else. This chapter shows where that
is slow, and grows the usual remedies as graphs: momentum, RMSProp and Adam. After it you can write
an optimizer yourself, read its path on a map of the loss, and choose one and its learning rate.
"""

# %%
# From chapter 4 we take gradient descent, ``tf.gradients`` and ``tf.assign_sub``, from chapter 6
# control dependencies. The last picture trains the kind of network that chapter 5 built.

import os

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import load_digits
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_contours, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# A narrow valley
# ---------------
#
# The simplest loss that makes trouble is a bowl that is steeper in one direction than in another:
#
# .. math::
#
#    f(x, y) = \frac{1}{2} \left( x^2 + \kappa \, y^2 \right), \qquad
#    \nabla f = \begin{pmatrix} x \\ \kappa \, y \end{pmatrix}
#
# Its second derivatives are :math:`1` along :math:`x` and :math:`\kappa` along :math:`y`. Their
# ratio :math:`\kappa` is the *condition number* of the bowl. Seen from above, the bowl is a valley
# along the x axis, and the larger :math:`\kappa`, the narrower it is.
#
# A function of two numbers is written here so that it takes them as one ``position``. Given a
# tensor it builds a graph; given NumPy arrays it computes, which is what the pictures need.

CONDITION = 25.0


def valley(position):
    x, y = position[0], position[1]
    return 0.5 * (x * x + CONDITION * y * y)


# %%
# One helper serves the whole chapter. It builds a graph with a Variable ``position``, asks
# ``make_step`` for an operation that moves it, and runs that. It returns the path: every position,
# the start included.


def descend(function, start, make_step, steps):
    with tf.Graph().as_default():
        position = tf.Variable(np.array(start, np.float64), name="position")
        step = make_step(function(position))
        session = tf.Session()
        path = [session.run(position)]
        for _ in range(steps):
            session.run(step)
            path.append(session.run(position))
    return np.array(path)


def gradient_descent(rate):
    return tf.train.GradientDescentOptimizer(rate).minimize


# %%
# Gradient descent multiplies each coordinate by a number of its own in every step:
#
# .. math::
#
#    x \leftarrow (1 - \eta) \, x, \qquad y \leftarrow (1 - \eta \kappa) \, y
#
# Here :math:`\eta` is the learning rate. Neither number may be larger than 1 in size, so
# :math:`\eta` must stay below :math:`2 / \kappa`: the steep direction sets the limit. The flat
# direction then suffers, since :math:`1 - \eta` is close to 1. We try three rates.

LIMIT = 2 / CONDITION
valley_start = [-10.0, 1.0]
rates = {
    "small: 0.2 of the limit": 0.2 * LIMIT,
    "best: $2 / (\\kappa + 1)$": 2 / (CONDITION + 1),
    "too large: 1.01 of the limit": 1.01 * LIMIT,
}
valley_paths = {}
for name, rate in rates.items():
    valley_paths[name] = descend(valley, valley_start, gradient_descent(rate), 40)

# %%
# The pictures of this chapter are maps: lines of equal height, darker where it is lower, and paths
# on them. A path leads from a ring to a large dot; the small dots are the positions on the way. The
# lower two lines are, the less their heights differ, so that flat floors show as well.


def draw_map(axes, function, paths, xlim, ylim):
    plot_contours(lambda x, y: function([x, y]), paths, axes, xlim=xlim, ylim=ylim)


figure, rows = plt.subplots(3, 1, figsize=(7.5, 6.8), sharex=True, layout="constrained")
for axes, (name, path) in zip(rows, valley_paths.items(), strict=True):
    draw_map(axes, valley, {name: path}, (-11, 3), (-2.5, 2.5))
    axes.set_title(f"{np.linalg.norm(path[-1]):.2f} from the minimum after 40 steps")
    axes.label_outer()
plt.show()

# %%
# The small rate creeps along the valley. The best one zig-zags across it, and most of each step is
# lost on the way to and fro. The last is one hundredth over the limit, and :math:`y` grows.
#
# At the best rate both factors have the same size, :math:`(\kappa - 1) / (\kappa + 1)`. So the
# distance from the minimum shrinks by this factor in each step, which the run confirms:

best_path = valley_paths["best: $2 / (\\kappa + 1)$"]
shrinks = np.linalg.norm(best_path[1:], axis=1) / np.linalg.norm(best_path[:-1], axis=1)
predicted = (CONDITION - 1) / (CONDITION + 1)
print(f"predicted factor {predicted:.6f}, measured {shrinks.min():.6f} to {shrinks.max():.6f}")

# %%
# A factor of :math:`1 - 2 / (\kappa + 1)` means about :math:`\kappa / 2` steps for each factor of
# :math:`e`. Losses of real networks have condition numbers of thousands and more. Two ideas help:
# remember the steps before, and give every coordinate a learning rate of its own.

# %%
# Momentum
# --------
#
# Along the valley, gradients agree from step to step; across it, they alternate in sign. So we sum
# them up. In the sum, what agrees grows and what alternates cancels. With a decay :math:`\mu`, so
# that old gradients are forgotten:
#
# .. math::
#
#    v \leftarrow \mu v + g, \qquad x \leftarrow x - \eta \, v
#
# The name comes from mechanics: :math:`v` is a velocity, :math:`-g` a force, and :math:`1 - \mu`
# friction. If the gradient stays the same, :math:`v` approaches :math:`g / (1 - \mu)`: with
# :math:`\mu = 0.9` the steps become ten times as long.
#
# An optimizer keeps such values beside every variable, in the same shape. They are called *slots*.
# A slot is a Variable that is not trainable. The two updates are two assignments: ``tf.assign``
# sets a variable, and ``tf.assign_sub``, known from chapter 4, takes something off it.


def new_slot(variable, name, value=0.0):
    dtype = variable.dtype.as_numpy_dtype
    initial = np.full(variable.shape.as_list(), value, dtype)
    return tf.Variable(initial, trainable=False, name=name)


def momentum(variable, gradient, rate, decay=0.9):
    velocity = new_slot(variable, "velocity")
    velocity = tf.assign(velocity, decay * velocity + gradient)
    return tf.assign_sub(variable, rate * velocity)


# %%
# Mind the line with ``tf.assign``, which returns a tensor: the value *after* the assignment. As
# ``assign_sub`` uses that tensor, it comes second. Had we used the Variable there, the step would
# not depend on the assignment, and running the step would never change the velocity.
#
# For a whole network we need a gradient for every variable, and one operation that does all
# updates. ``tf.control_dependencies`` makes every update wait until all gradients are computed, so
# that no gradient sees a half-updated network. (TensorFlow 1 needs that. In tinyflow rule 4 of
# chapter 6 would do: what is read in a run is the value from before it.) ``tf.group`` makes one
# operation of all the updates.


def own(update, *settings):
    def minimize(loss):
        variables = tf.trainable_variables()
        gradients = tf.gradients(loss, variables)
        with tf.control_dependencies(gradients):
            updates = [
                update(variable, gradient, *settings)
                for variable, gradient in zip(variables, gradients, strict=True)
            ]
        return tf.group(*updates)

    return minimize


# %%
# Is it the same as tinyflow's own? Both walk down the valley, and the two paths are compared step
# by step. They are computed in float64, so agreement means 15 digits or so.

differences = {}


def compare(name, own_step, tinyflow_step, function=valley, start=valley_start, steps=100):
    ours = descend(function, start, own_step, steps)
    theirs = descend(function, start, tinyflow_step, steps)
    differences[name] = np.abs(ours - theirs).max()
    print(f"{name}: largest difference in {steps} steps {differences[name]:.1e}")
    return ours


momentum_path = compare(
    "momentum", own(momentum, 0.03, 0.8), tf.train.MomentumOptimizer(0.03, 0.8).minimize
)

# %%
# This is the step as a graph. The loss and its gradient are folded into a box each. The rest is the
# optimizer: two variables, two assignments, a little arithmetic. Dashed arrows are control
# dependencies.

with tf.Graph().as_default():
    position = tf.Variable(valley_start, name="position")
    with tf.name_scope("valley"):
        height = valley(position)
    momentum_step = own(momentum, 0.03)(height)

draw(momentum_step, fold=["valley", "gradients"])

# %%
# How many steps does the narrow valley cost now? For this bowl the best settings are known:
#
# .. math::
#
#    \eta = \left( \frac{2}{\sqrt{\kappa} + 1} \right)^2, \qquad
#    \mu = \left( \frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1} \right)^2
#
# We count steps until the distance to the minimum is a millionth of what it was.


def steps_needed(condition, make_step):
    with tf.Graph().as_default():
        position = tf.Variable(np.ones(2), name="position")
        loss = 0.5 * tf.reduce_sum(np.array([1.0, condition]) * position * position)
        step, distance = make_step(loss), tf.norm(position)
        session = tf.Session()
        steps, start = 0, session.run(distance)
        while session.run(distance) > 1e-6 * start:
            session.run(step)
            steps += 1
    return steps


conditions = [4, 16, 64] if QUICK else [4, 16, 64, 256, 1024]
plain_steps, momentum_steps = [], []
print("condition  gradient descent  momentum")
for condition in conditions:
    root = np.sqrt(condition)
    rate, decay = (2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2
    plain_steps.append(steps_needed(condition, gradient_descent(2 / (condition + 1))))
    momentum_steps.append(steps_needed(condition, own(momentum, rate, decay)))
    print(f"{condition:9}  {plain_steps[-1]:16}  {momentum_steps[-1]:8}")

# %%
# Each line has four times the condition number of the one before. Gradient descent then needs four
# times the steps, momentum only about twice: its cost grows like :math:`\sqrt{\kappa}`.
#
# *Nesterov's* variant steps along :math:`g + \mu v`, with the new :math:`v`: where momentum will
# lead next, not where it has led. It swings less. The change is one line:


def nesterov(variable, gradient, rate, decay=0.9):
    velocity = new_slot(variable, "velocity")
    velocity = tf.assign(velocity, decay * velocity + gradient)
    return tf.assign_sub(variable, rate * (gradient + decay * velocity))


nesterov_path = compare(
    "Nesterov",
    own(nesterov, 0.03, 0.8),
    tf.train.MomentumOptimizer(0.03, 0.8, use_nesterov=True).minimize,
)

# %%
# A learning rate for each coordinate
# -----------------------------------
#
# In the valley, :math:`y` wants small steps and :math:`x` large ones. Without knowing the second
# derivatives, we can still look at the gradients: a coordinate whose gradients are large is
# probably a steep one. *AdaGrad* divides each coordinate's step by the root of the sum of all its
# squared gradients, so its steps only ever become shorter.
#
# *RMSProp* takes a decaying mean instead of the sum, so that it can forget:
#
# .. math::
#
#    s \leftarrow \rho s + (1 - \rho) g^2, \qquad
#    x \leftarrow x - \eta \frac{g}{\sqrt{s + \epsilon}}
#
# The square and the root are taken in each coordinate by itself. If gradients stay the same, the
# fraction is 1 or -1: a step is about :math:`\eta` long in every coordinate, however steep the
# loss. The small :math:`\epsilon` prevents a division by zero. Two details are TensorFlow 1's and
# differ in other libraries: :math:`\epsilon` is inside the root, and :math:`s` starts at 1, not 0.


def rmsprop(variable, gradient, rate, decay=0.9, epsilon=1e-10):
    mean_square = new_slot(variable, "mean_square", 1.0)
    mean_square = tf.assign(mean_square, decay * mean_square + (1 - decay) * tf.square(gradient))
    return tf.assign_sub(variable, rate * gradient / tf.sqrt(mean_square + epsilon))


rmsprop_path = compare("RMSProp", own(rmsprop, 0.3), tf.train.RMSPropOptimizer(0.3).minimize)

# %%
# Adam
# ----
#
# *Adam* does both: a decaying mean :math:`m` of the gradients, like momentum, over the root of a
# decaying mean :math:`v` of their squares, like RMSProp. Both start at 0, so both are too small in
# the first steps. After :math:`t` steps the weights in :math:`m` sum up to :math:`1 - \beta_1^t`
# instead of 1, and those in :math:`v` to :math:`1 - \beta_2^t`. Dividing by these sums repairs it.
# TensorFlow puts both corrections into the step's length :math:`\eta_t`:
#
# .. math::
#
#    \begin{aligned}
#    m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
#    v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
#    \eta_t &= \eta \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}, \qquad
#    x \leftarrow x - \eta_t \frac{m}{\sqrt{v} + \hat\epsilon}
#    \end{aligned}
#
# Here the small number is outside the root. Since :math:`\sqrt{v}` is not corrected, this
# :math:`\hat\epsilon` ("epsilon hat") weighs more in the first steps than it would beside a
# corrected root.


def adam(variable, gradient, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m, v = new_slot(variable, "m"), new_slot(variable, "v")
    count = tf.Variable(variable.dtype.as_numpy_dtype(0), trainable=False, name="count")
    t = tf.assign_add(count, 1.0)
    length = rate * tf.sqrt(1 - beta2**t) / (1 - beta1**t)
    m = tf.assign(m, beta1 * m + (1 - beta1) * gradient)
    v = tf.assign(v, beta2 * v + (1 - beta2) * tf.square(gradient))
    return tf.assign_sub(variable, length * m / (tf.sqrt(v) + epsilon))


adam_path = compare("Adam", own(adam, 0.5), tf.train.AdamOptimizer(0.5).minimize)

# %%
# In the very first step :math:`m / \sqrt{v}`, corrected, is just :math:`g / |g| = \pm 1`. So Adam's
# first step is :math:`\eta` long in every coordinate, even if the loss is a thousand times as
# large:


def huge_valley(position):
    return 1000 * valley(position)


for function in (valley, huge_valley):
    first = descend(function, valley_start, own(adam, 0.5), 1)
    print(f"{function.__name__}: the first step is", first[1] - first[0])

# %%
# The four together in the valley. Their rates are chosen by hand, so this is a look at the manner
# of walking, not a race.

walks = {
    "momentum": momentum_path[:41],
    "Nesterov": nesterov_path[:41],
    "RMSProp": rmsprop_path[:41],
    "Adam": adam_path[:41],
}
figure, maps = plt.subplots(2, 2, figsize=(9, 4.5), layout="constrained")
for axes, (name, path) in zip(maps.flat, walks.items(), strict=True):
    draw_map(axes, valley, {name: path}, (-11, 3), (-2.2, 2.2))
    axes.label_outer()
figure.suptitle("40 steps of each")
plt.show()

# %%
# Momentum swings across at first, then rolls down the valley; Nesterov swings less. RMSProp and
# Adam keep an even pace along the valley, set by :math:`\eta` and not by the gradient. At the end
# RMSProp cannot settle: its steps stay about :math:`\eta` long, so it needs a falling learning
# rate.

# %%
# Harder maps
# -----------
#
# *Rosenbrock's function* has a valley that is narrow and bent. Its floor is the parabola
# :math:`y = x^2`, and the only minimum is at (1, 1):
#
# .. math::
#
#    f(x, y) = (1 - x)^2 + 100 \, (y - x^2)^2


def rosenbrock(position):
    x, y = position[0], position[1]
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)


rosenbrock_paths = {
    "gradient descent, 0.002": descend(rosenbrock, [-1.2, 1], gradient_descent(0.002), 400),
    "momentum, 0.002": descend(rosenbrock, [-1.2, 1], own(momentum, 0.002), 400),
    "RMSProp, 0.01": descend(rosenbrock, [-1.2, 1], own(rmsprop, 0.01), 400),
    "Adam, 0.1": descend(rosenbrock, [-1.2, 1], own(adam, 0.1), 400),
}

heights = {name: rosenbrock(path.T) for name, path in rosenbrock_paths.items()}

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.5), layout="constrained")
draw_map(left, rosenbrock, rosenbrock_paths, (-1.7, 1.5), (-0.7, 2.6))
left.plot(1, 1, "*", color="black", markersize=10)
left.legend(loc="upper center", fontsize=8)
left.set_title("Rosenbrock's function")
for (name, values), color in zip(heights.items(), COLORS[1:], strict=False):
    right.plot(values, color=color, label=name)
right.set(xlabel="step", ylabel="height", yscale="log", title="Height over the steps")
right.grid(alpha=0.3)
plt.show()

# %%
# All fall into the valley at once, and then differ in how they follow it. Plain gradient descent
# may not step further than the steep walls allow. Momentum gathers speed along the floor, runs past
# the minimum and slowly comes back. RMSProp and Adam follow the floor closely.
#
# *Himmelblau's function* has four minima of height 0. Which of them is found depends on the start,
# and also on the optimizer:
#
# .. math::
#
#    f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2


def himmelblau(position):
    x, y = position[0], position[1]
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b


contenders = {
    "gradient descent, 0.01": gradient_descent(0.01),
    "momentum, 0.01": own(momentum, 0.01),
    "RMSProp, 0.1": own(rmsprop, 0.1),
    "Adam, 0.3": own(adam, 0.3),
}
figure, pair = plt.subplots(1, 2, figsize=(9, 5), layout="constrained")
himmelblau_ends = {}
for axes, start in zip(pair, ([0.0, 0.0], [-0.5, 0.5]), strict=True):
    paths = {name: descend(himmelblau, start, step, 150) for name, step in contenders.items()}
    draw_map(axes, himmelblau, paths, (-5.5, 5.5), (-5.5, 5.5))
    axes.get_legend().remove()
    axes.set_title(f"From ({start[0]:g}, {start[1]:g})")
    himmelblau_ends |= {(start[0], name): path[-1] for name, path in paths.items()}
figure.legend(*pair[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

for (x, name), end in himmelblau_ends.items():
    height = himmelblau(end)
    print(f"from x = {x:4}  {name:22}  to ({end[0]:6.3f}, {end[1]:6.3f}), height {height:.1e}")

# %%
# Momentum overshoots, and on the left it rolls over a ridge into another basin. RMSProp is near a
# minimum but cannot settle there. None of the minima is the wrong one: a network's loss has many as
# well, and an optimizer promises one of them, not a certain one.

# %%
# A flat place
# ------------
#
# Now one dimension, and another trouble:
#
# .. math::
#
#    f(x) = x^4 - 3 x^3 + 2, \qquad f'(x) = x^2 \, (4 x - 9), \qquad f''(x) = 6 x \, (2 x - 3)
#
# The derivative is zero at two places. At :math:`x = 9/4` the second derivative is 20.25, so there
# is a minimum. At :math:`x = 0` it is zero too, and :math:`f'` is negative on both sides: the
# function falls, is flat for a moment, and falls on. We call this a *saddle*, as one does in more
# dimensions. A rolling ball would not stop there; what does an optimizer do?
#
# All our optimizers treat each coordinate by itself. So five starts fit into one Variable, and the
# sum of their five heights is the loss: none of them notices the others.


def quartic(x):
    return x * x * x * x - 3 * x * x * x + 2


makers = {
    "gradient descent": gradient_descent,
    "momentum": lambda rate: own(momentum, rate),
    "RMSProp": lambda rate: own(rmsprop, rate),
    "Adam": lambda rate: own(adam, rate),
}


def descend_quartic(start, make_step, steps=300):
    return descend(lambda x: tf.reduce_sum(quartic(x)), start, make_step, steps)


starts = [-1.0, -0.5, 0.0, 0.1, 3.0]
quartic_rates = {
    "gradient descent": (0.01, 0.03, 0.1),
    "momentum": (0.001, 0.01, 0.03),
    "RMSProp": (0.01, 0.03, 0.1),
    "Adam": (0.01, 0.03, 0.1),
}
ends = {}
print("x after 300 steps         " + "".join(f"from {start:4}  " for start in starts))
for name, choices in quartic_rates.items():
    for rate in choices:
        row = descend_quartic(starts, makers[name](rate))[-1]
        ends |= {(name, rate, start): end for start, end in zip(starts, row, strict=True)}
        print(f"{name:16}  {rate:6}  " + "".join(f"{end:9.4f}  " for end in row))

# %%
# Read it column by column.
#
# - From -1 and -0.5, gradient descent with small rates creeps up to 0 and sticks: close to 0 the
#   gradient is about :math:`-9 x^2`, and every step is smaller than the one before. RMSProp sticks,
#   too.
# - Momentum and Adam arrive with a memory of large gradients, and coast through, if they are fast
#   enough.
# - From exactly 0 nothing moves. The gradient is 0, and so are all sums and means of it.
# - From 0.1, past the saddle, all get away, and most reach 2.25.
#
# One row is odd: gradient descent with 0.1 gets from -1 over the saddle, but then it ends at 2.34,
# and not at 2.25.

journeys = {
    "gradient descent, 0.03": descend_quartic(-1.0, gradient_descent(0.03)),
    "momentum, 0.01": descend_quartic(-1.0, own(momentum, 0.01)),
    "RMSProp, 0.03": descend_quartic(-1.0, own(rmsprop, 0.03)),
    "Adam, 0.1": descend_quartic(-1.0, own(adam, 0.1)),
    "gradient descent, 0.1": descend_quartic(-1.0, gradient_descent(0.1)),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.3), layout="constrained")
xs = np.linspace(-1.15, 3.1, 200)
left.plot(xs, quartic(xs), color="#bbbbbb", zorder=0)
for (name, path), color in zip(journeys.items(), COLORS, strict=False):
    if name in ("momentum, 0.01", "gradient descent, 0.03", "gradient descent, 0.1"):
        left.plot(path, quartic(path), ".-", color=color, linewidth=0.8, label=name)
    right.plot(path[:150], color=color, label=name)
left.set(xlabel="x", ylabel="f(x)", title="$x^4 - 3 x^3 + 2$")
right.set(xlabel="step", ylabel="x", title="x over the steps", ylim=(-1.1, 4.6))
for axes in (left, right):
    axes.legend(loc="upper right", fontsize=8)
plt.show()
print("gradient descent, 0.1, its last four positions:", journeys["gradient descent, 0.1"][-4:])

# %%
# With 0.1 the first step is 1.3 long and leaps over the saddle. But at the minimum the second
# derivative is 20.25, and the limit :math:`2 / 20.25` is 0.0988. The rate is just above it, so the
# path does not settle: it jumps between 2.15 and 2.34 for ever. A rate that is right in one place
# is wrong in another.

# %%
# Learning-rate schedules
# -----------------------
#
# In training, gradients come from batches, and each batch gives a slightly different one. Near the
# minimum this noise is all that is left, and with a constant rate the variable jitters for ever. A
# smaller rate jitters less but gets there later. A *schedule* does both: large first, then smaller.
#
# ``tf.train.exponential_decay`` gives :math:`\eta_t = \eta_0 \, d^{\,t / T}`: a factor :math:`d`
# for every :math:`T` steps. Where :math:`t` comes from is explicit: a Variable ``global_step``,
# which ``minimize`` increments by one each time it runs. The rate is a tensor, computed in the
# graph like any other.

rng = np.random.default_rng(0)
true_weights = np.array([2.0, -1.0, 0.5])
examples = rng.standard_normal((2000, 3))
targets = examples @ true_weights + 0.5 * rng.standard_normal(2000)
optimum = np.linalg.lstsq(examples, targets, rcond=None)[0]


def constant_rate(global_step):
    return tf.constant(0.1, tf.float64)


def decayed_rate(global_step):
    return tf.train.exponential_decay(
        tf.constant(0.1, tf.float64), global_step, decay_steps=200, decay_rate=0.5
    )


def staircase_rate(global_step):
    return tf.train.exponential_decay(
        tf.constant(0.1, tf.float64), global_step, decay_steps=200, decay_rate=0.5, staircase=True
    )


# %%
# The task is a linear regression with batches of 4. Its exact answer, over all examples, is known
# from NumPy, so we can measure the distance to it after every step.


def train_with(schedule, steps):
    rng = np.random.default_rng(1)  # the same batches for each schedule
    with tf.Graph().as_default():
        x, y = tf.placeholder(tf.float64, [None, 3]), tf.placeholder(tf.float64, [None])
        weights = tf.Variable(np.zeros(3), name="weights")
        loss = 0.5 * tf.reduce_mean(tf.square(tf.reduce_sum(x * weights, axis=1) - y))
        global_step = tf.train.get_or_create_global_step()
        rate = schedule(global_step)
        step = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=global_step)
        session, rates, distances = tf.Session(), [], []
        for _ in range(steps):
            batch = rng.integers(len(examples), size=4)
            used, _ = session.run([rate, step], {x: examples[batch], y: targets[batch]})
            rates.append(used)
            distances.append(np.linalg.norm(session.run(weights) - optimum))
    return rates, distances


# %%
# Three schedules: none, a smooth decay, and one that falls in stairs.

schedules = {"constant": constant_rate, "decay": decayed_rate, "staircase": staircase_rate}
rates, distances = {}, {}
for name, schedule in schedules.items():
    rates[name], distances[name] = train_with(schedule, 1000 if QUICK else 1500)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
plot_loss(rates, left, title="The learning rate")
plot_loss(distances, right, window=30, title="Distance to the answer")
left.set(ylabel="rate", yscale="linear")
right.set(ylabel="distance")
plt.show()

last = {name: np.mean(values[-200:]) for name, values in distances.items()}
for name, value in last.items():
    print(f"{name:9}  mean distance in the last 200 steps {value:.4f}")

# %%
# For about 300 steps the three go together; then the constant rate stays at its level of noise,
# while the other two go on. There are other schedules, too: ``piecewise_constant``,
# ``polynomial_decay``, ``cosine_decay``. A schedule that falls too fast stops before it arrives, so
# begin with a slow one.

# %%
# What runs
# ---------
#
# An optimizer in tinyflow is part of the graph, so it is also part of the NumPy function that the
# Session writes. This is a whole training step with tinyflow's Adam, for one variable:

with tf.Graph().as_default():
    weight = tf.Variable(np.zeros(3), name="weight")
    loss = tf.reduce_sum(tf.square(weight - np.array([1.0, 2.0, 3.0])))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    session = tf.Session()
    session.run(step)  # the first run gives the variables their initial values
    adam_source = session.source(step)
print(adam_source)

# %%
# The lines follow the formulas. In this order they compute the length :math:`\eta_t`
# (``update_weight_4``), the gradient (``Square_grad``), the mean of the gradients
# (``weight_Adam_next``), that of their squares (``weight_Adam_1_next``), and ``weight_next``. The
# last two lines before the ``return`` raise the powers of the betas by one: tinyflow keeps these
# two numbers, as TensorFlow does, where ours counts the steps.

# %%
# On a network
# ------------
#
# To close, a small network on 1,797 handwritten digits: 64 pixels, 32 hidden units, 10 classes,
# batches of 100. All four start from the same weights. ``own`` now serves four variables at once.

images, digits = load_digits()


def train_network(make_step, steps):
    rng = np.random.default_rng(2)
    with tf.Graph().as_default():
        x, labels = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.int32, [None])
        first = tf.Variable(rng.normal(0, 0.15, (64, 32)).astype(np.float32))
        second = tf.Variable(rng.normal(0, 0.2, (32, 10)).astype(np.float32))
        first_bias, second_bias = tf.Variable(tf.zeros([32])), tf.Variable(tf.zeros([10]))
        hidden = tf.nn.relu(tf.matmul(x, first) + first_bias)
        logits = tf.matmul(hidden, second) + second_bias
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        )
        step, session, losses = make_step(loss), tf.Session(), []
        for _ in range(steps):
            batch = rng.integers(len(images), size=100)
            losses.append(session.run([loss, step], {x: images[batch], labels: digits[batch]})[0])
    return losses


# %%
# Four optimizers, and tinyflow's Adam as a check on ours.

steps = 60 if QUICK else 400
network_losses = {
    "gradient descent, 0.1": train_network(gradient_descent(0.1), steps),
    "momentum, 0.1": train_network(own(momentum, 0.1), steps),
    "RMSProp, 0.003": train_network(own(rmsprop, 0.003), steps),
    "Adam, 0.01": train_network(own(adam, 0.01), steps),
}
tinyflow_adam = train_network(tf.train.AdamOptimizer(0.01).minimize, steps)

figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
plot_loss(network_losses, axes, window=20, title="A network learns digits")
plt.show()

network_ends = {name: np.mean(losses[-20:]) for name, losses in network_losses.items()}
for name, end in network_ends.items():
    print(f"{name:22}  mean loss of the last 20 steps {end:.4f}")

# %%
# Momentum and Adam are ahead by far. RMSProp's slow start has its reason: its :math:`s` starts at
# 1, which is a thousand times and more what this network's squared gradients are, and it takes
# dozens of steps to forget that.

# %%
# Which to try first
# ------------------
#
# - **Adam, 0.001**, then three times more and three times less. It works in most cases without
#   tuning, and minds badly scaled inputs less than the others. Start here.
# - **Momentum 0.9, rate 0.01 to 0.1, with a falling schedule**. It needs more tuning, and often
#   ends as good or better, above all with convolutional networks on images.
# - **RMSProp, 0.001**: where gradients are very noisy or the task changes as it is learned, as in
#   reinforcement learning, and for recurrent networks.
# - **Plain gradient descent**: for small and well-scaled problems, and to understand the others.
# - **AdaGrad, 0.01 to 0.1**: for sparse inputs such as words, where rare ones need larger steps.
#
# With any of them: if the loss grows or jumps, divide the rate by three or ten; if it falls slowly
# and evenly, try more; once it jitters on one level, let the rate fall. And scale the inputs first
# (chapter 8): that lowers the condition number, which helps all of them.

# %%
# What we saw
# -----------
#
# - Gradient descent needs a number of steps that is proportional to the condition number; momentum
#   needs its square root.
# - RMSProp and Adam divide by the size of the gradients, so their steps are about as long as the
#   learning rate, however steep the loss.
# - A slot is a Variable beside a variable, and an optimizer is a few assignments in the graph.
# - At a flat place a memory of gradients helps; at a gradient of exactly zero nothing does.
# - Noise calls for a rate that falls.
#
# Exercises:
#
# 1. Write AdaGrad as an update, and compare it with ``tf.train.AdagradOptimizer``. Its accumulator
#    starts at 0.1, and it has no epsilon.
# 2. Remove the bias correction from ``adam``, so that the length is just ``rate``. How long is the
#    first step, and why?
# 3. Turn the valley by 45 degrees: replace :math:`x` by :math:`(x + y) / \sqrt 2` and :math:`y` by
#    :math:`(x - y) / \sqrt 2`. Which optimizers walk as before, which suffer, and why?

# %%
# The claims of this chapter, checked.

assert np.allclose(shrinks, predicted)
assert abs(valley_paths["too large: 1.01 of the limit"][-1][1]) > 1
assert max(differences.values()) < 1e-12, differences
for i in range(1, len(conditions)):
    assert 3.5 < plain_steps[i] / plain_steps[i - 1] < 4.5
    assert 1.5 < momentum_steps[i] / momentum_steps[i - 1] < 2.5
assert np.allclose(np.abs(first[1] - first[0]), 0.5)  # Adam's first step in the huge valley

assert heights["momentum, 0.002"][-1] == min(values[-1] for values in heights.values())
assert heights["gradient descent, 0.002"][-1] == max(values[-1] for values in heights.values())
minima = np.array([[3, 2], [3.584, -1.848], [-3.779, -3.283], [-2.805, 3.131]])
for (_, name), end in himmelblau_ends.items():
    nearest = np.linalg.norm(minima - end, axis=1).min()
    assert nearest < (0.15 if name.startswith("RMSProp") else 0.01), (name, end)
assert himmelblau_ends[0.0, "momentum, 0.01"][1] < 0 < himmelblau_ends[0.0, "Adam, 0.3"][1]

assert all(end == 0 for (_, _, start), end in ends.items() if start == 0.0)
for rate in (0.01, 0.03):
    assert -0.1 < ends["gradient descent", rate, -1.0] < 0  # stuck
    assert abs(ends["momentum", rate, -1.0] - 2.25) < 1e-6  # through
assert -0.01 < ends["RMSProp", 0.1, -1.0] < 0 < ends["Adam", 0.1, -1.0]
cycle = journeys["gradient descent, 0.1"][-4:]
assert np.allclose(cycle[:2], cycle[2:]) and abs(cycle[0] - cycle[1]) > 0.1

assert np.isclose(rates["decay"][800], 0.1 * 0.5**4)
assert max(last["decay"], last["staircase"]) < last["constant"] / (2 if QUICK else 5)
order = ("update_weight_4 =", "Square_grad =", "weight_Adam_next =", "weight_Adam_1_next =")
places = [adam_source.index(line) for line in (*order, "weight_next =", "beta1_power_next =")]
assert places == sorted(places)
assert np.allclose(network_losses["Adam, 0.01"], tinyflow_adam, rtol=0.02)
assert network_ends["Adam, 0.01"] < network_ends["gradient descent, 0.1"]
assert network_ends["momentum, 0.1"] < network_ends["RMSProp, 0.003"]
