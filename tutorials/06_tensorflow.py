"""
6. TensorFlow: the same programs in its own words
=================================================

Chapters 1 to 5 built graphs, a loss, gradients and a training loop. This chapter writes the same
programs in the words of TensorFlow 1, which many books, courses and papers use. After it one can
read such programs, say what each call of ``Session.run`` does and does not compute, and read the
NumPy function that tinyflow's Session runs in its place.
"""

# %%
# All of this runs in TensorFlow 1.15 as well, with ``import tensorflow as tf`` in the place of
# ``import tinyflow as tf``. Only a few things are tinyflow's own: the data and the pictures,
# ``sess.source``, the wording of errors, and one run without an initializer.

import os
import time
from textwrap import dedent

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow.data_sets import blobs, load_digits, split
from tinyflow.drawing import draw
from tinyflow.plot import COLORS, plot_decision_boundary, plot_loss

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# Graph, Variable, placeholder, Session
# -------------------------------------
#
# We begin with the affine map of chapter 1, but for many points at once. Each is a row of
# :math:`x`, and so the product is written the other way round: :math:`y = x A + b`. (This
# :math:`A` is its own transpose.) In TensorFlow's words a graph is made with ``tf.Graph()``, and
# ``with graph.as_default():`` says that new operations go to it. Without it they go to a graph that
# is there from the start, the *default graph*.
#
# - ``tf.placeholder(dtype, shape, name)`` is a value that comes with each run. ``None`` in a
#   shape stands for any size.
# - ``tf.Variable(initial_value, name)`` is a value that stays from run to run.
# - All else is an operation on these. It computes nothing yet.

affine = tf.Graph()
with affine.as_default():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    A = tf.Variable([[1.0, 0.0], [0.0, -1.0]], name="A")
    b = tf.Variable([1.0, 1.0], name="b")
    y = tf.add(tf.matmul(x, A), b, name="y")

print(y)
draw(y, shapes=True)

# %%
# A ``tf.Session`` holds the Variables' values and runs the graph. ``sess.run(fetches, feed_dict)``
# computes the fetches, one or a list of them, from the values that are fed.
#
# In TensorFlow 1 a Variable has no value until its *initializer* has run. ``with tf.Session()`` is
# followed by the same line in all programs: ``tf.global_variables_initializer()`` is one operation
# that runs every initializer.

with affine.as_default():
    init = tf.global_variables_initializer()

with tf.Session(graph=affine) as sess:
    sess.run(init)
    print(sess.run(y, feed_dict={x: [[1.0, 2.0]]}))
    affine_result = sess.run(y, feed_dict={x: [[1.0, 2.0], [3.0, 4.0]]})
    print(affine_result)

# %%
# The first run was fed one row, the second two: both fit the shape ``(None, 2)``. Each Session
# has values of its own, and frees them when its ``with`` ends.
#
# In TensorFlow 1 it is an error to forget the initializer. tinyflow gives a Variable its initial
# value by itself, in the first run that uses it, so here the line is allowed but not needed:

without_init = tf.Session(graph=affine).run(y, feed_dict={x: [[1.0, 2.0]]})  # tinyflow only
print(without_init)

# %%
# Names
# -----
#
# Every operation has a name, and no two in a graph have the same one. A name that is taken gets a
# number. ``with tf.name_scope("layer"):`` puts ``layer/`` before all names made inside it, which
# keeps large graphs readable.

named = tf.Graph()
with named.as_default():
    first = tf.constant(1.0, name="c")
    second = tf.constant(2.0, name="c")
    with tf.name_scope("layer"):
        inner = tf.constant(3.0, name="c")
    with tf.name_scope("layer"):
        again = tf.constant(4.0, name="c")
    weights = tf.Variable([0.0], name="weights")
    step_count = tf.Variable(0, trainable=False, name="step_count")

print([tensor.op.name for tensor in (first, second, inner, again)])
print(*[op.name for op in named.get_operations()], sep="\n")

# %%
# Scopes get numbers, too: the second ``layer`` became ``layer_1``. A Variable is several
# operations: the Variable itself, its initial value, the assignment of that value (the
# initializer) and a read.
#
# An *operation* computes, a *tensor* is one of its results. ``tensor.op`` leads from one to the
# other. A tensor is named after its operation and the number of the result: ``"c:0"`` is the
# first result of ``"c"``. With such a name one finds a tensor again in a graph that somebody else
# has made.

