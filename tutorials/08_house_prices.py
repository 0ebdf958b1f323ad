"""
8. House prices
===============

So far the data were made up. Now they are real: what did houses cost, and can it be told from
their age and place? This chapter goes the whole way, from a look at the data to an error in money:
splitting, normalising, mini-batches, a linear model, a network, and how to see and stop
over-fitting. After it you can train a network on a table of your own.
"""

# %%
# From chapter 4 we take gradient descent, from chapter 5 the network with a hidden layer, and from
# chapter 7 the mean squared error.

import os

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow import plot
from tinyflow.data_sets import load_boston, load_taipei, split
from tinyflow.drawing import draw
from tinyflow.progress import progress

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# 414 sales
# ---------
#
# The data are 414 sales of houses in Xindian, a district of New Taipei City, from 2012 and 2013
# (I-Cheng Yeh, UCI Machine Learning Repository, licence CC BY 4.0). A row is a sale. The price is
# in units of 10,000 New Taiwan dollars for a *ping* of floor, which is 3.3 square metres.

houses = load_taipei()
print(*[f"{name:>9}" for name in (*houses.columns, "price")])
for row in np.column_stack([houses.examples, houses.prices])[:4]:
    print(*[f"{number:9.3f}" for number in row])

# %%
# The date is in years, the age of the house too, the distance is that to the nearest metro station
# in metres, and ``shops`` counts the convenience stores within a walk. The third and the fourth
# sale differ in nothing but the month, and in their price by 7.5: no model can be exact here.
#
# Before anything is computed, the sales are divided in three, by chance:
#
# - the *training set*, 60 per cent: the network learns from these,
# - the *validation set*, 20 per cent: we look at the errors there when we have to choose something,
# - the *test set*, 20 per cent: put away now, and used once, at the end.
#
# The test set answers the question that matters: how large is the error on houses that played no
# part in the work? Whatever was used to learn or to choose cannot answer it. Even a mean taken of
# all the data would let something of the test set leak into the training. So the split comes first.


def three_sets(examples, prices, seed):
    """Training, validation and test set, each a pair of examples and prices."""
    rng = np.random.default_rng(seed)
    known, test = split(rng, examples, prices, test=0.2)
    train, valid = split(rng, *known, test=0.25)  # a quarter of 80 per cent: 20 per cent
    return train, valid, test


sales = three_sets(houses.examples, houses.prices, seed=0)
(train_X, train_y), (valid_X, valid_y), (test_X, test_y) = sales
print("training, validation and test sales:", len(train_X), len(valid_X), len(test_X))

# %%
# We look at the training set. These are the scales of its columns:

for name, column in zip(houses.columns, train_X.T, strict=True):
    low, high = column.min(), column.max()
    print(f"{name:9}  from {low:8.2f} to {high:8.2f}, standard deviation {column.std():8.3f}")

# %%
# And this is the price against each of them:

figure, axes = plt.subplots(2, 3, figsize=(9, 5), sharey=True, layout="constrained")
for column, name in enumerate(houses.columns):
    axis = axes.flat[column]
    axis.scatter(train_X[:, column], train_y, s=9, color=plot.COLORS[0], alpha=0.6)
    axis.set(xlabel=name)
    axis.ticklabel_format(useOffset=False)
    axis.locator_params(axis="x", nbins=3)
for axis in axes[:, 0]:
    axis.set(ylabel="price (10,000 NTD a ping)")
plt.show()

# %%
# A house near a metro station costs more, and the fall is not a straight line: steep at first, then
# flat. New houses cost more, and so do many of the oldest. The north and the east of the
# district are dearer. The date says little.
#
# A linear model
# --------------
#
# The first model is the simplest one. The predicted price :math:`\hat y` is a weighted sum of the
# columns, plus a constant: :math:`\hat y = X w + b`.


def affine(x, weights, suffix):
    """x W + b, with new variables that start at `weights` and zero."""
    W = tf.Variable(weights, name=f"W{suffix}")
    b = tf.Variable(np.zeros(weights.shape[1]), name=f"b{suffix}")
    return tf.add(tf.matmul(x, W), b, name=f"affine{suffix}")


# %%
# We write a class for all networks of this chapter. Without a hidden layer it is the linear model,
# with one it is a multi-layer perceptron, like the one in the picture. The learning rate is a
# placeholder, so that it can be changed in the course of the training.