found = named.get_tensor_by_name("layer/c:0")
print(found, found is inner, found.op.type)
print(named.get_operation_by_name("step_count").outputs)

# %%
# A graph also keeps lists, its *collections*. Every Variable is entered in
# ``tf.global_variables()``; those that an optimizer should change are in
# ``tf.trainable_variables()`` as well. ``minimize`` looks there. A counter of steps is not
# something to learn, hence the ``trainable=False`` above.

with named.as_default():
    all_variables = [v.name for v in tf.global_variables()]
    trainable = [v.name for v in tf.trainable_variables()]
print("all:      ", all_variables)
print("trainable:", trainable)

# %%
# Static and dynamic shapes
# -------------------------
#
# There are two answers to "what shape has this tensor?". The *static* shape, ``tensor.shape``, is
# what the graph knows before anything runs; it may have gaps. The *dynamic* shape,
# ``tf.shape(tensor)``, is itself a tensor, and is known in a run.

shapes = tf.Graph()
with shapes.as_default():
    images = tf.placeholder(tf.float32, [None, 8, 8], name="images")
    rows = tf.reshape(images, [-1, 64])  # -1: whatever is left
    count = tf.shape(images)[0]
    print("static: ", images.shape, rows.shape, rows.get_shape().as_list())

with tf.Session(graph=shapes) as sess:
    print("dynamic:", sess.run([tf.shape(rows), count], {images: np.zeros([5, 8, 8])}))

# %%
# Errors that are found while the graph is built are found in static shapes. Here 64 columns meet
# a matrix of 10 rows. The message names both operands, where each was made, and the line at fault.

with shapes.as_default():
    matrix = tf.Variable(tf.zeros([10, 64]), name="matrix")
    try:
        tf.matmul(rows, matrix)
    except ValueError as error:
        build_error = str(error)
print(build_error)

# %%
# A missing feed can only be found in a run. ``rows`` needs ``images``, and nothing was fed. The
# message points at the line that made the placeholder, above.

with tf.Session(graph=shapes) as sess:
    try:
        sess.run(rows)
    except tf.errors.InvalidArgumentError as error:
        run_error = error.message
print(run_error)

# %%
# The perceptron
# --------------
#
# Now the softmax perceptron of chapters 2 to 4. Three things are said in another way.
#
# - ``tf.nn.softmax_cross_entropy_with_logits(labels=, logits=)`` takes the *logits*
#   :math:`z = x W + b`, not the probabilities, and computes
#   :math:`-\sum_k c_k \log \mathrm{softmax}(z)_k` for each row at once: chapter 3 showed why the
#   two must be computed together.
# - ``tf.reduce_mean`` over the batch replaces the sum of chapter 3, so that the learning rate need
#   not change with the size of the batch.
# - Accuracy is a graph as well: ``tf.argmax`` is the class with the largest logit, ``tf.equal``
#   gives booleans, ``tf.cast`` makes numbers of them, and their mean is the share that is right.


def perceptron(inputs, classes, rate):
    """A perceptron in a new graph: the graph, and what to feed and fetch by name."""
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(1)
        X = tf.placeholder(tf.float32, [None, inputs], name="X")
        c = tf.placeholder(tf.float32, [None, classes], name="c")
        W = tf.Variable(tf.random_normal([inputs, classes]), name="W")
        b = tf.Variable(tf.zeros([classes]), name="b")
        z = tf.add(tf.matmul(X, W, name="XW"), b, name="z")
        losses = tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=z, name="xent")
        J = tf.reduce_mean(losses, name="J")
        train = tf.train.GradientDescentOptimizer(rate).minimize(J)
        right = tf.equal(tf.argmax(z, 1), tf.argmax(c, 1))
        accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
        init = tf.global_variables_initializer()
    names = {"X": X, "c": c, "W": W, "b": b, "z": z, "J": J}
    return graph, {**names, "train": train, "accuracy": accuracy, "init": init}


# %%
# The training loop is the one that all TensorFlow 1 programs have: run the training step and the
# loss together, feed the data, print now and then. ``_`` takes what ``train`` gives, which is
# None: an operation is run for what it does.