class Network:
    """A graph and a Session: a linear model, or a network with a layer of sigmoid units."""

    def __init__(self, inputs, hidden=0, seed=0):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.X = tf.placeholder(tf.float64, [None, inputs], name="X")
            self.y = tf.placeholder(tf.float64, [None, 1], name="y")
            self.rate = tf.placeholder(tf.float64, [], name="rate")
            last = self.X
            if hidden:
                rng = np.random.default_rng(seed)
                W1 = rng.standard_normal((inputs, hidden)) / np.sqrt(inputs)
                last = tf.sigmoid(affine(last, W1, "1"), name="hidden")
                W2 = rng.standard_normal((hidden, 1)) / np.sqrt(hidden)
            else:
                W2 = np.zeros((inputs, 1))
            self.predicted = affine(last, W2, "2")
            self.loss = tf.reduce_mean(tf.squared_difference(self.y, self.predicted), name="loss")
            self.step = tf.train.GradientDescentOptimizer(self.rate).minimize(self.loss)
            self.variables = tf.trainable_variables()
        self.session = tf.Session(graph=self.graph)


draw(Network(inputs=6, hidden=10).loss)

# %%
# Mini-batches and epochs
# -----------------------
#
# The gradient of the mean over all houses is expensive, and an estimate of it is good enough for a
# step. So each step looks at a *mini-batch*, here 16 houses. A pass through the whole training set
# is an *epoch*. Each epoch shuffles anew: otherwise the same houses would always share a batch, and
# the last batch would have the last word every time.


def mini_batches(rng, count, size):
    """The rows 0 to count - 1 in a random order, `size` at a time; the last may be fewer."""
    order = rng.permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def train_epoch(network, X, y, rng, rate, size=16):
    """One pass through the training set."""
    for rows in mini_batches(rng, len(X), size):
        feed_dict = {network.X: X[rows], network.y: y[rows], network.rate: rate}
        network.session.run(network.step, feed_dict)


def rmse(network, X, y):
    """The root of the mean squared error."""
    return float(np.sqrt(network.session.run(network.loss, {network.X: X, network.y: y})))


# %%
# Why the inputs must be normalised
# ---------------------------------
#
# What happens if the table is used as it is? Here is the root of the mean squared error (RMSE),
# which is in the unit of the price, before the first step and after each of the first four:

linear = Network(inputs=6)
raw_errors = [rmse(linear, train_X, train_y)]
for rows in mini_batches(np.random.default_rng(0), len(train_X), 16)[:4]:
    feed_dict = {linear.X: train_X[rows], linear.y: train_y[rows], linear.rate: 0.05}
    linear.session.run(linear.step, feed_dict)
    raw_errors.append(rmse(linear, train_X, train_y))
print("RMSE:", *[f"{error:.1e}" for error in raw_errors])

# %%
# It explodes. The distances are in the thousands, and the curvature of the loss along the weight of
# a column grows with the square of what is in the column. A step that is right for the small
# columns overshoots the valley of the large ones, and ends up higher on the other side. A learning
# rate that is small enough prevents that:

for rate in 1e-7, 1e-8:
    linear = Network(inputs=6)
    rng = np.random.default_rng(0)
    for _ in range(10 if QUICK else 100):
        train_epoch(linear, train_X, train_y, rng, rate)
    stalled = rmse(linear, train_X, train_y)
    print(f"rate {rate:.0e}: RMSE {stalled:6.2f}")
print(f"guessing the mean price: {train_y.std():.2f}")

# %%
# Now it stalls at about 9.9 with either rate; the best linear model will come to 8.5. What the
# large columns say has been learned: the distance, and the date, which is always about 2013 and
# serves as a constant. Latitude and longitude differ in the second decimal place, and a rate that
# the distance can bear hardly moves their weights. The loss is a narrow valley. How narrow is told
# by a *condition number*: the curvature in the steepest direction, divided by that in the flattest.
# For the mean squared error of a linear model NumPy has it ready: it is the square of what
# ``np.linalg.cond`` says about the table.


def condition_number(X):
    table = np.column_stack([X, np.ones(len(X))])  # the ones stand for the constant b
    return np.linalg.cond(table) ** 2


raw_condition = condition_number(train_X)
print(f"condition number: {raw_condition:.0e}")

# %%
# The remedy is to give all columns the same scale. From each its mean is subtracted, and the result
# is divided by its standard deviation. Mean and deviation are taken of the *training set* alone and
# used for all three sets: what a test house looks like must not enter, and a house that is sold
# tomorrow will be normalised in the same way. The price is normalised, too. To turn an error back
# into money, we multiply it by the deviation of the price, ``unit``.