points, labels = blobs(np.random.default_rng(0))
targets = np.eye(2)[labels]  # a row with a one in the column of the class

graph, node = perceptron(inputs=2, classes=2, rate=0.1)
sess = tf.Session(graph=graph)
sess.run(node["init"])
feed = {node["X"]: points, node["c"]: targets}

loss_curve = []
for step in range(101):
    _, loss = sess.run([node["train"], node["J"]], feed_dict=feed)
    loss_curve.append(loss)
    if step % 25 == 0:
        print(f"step {step:3}   loss {loss:.6f}")
accuracy = sess.run(node["accuracy"], feed_dict=feed)
print(f"accuracy {accuracy:.2f}")

# %%
# The loss as it fell, and where the perceptron now sees which class:


def classify(points):
    return sess.run(node["z"], feed_dict={node["X"]: points}).argmax(axis=1)


figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
plot_loss(loss_curve, left, title="Two blobs")
plot_decision_boundary(classify, points, labels, right, title="After 101 steps")
plt.show()

# %%
# This function and this loop were also run by TensorFlow 1.15, with the same points. It printed
# the five losses below. They agree with those above to the fifth decimal and beyond, which also
# says that ``tf.random_normal`` draws the same weights in both: tinyflow has TensorFlow's random
# generator, and with the same seed the same numbers.

TENSORFLOW_LOSSES = [1.0429492, 0.0748687, 0.0412837, 0.0305032, 0.0251578]
distance = np.abs(np.array(loss_curve[::25]) - TENSORFLOW_LOSSES).max()
print(f"largest difference: {distance:.1e}")

# %%
# What a run does
# ---------------
#
# ``sess.run(fetches, feed_dict)`` looks innocent, but there are rules to it.
#
# **1. Only what is needed is computed.** The Session goes back from the fetches, as in chapter 1,
# and leaves out all it does not meet. Classifying needs no labels, so none have to be fed.
# tinyflow's ``session.source`` shows the function that it runs for these fetches and feeds: one
# product and one sum, of all the operations in the graph.

some = points[:3].astype(np.float32)
print(len(graph.get_operations()), "operations in the graph\n")
print(sess.source(node["z"], {node["X"]: some}))

# %%
# **2. A feed cuts the graph.** Any tensor can be fed, not only a placeholder. The walk back from
# the fetches stops there, and nothing behind it is computed. Fed with logits, the loss needs
# neither points nor weights.

cut_loss = sess.run(node["J"], {node["z"]: [[3.0, -3.0]], node["c"]: [[1.0, 0.0]]})
print(f"loss of a sure and right answer: {cut_loss:.6f}")

# %%
# **3. Each operation runs once in a run**, however many fetches need it. All fetches of one run see
# the same value. Two runs are two computations: random numbers show the difference.

dice = tf.Graph()
with dice.as_default():
    tf.set_random_seed(6)
    throw = tf.random_uniform([], 1, 7, dtype=tf.int32)
    double = 2 * throw

with tf.Session(graph=dice) as dice_sess:
    together = [dice_sess.run([throw, double]) for _ in range(5)]
    apart = [(dice_sess.run(throw), dice_sess.run(double)) for _ in range(5)]
print("one run: ", [f"{one} and {two}" for one, two in together])
print("two runs:", [f"{one} and {two}" for one, two in apart])

# %%
# This is why the loop above fetches ``train`` and ``J`` in one run: the loss comes from the same
# pass over the data as the gradient. It is the loss *before* the step.
#
# **4. Updates are made together, at the end.** In TensorFlow 1, what a Variable shows that is read
# and changed in the same run is left open. In tinyflow it is the value from before the run, unless
# an edge says otherwise. The new values are put in place in one go, after the last computation. A
# run that fails changes nothing.

before = sess.run(node["W"])
during, _ = sess.run([node["W"], node["train"]], feed)
after = sess.run(node["W"])
print("fetched in the run itself: unchanged is", np.array_equal(before, during))
print("fetched in the next run:   unchanged is", np.array_equal(before, after))

# %%
# To see the last of these rules, a training step and an operation that fails in one run:
# ``tf.check_numerics`` raises an error if it is given something that is not a finite number.

with graph.as_default():
    infinite = tf.check_numerics(node["z"] / 0.0, "z / 0")

try:
    sess.run([node["train"], infinite], feed)
except tf.errors.InvalidArgumentError as error:
    print(error.message.splitlines()[0])
after_failure = sess.run(node["W"])
print("after a run that failed: unchanged is", np.array_equal(after, after_failure))

# %%
# **5. An edge that says otherwise** is a *control dependency*. ``with
# tf.control_dependencies([train]):`` lets what is made inside it run after ``train``, though no
# number flows from one to the other. Here a counter counts the steps: fetching ``counted`` runs a
# step, then adds one, then reads the counter.

with graph.as_default():
    counter = tf.Variable(0, trainable=False, name="counter")
    with tf.control_dependencies([node["train"]]):
        add_one = tf.assign_add(counter, 1)
    with tf.control_dependencies([add_one]):
        counted = counter.read_value()

sess.run(counter.initializer)
counts = [int(sess.run(counted, feed)) for _ in range(3)]
print(counts)

# %%
# Compiled once for each signature
# --------------------------------
#
# TensorFlow prepares a graph when it sees new fetches or feeds, and keeps what it prepared.
# tinyflow's Session does so, too: the first run *compiles* a function, and later runs with the same
# fetches, the same fed tensors and the same shapes and dtypes call it. All these together are the
# *signature* of a run; other shapes mean another function. To see that, the perceptron grows to the
# size of the handwritten digits: 64 pixels and 10 classes.

images, digits = load_digits()
(train_images, train_digits), (test_images, test_digits) = split(
    np.random.default_rng(0), images, digits
)
train_targets = np.eye(10, dtype=np.float32)[train_digits]

graph, node = perceptron(inputs=64, classes=10, rate=0.5)
sess = tf.Session(graph=graph)
sess.run(node["init"])

# %%
# Three runs with 100 digits, then two with 50, each timed.

fetches = [node["train"], node["J"]]
milliseconds = []
for size in (100, 100, 100, 50, 50):
    batch = {node["X"]: train_images[:size], node["c"]: train_targets[:size]}
    start = time.perf_counter()
    sess.run(fetches, batch)
    milliseconds.append(1000 * (time.perf_counter() - start))
    print(f"batch of {size:3}: {milliseconds[-1]:6.2f} ms")

# %%
# The first run and the fourth compile; the others only compute, and take less than a tenth of the
# time. So it pays to feed batches of one size. (A Session keeps 64 functions for the same fetches
# and fed tensors. Sizes that come and go do not fill up the memory.)
#
# The emitted function, line by line
# ----------------------------------
#
# ``session.source`` returns the text of the function that these runs call. No interpreter walks a
# graph any more: this text is what runs. We read it in parts, and begin with what is made first.

batch = {node["X"]: train_images[:100], node["c"]: train_targets[:100]}
text = sess.source(fetches, batch)
lines = text.splitlines()


def show(first, last):
    """Prints the lines of the text from the one that begins with `first` to that with `last`."""
    begins = [line.strip().startswith(first) for line in lines].index(True)
    ends = [line.strip().startswith(last) for line in lines].index(True)
    print(dedent("\n".join(lines[begins : ends + 1])))


show("def make_step", "J_4 = ")

# %%
# ``make_step`` runs once. It makes what stays the same from run to run.
#
# - ``ones``, ``constant``, ``ones_1``: constants. ``0.005`` is the learning rate, 0.5, divided by
#   100 for the mean over the batch.
# - ``buffer1 = np.empty(...)``: memory for results on the way. There are fewer buffers than
#   results: one is used again when nobody needs what is in it any more.
# - ``J_1 = buffer1.ravel()``: another look at a buffer's memory, not a copy. It is the same in
#   every run, so it is made only once.

# %%
# ``step`` runs in each run. Its arguments are the fed arrays, the Variables' values, and for each
# Variable a *spare* array of the same shape, into which its new value goes. Where an array comes
# last in a call (or is named ``out``), that is where the result is written. The comment at the end
# of a line is the operation of the graph to which it belongs, and which its result is named after;
# a line without one belongs with the line above.
#
# *The logits.* The first line, ``J = c.dot(ones, buffer1)``, adds up each row of ``c`` by a product
# with ones; the sums are needed further below. Then :math:`z = X W + b`:
#
# - ``XW = X.dot(W, buffer2)`` is the product.
# - ``buffer3[...] = b`` copies ``b`` into every row, and ``np.add`` adds. NumPy could do that by
#   itself in ``np.add(XW, b)``; for arrays this small it is quicker to copy first.