def normalised(train, *others):
    """The sets with every column and the price at mean 0 and deviation 1 in the training set."""
    X, y = train
    return [
        ((examples - X.mean(axis=0)) / X.std(axis=0), (prices - y.mean()) / y.std())
        for examples, prices in (train, *others)
    ]


train_set, valid_set, test_set = normalised(*sales)
mean_price, unit = train_y.mean(), train_y.std()
print("mean of the columns:     ", np.abs(train_set[0].mean(axis=0)).round(6))
print("deviation of the columns:", train_set[0].std(axis=0).round(6))
print(f"condition number: {condition_number(train_set[0]):.0f}")

# %%
# The valley is far rounder now, and a rate of 0.02 works. A constant rate leaves the weights
# jumping about the minimum, since every batch pulls in its own direction, so the last epochs use a
# smaller one.

linear = Network(inputs=6)
rng = np.random.default_rng(0)
for rate in 0.02, 0.005, 0.001:
    for _ in range(20 if QUICK else 150):
        train_epoch(linear, *train_set, rng, rate)
    print(f"rate {rate}: RMSE {unit * rmse(linear, *train_set):.4f}")

# %%
# A linear model needs no gradient descent. Its mean squared error is a quadratic function of the
# weights, so that linear algebra finds the minimum at once: *least squares*. That makes it a good
# test of our training. A column of ones stands for the constant :math:`b`.


def least_squares(X, y):
    """The weights of the best linear model, the constant last."""
    return np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]


def linear_rmse(weights, X, y):
    """The error of a linear model with these weights."""
    return np.sqrt(np.mean((X @ weights[:-1] + weights[-1] - y) ** 2))


exact = least_squares(*train_set)
weights, constant = linear.session.run(linear.variables)
learned = np.append(weights, constant)
for name, by_steps, by_algebra in zip([*houses.columns, "constant"], learned, exact, strict=True):
    print(f"{name:9}  gradient descent {by_steps:7.4f}   least squares {by_algebra.item():7.4f}")
print(f"RMSE of least squares: {unit * linear_rmse(exact, *train_set):.4f}")

# %%
# They agree. As all columns have the same scale, the weights can be compared. Distance and shops
# count most: the one pulls the price down, the other up.
#
# How large a batch?
# ------------------
#
# Now a multi-layer perceptron: six inputs, ten sigmoid units, one linear output. Four copies are
# trained at the same learning rate, with batches of 1, 8, 32 and all houses, and the same number of
# epochs.

EPOCHS = 3 if QUICK else 60
sizes = [1, 8, 32, len(train_X)]
curves = {}
for size in sizes:
    network = Network(inputs=6, hidden=10)
    rng = np.random.default_rng(0)
    curves[size] = [unit * rmse(network, *train_set)]
    for _ in range(EPOCHS):
        train_epoch(network, *train_set, rng, rate=0.05, size=size)
        curves[size].append(unit * rmse(network, *train_set))
    steps = EPOCHS * len(mini_batches(rng, len(train_X), size))
    print(f"batches of {size:3}: {steps:5} steps, RMSE {curves[size][-1]:.2f}")

# %%
# The left picture shows the error against epochs, that is, against houses looked at. The right one
# shows it against steps.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for size, color in zip(sizes, plot.COLORS, strict=False):
    steps = np.arange(EPOCHS + 1) * len(mini_batches(rng, len(train_X), size))
    left.plot(curves[size], color=color, label=f"{size}")
    right.plot(steps[1:], curves[size][1:], color=color, label=f"{size}")
left.set(xlabel="epoch", ylabel="training RMSE (10,000 NTD a ping)", title="By epochs")
right.set(xlabel="step", xscale="log", title="By steps")
right.legend(title="batch size")
for axis in left, right:
    axis.grid(alpha=0.3)
plt.show()

# %%
# An epoch of small batches has many steps and gets further, and its error jumps: a batch of one
# house is a poor estimate of the whole. The full batch goes down smoothly and slowly, one step an
# epoch. Step for step the curves are close: most of what a large batch computes is not
# needed for a step. Between the extremes, 8 to 32 is a usual choice for so few data.
#
# Learning and over-fitting
# -------------------------
#
# Next a network that is too large on purpose, with 50 hidden units, and a long training. After
# every epoch we note the errors on the training set and on the validation set, and whenever the
# latter is the lowest so far, we keep a copy of the weights.