show("def step", "z = ")

# %%
# *The softmax*, for each row, with :math:`u = z - \max z` so that nothing overflows (chapter 3):
#
# - ``np.maximum.reduce`` is :math:`\max z`. Again it is copied along the rows, then subtracted:
#   ``xent_1`` is :math:`u`.
# - ``np.exp`` gives :math:`e = \exp u`, and the product with ``ones`` adds it up to
#   :math:`s = \sum_k e_k`. ``np.log`` takes the logarithm of :math:`s`.

show("xent = ", "xent_4 = ")

# %%
# *The loss.* For row :math:`i` it is :math:`-\sum_k c_{ik} (u_{ik} - \log s_i)`. All of the rows
# together, with :math:`t_i = \sum_k c_{ik}`:
#
# .. math::
#
#    \sum_i t_i \log s_i - \sum_{i,k} c_{ik} u_{ik}
#
# The two sums are two scalar products: ``J_1.dot(J_2)`` and ``c.ravel().dot(J_4)``. Their
# difference, divided by 100, is the mean. No array of logarithms of probabilities was ever made.

show("J_3 = ", "J_7 = ")

# %%
# *The gradient.* Chapter 4 had a rule for the softmax: :math:`p_k (G_k - \sum_j G_j p_j)` goes to
# the logits. Here the logarithm hands on :math:`G_j = -c_j / p_j`, and with :math:`\sum_j c_j = 1`
# the rule becomes very short, :math:`p_k - c_k`. In the text, with :math:`p = e / s`:
#
# - ``np.divide`` gives :math:`t_i / s_i`, one number a row; copied along the rows and multiplied by
#   :math:`e` this is :math:`p` (the rows of ``c`` add up to :math:`t_i = 1`).
# - ``np.subtract(..., c, ...)`` is :math:`p - c`.
# - ``np.multiply(constant, ...)`` divides by 100, because the loss is a mean, and multiplies by the
#   learning rate in the same go. All that follows is linear, so once is enough for all Variables.

show("xent_5 = ", "xent_grad = ")

# %%
# *The updates.* Let :math:`d` be ``xent_grad``. Back-propagation through :math:`z = X W + b` gives
# :math:`X^\top d` for the weights, and for the biases the sum of the rows of :math:`d`.
#
# - ``X.T.dot(xent_grad, W_spare)`` writes the step for the weights into the spare array, and
#   ``np.subtract`` takes it away from ``W``. So ``W_next`` is that spare array. The same follows
#   for ``b``; the product with ``ones_1`` adds up the rows.
# - ``return`` gives what was fetched (None for ``train``) and the new values. Only after it does
#   the Session put them in place. The old arrays are the spares of the next run.

show("update_W = ", "return (J_7")

# %%
# This is close to what one would write by hand for one perceptron, and nobody had to. How the
# Session arrives at this text is the subject of chapter 13.
#
# A multi-layer perceptron
# ------------------------
#
# A hidden layer, as in chapter 5, is a function in TensorFlow's words, with a scope of its own. The
# labels can be fed as they are, numbers from 0 to 9, if the loss is
# ``sparse_softmax_cross_entropy_with_logits``.


def dense(inputs, units, name):
    """A layer of `units` neurons: inputs W + b."""
    with tf.name_scope(name):
        size = inputs.shape.as_list()[1]
        initial = tf.truncated_normal([size, units], stddev=size**-0.5)
        W = tf.Variable(initial, name="W")
        b = tf.Variable(tf.zeros([units]), name="b")
        return tf.add(tf.matmul(inputs, W), b, name="z")


mlp = tf.Graph()
with mlp.as_default():
    tf.set_random_seed(1)
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    digit = tf.placeholder(tf.int32, [None], name="digit")
    h = tf.nn.relu(dense(X, 32, "hidden"), name="h")
    z = dense(h, 10, "output")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=digit, logits=z, name="xent")
    J = tf.reduce_mean(losses, name="J")
    train = tf.train.GradientDescentOptimizer(0.5).minimize(J)
    right = tf.equal(tf.argmax(z, 1, output_type=tf.int32), digit)
    accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
    init = tf.global_variables_initializer()
    print([v.name for v in tf.trainable_variables()])