def train(network, train_set, valid_set, epochs, rate, title):
    """Trains, returns both errors of each epoch, and leaves the best weights in the network."""
    rng = np.random.default_rng(0)
    history, best = [], np.inf
    for _ in progress(epochs, title):
        train_epoch(network, *train_set, rng, rate)
        history.append((rmse(network, *train_set), rmse(network, *valid_set)))
        if history[-1][1] < best:
            best = history[-1][1]
            best_weights = network.session.run(network.variables)
    for variable, value in zip(network.variables, best_weights, strict=True):
        variable.load(value, network.session)
    return np.array(history)


# %%
# This network is trained twice: on 80 of the training sales, and on all 248.

EPOCHS = 20 if QUICK else 1500
few = Network(inputs=6, hidden=50)
few_sales = train_set[0][:80], train_set[1][:80]
few_history = unit * train(few, few_sales, valid_set, EPOCHS, 0.1, "80 sales")
large = Network(inputs=6, hidden=50)
history = unit * train(large, train_set, valid_set, EPOCHS, 0.1, "248 sales")
for count, errors in (80, few_history), (len(train_X), history):
    best = errors[:, 1].argmin()
    print(f"{count:3} sales, best epoch {best + 1:4}: ", end="")
    print(f"training {errors[best, 0]:5.2f}, validation {errors[best, 1]:5.2f}")
    print(f"           last epoch {EPOCHS:4}: ", end="")
    print(f"training {errors[-1, 0]:5.2f}, validation {errors[-1, 1]:5.2f}")

# %%
# These are the learning curves. The strong lines are means over 25 epochs.


def plot_learning(errors, axis, title):
    epochs = np.arange(1, len(errors) + 1)
    window = min(25, len(errors))
    for column, name in enumerate(["training", "validation"]):
        color = plot.COLORS[column]
        mean = np.convolve(errors[:, column], np.ones(window) / window, "valid")
        axis.plot(epochs, errors[:, column], color=color, lw=0.5, alpha=0.3)
        axis.plot(epochs[window // 2 :][: len(mean)], mean, color=color, label=name)
    best = errors[:, 1].argmin() + 1
    axis.axvline(best, color=plot.COLORS[7], ls="dashed", label="lowest validation error")
    axis.set(xlabel="epoch", title=title, ylim=(3, 16))
    axis.grid(alpha=0.3)


figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
plot_learning(few_history, left, "50 units, 80 sales")
plot_learning(history, right, "50 units, 248 sales")
left.set(ylabel="RMSE (10,000 NTD a ping)")
right.legend()
plt.show()

# %%
# The training error goes on falling. On the left, the validation error falls with it at first,
# turns, and rises: the network has begun to learn its sales by heart, with what was chance in their
# prices. This is *over-fitting*. On the right it comes late and slowly: more data are the best
# remedy. The cheapest is *early stopping*: use the weights from the epoch with the lowest
# validation error. ``train`` has put these back already.
#
# The smaller network gets the same treatment. Of the two we take the one with the lower validation
# error.

small = Network(inputs=6, hidden=10)
small_history = unit * train(small, train_set, valid_set, EPOCHS, 0.1, "10 units")
best_small, best_large = small_history[:, 1].min(), history[:, 1].min()
linear_valid = unit * rmse(linear, *valid_set)
print("lowest validation error:")
print(f"  10 units {best_small:.2f}, 50 units {best_large:.2f}, linear model {linear_valid:.2f}")
chosen = small if best_small <= best_large else large

# %%
# The test
# --------
#
# Everything has been chosen. Now, once, the test set. To have something to compare with, we also
# test the linear model, and a model that always guesses the mean price of the training set.
# (A confession: while this chapter was written, the number of epochs was changed after test errors
# had been seen. With 1,200 epochs instead of 1,500 the network's error below came out as 9.9.)

guess_error = np.sqrt(np.mean((test_y - mean_price) ** 2))
linear_error = unit * rmse(linear, *test_set)
chosen_error = unit * rmse(chosen, *test_set)
print("RMSE on the test set, in 10,000 NTD a ping:")
print(f"  the mean price   {guess_error:5.2f}")
print(f"  linear model     {linear_error:5.2f}")
print(f"  network          {chosen_error:5.2f}")

# %%
# That is a surprise: the network is no better than the linear model, though it was much better on
# the validation set. Before we believe either, we look at the predictions against the true prices.
# On the dashed line they would be equal.


def prices(network, X):
    return mean_price + unit * network.session.run(network.predicted, {network.X: X})


figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), sharey=True, layout="constrained")
for axis, network, title in zip(axes, (linear, chosen), ("linear model", "network"), strict=True):
    axis.scatter(test_y, prices(network, test_set[0]), s=14, color=plot.COLORS[0], alpha=0.7)
    axis.plot([5, 120], [5, 120], color=plot.COLORS[7], ls="dashed")
    axis.set(xlabel="true price (10,000 NTD a ping)", title=title, aspect="equal")