draw(J, fold=["hidden", "output"])

# %%
# Each scope is drawn as one box. (``LabelsInRange`` is where tinyflow checks that every label is
# one of the ten classes; TensorFlow does that inside the loss.)
#
# The training loop feeds random batches of 100, and looks at the digits that were set aside every
# 50 steps.

STEPS = 300 if QUICK else 1000
rng = np.random.default_rng(1)
sess = tf.Session(graph=mlp)
sess.run(init)
mlp_losses, checks = [], []
for step in range(STEPS):
    chosen = rng.integers(0, len(train_images), 100)
    feed = {X: train_images[chosen], digit: train_digits[chosen]}
    mlp_losses.append(sess.run([J, train], feed)[0])
    if (step + 1) % 50 == 0:
        both = [(train_images, train_digits), (test_images, test_digits)]
        checks.append([sess.run(accuracy, {X: some, digit: known}) for some, known in both])
seen, unseen = np.transpose(checks)
print(f"accuracy: {seen[-1]:.3f} on digits to learn from, {unseen[-1]:.3f} on others")

# %%
# The loss of single batches jumps about; the dark line is a mean over 20 of them.

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.5), layout="constrained")
plot_loss(mlp_losses, left, window=20, title="Loss of a batch")
steps = 50 * np.arange(1, len(checks) + 1)
right.plot(steps, seen, ".-", color=COLORS[0], label="to learn from")
right.plot(steps, unseen, ".-", color=COLORS[1], label="set aside")
right.set(xlabel="step", ylabel="accuracy", title="Digits")
right.legend()
plt.show()

# %%
# TensorFlow 1.15 ran this loop on the same batches, too. After 1000 steps it, too, had 0.996 of the
# digits to learn from right, and 0.991 of the others. Its loss in the tenth step agrees with ours:

TENSORFLOW_TENTH = 1.7950648
print(f"tinyflow {mlp_losses[9]:.6f}, TensorFlow {TENSORFLOW_TENTH:.6f}")

# %%
# What we saw
# -----------
#
# - A TensorFlow 1 program builds a graph, then runs it in a Session. Names, scopes and collections
#   keep order in large graphs. Static shapes find errors early; dynamic ones are tensors.
# - A run computes what the fetches need and nothing else, stops at what is fed, computes everything
#   once, and puts all new values in place together. Control dependencies order what data does not.
# - tinyflow compiles a function for each signature. It can be read, and we have read one.
#
# Exercises:
#
# 1. Give ``dense`` an argument ``activation`` and build a network with two hidden layers. Look at
#    the names of its Variables.
# 2. Print ``sess.source(accuracy, ...)`` of the last network. Which lines of the training step's
#    text are not there, and why?
# 3. Two Variables ``a`` and ``b`` shall change places: fetch ``tf.assign(a, b)`` and
#    ``tf.assign(b, a)`` in one run. What does tinyflow do, by rule 4, and what can TensorFlow 1 do?

# %%
# The claims of this chapter, checked.

assert np.array_equal(affine_result, [[2.0, -1.0], [4.0, -3.0]])
assert [t.op.name for t in (first, second, inner, again)] == ["c", "c_1", "layer/c", "layer_1/c"]
assert found is inner and trainable == ["weights:0"]
assert "(?, 64) times (10, 64)" in build_error and "tf.matmul(rows, matrix)" in build_error
assert "'images'" in run_error and "images = tf.placeholder" in run_error
assert distance < 1e-5 and abs(mlp_losses[9] - TENSORFLOW_TENTH) < 1e-5
assert all(two == 2 * one for one, two in together) and any(two != 2 * one for one, two in apart)
assert abs(cut_loss - np.log1p(np.exp(-6))) < 1e-6
assert np.array_equal(before, during) and not np.array_equal(before, after)
assert np.array_equal(after, after_failure) and counts == [1, 2, 3]
assert "J = c.dot(ones, buffer1)" in text and "buffer3[...] = b" in text
assert "J_1.dot(J_2)" in text and "c.ravel().dot(J_4)" in text
assert "constant = np.array(0.005" in text and "X.T.dot(xent_grad, W_spare)" in text
assert QUICK or np.allclose([seen[-1], unseen[-1]], [0.996, 0.991], atol=0.01)