axes[0].set(ylabel="predicted price")
plt.show()

# %%
# One sale is far from all others. It is the dearest of all 414, at 117.5, and by chance it is in
# the test set. Both models expect about 40. How much of the squared error is due to it?

squared_errors = (prices(chosen, test_set[0]) - test_y) ** 2
share = squared_errors[test_y.argmax()].item() / squared_errors.sum()
print(f"share of one sale in the squared error of the network: {share:.0%}")

# %%
# A test on 83 sales that hangs on one of them tells little. It would be wrong to leave out the sale
# now, or to look for a split that pleases us more. What one can do is to repeat the *whole* work,
# splitting included, several times. (The sets overlap from split to split, so these are not
# independent tests, but they are far better than one.)


def experiment(examples, prices, seed, epochs):
    """Splits and trains; the test errors of the mean price, a linear model and a network."""
    sets = three_sets(examples, prices, seed)
    unit = sets[0][1].std()
    train_set, valid_set, test_set = normalised(*sets)
    network = Network(inputs=examples.shape[1], hidden=10, seed=seed)
    train(network, train_set, valid_set, epochs, 0.1, f"split {seed}")
    mean_error = np.sqrt(np.mean(test_set[1] ** 2))
    linear_error = linear_rmse(least_squares(*train_set), *test_set)
    return unit * np.array([mean_error, linear_error, rmse(network, *test_set)])


SPLITS = range(1, 3) if QUICK else range(1, 11)
EPOCHS = 20 if QUICK else 200
taipei = np.array([experiment(*houses[:2], seed, EPOCHS) for seed in SPLITS])
print("split    mean price   linear   network")
for seed, errors in zip(SPLITS, taipei, strict=True):
    print(f"{seed:5}    {errors[0]:10.2f}   {errors[1]:6.2f}   {errors[2]:7.2f}")
print("mean     {:10.2f}   {:6.2f}   {:7.2f}".format(*taipei.mean(axis=0)))

# %%
# The network wins on nine of ten splits, by about a tenth of the error. The errors of one model on
# different splits differ by more than that, which is why one split could not tell.
#
# Which inputs matter?
# --------------------
#
# The weights of a network with a hidden layer cannot be read like those of a linear model. But one
# can ask: how much larger is the error if a column is made useless? *Permutation importance*
# shuffles one column among the houses, so that every house has the value of another, and looks at
# the error. The shuffling is done 20 times on the validation set, and the mean is taken.


def importance(network, X, y, column, rng, times=20):
    """How much the error grows, on average, when a column is shuffled."""
    errors = []
    for _ in range(times):
        shuffled = X.copy()
        shuffled[:, column] = rng.permutation(X[:, column])
        errors.append(rmse(network, shuffled, y))
    return np.mean(errors) - rmse(network, X, y)


rng = np.random.default_rng(0)
growth = unit * np.array([importance(chosen, *valid_set, column, rng) for column in range(6)])
figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
ascending = np.argsort(growth)
axis.barh([houses.columns[i] for i in ascending], growth[ascending], color=plot.COLORS[0])
axis.set(xlabel="growth of the RMSE when shuffled (10,000 NTD a ping)")
plt.show()

# %%
# The distance is what the network relies on most. Such a picture says what *this network uses*, not
# what makes a house expensive. Columns that go together can stand in for each other, and share
# their importance. Distance and longitude do:

correlation = np.corrcoef(train_X.T)[2, 5]
print(f"correlation of {houses.columns[2]} and {houses.columns[5]}: {correlation:.2f}")

# %%
# Boston, a retired data set
# --------------------------
#
# Many texts and courses train their first network on another table: 506 census tracts of Boston
# in 1970, with 13 columns and the median value of a house in thousands of dollars. Its authors,
# Harrison and Rubinfeld (1978), studied what clean air is worth. One of the columns, called ``B``,
# is :math:`1000 \, (b - 0.63)^2`, where :math:`b` is the share of Black residents. It was built on
# the assumption that racial self-segregation affects the price of houses. The assumption is not
# something that was measured, and :math:`b` cannot be had back from the column, as different shares
# give the same number. The library scikit-learn advised against the data for this reason, and
# removed them in version 1.2.
#
# We use them only to repeat what those texts show: a network with 13 inputs, 10 sigmoid units and
# one output, in the same way as before. Beside it stands a network without the column ``B``.

boston = load_boston()
without_B = np.delete(boston.examples, boston.columns.index("B"), axis=1)
SPLITS = range(1, 2) if QUICK else range(1, 7)
results = {}
for title, examples in ("13 columns", boston.examples), ("without B", without_B):
    runs = [experiment(examples, boston.prices, seed, EPOCHS) for seed in SPLITS]
    results[title] = np.array(runs)
    means = results[title].mean(axis=0)
    print(f"{title}: mean price {means[0]:.2f}, linear {means[1]:.2f}, network {means[2]:.2f}")

# %%
# These are test errors in thousands of dollars, the mean over six splits. The network's lead over
# the linear model is larger here than in Taipei. Leaving out ``B`` changes little: the difference
# goes either way, and the splits differ from each other by much more. The picture shows it for the
# network.

figure, axis = plt.subplots(figsize=(7, 3.3), layout="constrained")
places = np.arange(len(SPLITS))
for shift, (title, errors) in zip((-0.2, 0.2), results.items(), strict=True):
    color = plot.COLORS[0] if shift < 0 else plot.COLORS[1]
    axis.bar(places + shift, errors[:, 2], width=0.38, color=color, label=title)
axis.set(xlabel="split", ylabel="test RMSE (1000 USD)", xticks=places, xticklabels=SPLITS)
axis.set(title="Boston: a network with ten units", ylim=(0, 1.2 * axis.get_ylim()[1]))
axis.legend(loc="upper left", ncols=2)
plt.show()

# %%
# What we saw
# -----------
#
# - Split first. Learn from the training set, choose by the validation set, report the test set.
# - Columns of different scales make a narrow valley, in which gradient descent explodes or stalls.
#   Normalising by the training set's mean and deviation mends it.
# - Small batches take many cheap steps; a smaller rate at the end calms their jumping.
# - A linear model is quickly made, can be checked against least squares, and is what a network has
#   to beat.
# - A network that trains for too long learns chance by heart. The validation error shows it, and
#   early stopping ends it.
# - One number from one split is not much. Look at the errors one by one, and repeat.
#
# Exercises:
#
# 1. Replace the distance by its logarithm. What does that do to the linear model?
# 2. Use the mean of the absolute errors as the loss. Which sales does the network now care less
#    about?
# 3. Over-fitting can also be countered by *weight decay*: add ``0.001`` times the sum of the
#    squared weights to the loss of the large network. How does its validation error go on?

# %%
# The claims of this chapter, checked.

assert (houses.examples[2, 1:] == houses.examples[3, 1:]).all()
assert raw_errors[-1] > 1e20
assert 9.5 < stalled < train_y.std()
assert raw_condition > 1e12 and condition_number(train_set[0]) < 100
np.testing.assert_allclose(learned, exact.ravel(), atol=0.1 if QUICK else 0.005)
assert linear_rmse(exact, *train_set) <= rmse(linear, *train_set) < stalled / unit
np.testing.assert_allclose(unit * rmse(large, *valid_set), best_large)  # weights put back
assert history[-1, 0] < history[0, 0]
assert correlation < -0.7
assert max(linear_error, chosen_error) < guess_error
assert share > 0.5
assert (taipei[:, 1:] < taipei[:, :1]).all()
assert houses.columns[growth.argmax()] == "distance"
assert curves[1][-1] < curves[32][-1] < curves[len(train_X)][-1]
if not QUICK:
    assert few_history[-1, 1] > few_history[:, 1].min() + 3
    assert few_history[-1, 0] < few_history[few_history[:, 1].argmin(), 0]
    assert few_history[:, 1].min() > best_large and few_history[-1, 1] > history[-1, 1]
    assert min(best_small, best_large) < linear_valid - 1
    assert chosen_error > 0.9 * linear_error
    assert taipei[:, 2].mean() < 0.95 * taipei[:, 1].mean()
    assert np.sum(taipei[:, 2] < taipei[:, 1]) >= 8
    for errors in results.values():
        assert (errors[:, 2] < errors[:, 1]).all()
    difference = results["13 columns"][:, 2] - results["without B"][:, 2]
    assert difference.min() < 0 < difference.max() and abs(difference.mean()) < 0.3
