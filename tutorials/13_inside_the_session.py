"""
13. Inside the Session: from a graph to a NumPy function
========================================================

The Session of tinyflow does not walk the graph in each run. It writes a NumPy function once, and
calls that. This chapter takes the way from the graph to the function one stage at a time: what is
needed, which NumPy calls that comes to, how they become fewer and cheaper, and where the results
are kept. After it one can read any text that ``session.source`` prints, and measure what each
step of the way is worth.
"""

# %%
# Chapter 6 read such a text line by line; here we make one. The stages are:
#
# 1. *plan*: which operations are needed, in which order;
# 2. *record*: which NumPy calls they make;
# 3. *rewrite*: fewer and cheaper calls with the same result;
# 4. *buffers*: where each result is written;
# 5. *emit*: the text, which Python compiles and the Session runs.
#
# They are functions in ``tinyflow.compiler``. A program does not need them, since ``Session.run``
# calls them all. We call them by hand to look at what passes from one to the next.

import difflib
import os
import re
import textwrap
import time

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

import tinyflow as tf
from tinyflow.compiler.buffers import lay_out
from tinyflow.compiler.emit import emit
from tinyflow.compiler.plan import plan
from tinyflow.compiler.record import VIEWS
from tinyflow.compiler.rewrite import RULES, rewrite
from tinyflow.compiler.trace import trace
from tinyflow.compiler.walk import operands
from tinyflow.data_sets import load_digits
from tinyflow.plot import COLORS

QUICK = "TINYFLOW_QUICK" in os.environ

# %%
# The program to look at is the softmax perceptron of chapters 2 to 4, on a batch of 100
# handwritten digits. Its loss is written out as :math:`-\sum c \log p` with
# :math:`p = \mathrm{softmax}(x W + b)`. That is short and, taken literally, not how one should
# compute it, as chapter 3 showed. We shall see what becomes of it.


def dense(x, inputs, units):
    W = tf.Variable(tf.random_normal([inputs, units], stddev=inputs**-0.5), name="W")
    b = tf.Variable(tf.zeros([units]), name="b")
    return tf.add(tf.matmul(x, W, name="xW"), b, name="z")


def perceptron(X, c):
    p = tf.nn.softmax(dense(X, 64, 10), name="p")
    return tf.negative(tf.reduce_sum(c * tf.log(p)), name="J")


pixels, digits = load_digits()
images = pixels[:100]
targets = np.eye(10, dtype=np.float32)[digits[:100]]

graph = tf.Graph()
with graph.as_default():
    tf.set_random_seed(1)
    X = tf.placeholder(tf.float32, [None, 64], name="X")
    c = tf.placeholder(tf.float32, [None, 10], name="c")
    J = perceptron(X, c)
    train = tf.train.GradientDescentOptimizer(0.005).minimize(J)
    init = tf.global_variables_initializer()

session = tf.Session(graph=graph)
session.run(init)
feed = {X: images, c: targets}

# %%
# Stage 1: the plan
# -----------------
#
# Which operations does a run need? Those that a walk back from the fetches meets, and it stops at
# what is fed: the post-order of chapter 1. ``plan`` takes the fetched operations, the fed tensors
# and the names of the Variables that have a value.

values = {"W": session.run("W:0"), "b": session.run("b:0")}
needed = plan([J.op, train], feed, values)
left_out = [op.name for op in graph.get_operations() if op not in needed]
print(len(graph.get_operations()), "operations in the graph,", len(needed), "in the plan")
print(textwrap.fill("left out: " + ", ".join(left_out), 90))

# %%
# Left out are the placeholders, which are fed; what gives ``W`` and ``b`` their first values, since
# they have values; and ``gradients/mul_grad/mul``, the gradient by the targets ``c``, which nobody
# asked for.
#
# Stage 2: recording
# ------------------
#
# Every operation has a method ``compute``, plain NumPy. The Session wants to know which calls it
# will make, before there are any numbers. So it runs ``compute`` on stand-ins for arrays. NumPy
# itself makes that possible: when a ufunc such as ``np.exp`` is given an object with a method
# ``__array_ufunc__``, it calls that method instead of computing. Here is a stand-in that writes
# down what is asked of it. (``NDArrayOperatorsMixin`` turns ``a - b`` into ``np.subtract(a, b)``.)


class StandIn(NDArrayOperatorsMixin):
    """Takes the place of an array, and notes the calls that are made with it."""

    def __init__(self, name, calls):
        self.name, self.calls = name, calls

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        function = "np." + ufunc.__name__ + ("" if method == "__call__" else "." + method)
        arguments = [getattr(x, "name", repr(x)) for x in inputs]
        arguments += [f"{key}={value}" for key, value in kwargs.items()]
        result = StandIn(f"t{len(self.calls) + 1}", self.calls)
        self.calls.append((result.name, function, ", ".join(arguments)))
        return result


def softmax(z):
    e = np.exp(z - np.maximum.reduce(z, axis=1, keepdims=True))
    return e / np.add.reduce(e, axis=1, keepdims=True)


own_calls = []
softmax(StandIn("z", own_calls))
for name, function, arguments in own_calls:
    print(f"{name} = {function}({arguments})")

# %%
# The function ran from beginning to end, and no number was computed. tinyflow's stand-in is
# called ``Expr``; it also knows the shape and dtype that each result will have, since a function
# is compiled for one set of fed shapes. Whatever does not depend on a feed or a Variable is
# computed on the spot and becomes a constant. ``trace`` records a whole plan:

recorded = trace([J], [train], feed, values)


def computed(trace):
    """The calls of a trace that compute something: no arguments, constants or views."""
    leaves = {"feed", "state", "const"}
    return [call for call in trace.calls if call.fn not in leaves | VIEWS]


for call in computed(recorded):
    print(f"{call.fn:18} {call.shape!s:10} {call.op.name}")

softmax_calls = [call.fn for call in recorded.calls if call.op.name == "p"]

# %%
# The operation ``p``, a softmax, came to the same five calls that our own stand-in noted. The
# shapes are those of a batch of 100. The gradients are there as well: ``minimize`` added them to
# the graph as operations like any others.
#
# Stage 3: rewriting
# ------------------
#
# The record is correct, and wasteful. *Rules* rewrite it: each looks for a pattern of calls and
# puts others in its place that give the same result up to rounding. A rule has a name, and its
# equation stands at the beginning of its docstring.

equations = {name: " ".join(f.__doc__.split("\n\n")[0].split()) for name, f in RULES.items()}
print(len(RULES), "rules, among them:\n")
for name in ("small_powers", "transpose_twice", "product_of_matrices"):
    print(textwrap.fill(f"{name}: {equations[name]}", 90) + "\n")

# %%
# ``rewrite`` applies them in two rounds. First comes algebra; then, for the shapes at hand, the
# cheaper of two calls that do the same. Rules that must see many calls at once stand between.
# Equal calls become one, and what nobody needs disappears.
#
# From the rewritten record ``emit`` writes the text (it plans the buffers on the way; we come to
# them as stage 4). It is the very text of ``session.source``:

rewritten = rewrite(recorded)
text = emit(rewritten).text
print("the text that the Session runs:", text == session.source([J, train], feed))

# %%
# The number of calls says little, since calls differ. Some functions take much longer for each
# number than a product or a sum: how many numbers do they compute, before and after?


def numbers_computed(trace, function):
    return sum(call.size for call in computed(trace) if call.fn == function)


counts = {}
for function in ("np.exp", "np.log", "np.divide"):
    counts[function] = [numbers_computed(record, function) for record in (recorded, rewritten)]
    before, after = counts[function]
    print(f"{function:10} {before:5} before, {after:5} after")

# %%
# A batch has 1000 probabilities. Only ``exp`` still looks at them all; one logarithm and one
# division for each of the 100 rows are left.
#
# Rules can be switched off, for one Session, by its ``config``: all of them with TensorFlow's
# ``opt_level=L0``, or some by name, with an option of tinyflow's own, ``without``.


def session_with(graph, **options):
    """A Session that applies fewer rules, with the Variables at their first values."""
    optimizer_options = tf.OptimizerOptions(**options)
    graph_options = tf.GraphOptions(optimizer_options=optimizer_options)
    session = tf.Session(graph=graph, config=tf.ConfigProto(graph_options=graph_options))
    session.run(graph.get_operation_by_name("init"))
    return session


no_rules = session_with(graph, opt_level=tf.OptimizerOptions.L0)
print(no_rules.source([J, train], feed))

# %%
# That is the training step without a single rule. Follow ``p_4``, the softmax: its logarithm is
# taken, the gradient of the logarithm divides by it (``Log_grad``), and the gradient of the softmax
# multiplies by it again. And this is the text with all rules:

print(text)

# %%
# There is no division by ``p`` left, and no logarithm of it. Two different things have happened:
# the *work* became less, and some calls became others that are merely quicker. We now take some
# of the rules one by one.
#
# Rules one by one
# ----------------
#
# To see what a rule does, we write the text without it and the text with it and print the lines
# that differ. Comments are dropped, and so are the numbers of buffers and constants and the places
# where results go, which would hide the rest. ``off`` are rules that both texts do without.


def step_lines(text):
    """What `step` computes, a line for each call."""
    lines = []
    for line in text.splitlines():
        if line.startswith(8 * " ") and "return" not in line:
            line = re.sub(r"\b(buffer|constant|ones)_?\d+", r"\1", line.split("#")[0].strip())
            call, _, last = line.rpartition(", ")
            written = last in ("buffer)", "out=buffer)") or "_spare)" in last or "_part" in last
            lines.append(call + ")" if written else line)
    return lines


def show_rule(graph, fetches, feed, *names, off=()):
    """Prints what becomes of a program's text by some rules."""
    for name in names:
        print(textwrap.fill(f"{name}: {equations[name]}", 90))
    without = session_with(graph, without=[*names, *off]).source(fetches, feed)
    with_it = session_with(graph, without=list(off)).source(fetches, feed)
    print()
    for line in difflib.unified_diff(step_lines(without), step_lines(with_it), n=0):
        if line[:2] not in ("--", "++", "@@"):
            print(line.rstrip())


# %%
# **The logarithm of a softmax.** With :math:`u = z - \max z`, :math:`e = \exp u` and
# :math:`s = \sum e`:
#
# .. math::
#
#    \log p = \log \frac{e}{s} = u - \log s
#
# This is chapter 3's reason to compute the two together. Here the user wrote them apart, and the
# rule puts them together. (Lines with ``-`` are those without the rule, with ``+`` those with it.)

show_rule(graph, [J, train], feed, "log_of_softmax")

# %%
# The division has gone, and once the logarithm is :math:`u - \log s`, a further rule splits the
# loss into two scalar products. The sums of the rows of ``c`` are needed by both the loss and the
# gradient, so they are computed once.
#
# This rule does not only save work. Inputs a hundred times as large make some probabilities
# underflow to zero. Taken literally, :math:`0 \cdot \log 0` is not a number:

large = {X: 100 * images, c: targets}
literal_loss = no_rules.run(J, large)
rewritten_loss = session_with(graph).run(J, large)
print("no rules:", literal_loss, "  all rules:", rewritten_loss)

# %%
# **The gradient of that.** Back-propagation divides by :math:`p` on its way through the logarithm,
# then multiplies by :math:`p` on its way through the softmax (chapter 4). Two rules cancel that.
# What is left is :math:`p - c`, with :math:`p` multiplied by the sum of its row of ``c``, which is
# 1 here:

cancel = ("quotient_times_softmax", "difference_times_softmax")
show_rule(graph, [J, train], feed, *cancel)

# %%
# **The learning rate.** Gradient descent subtracts :math:`\eta X^\top d` from ``W`` and
# :math:`\eta \sum d` from ``b``. Scaling :math:`d` once is enough, and :math:`d`, a hundred rows of
# ten, is scaled in one call instead of two. (The rule looks at the sizes, and only acts where it
# pays: where :math:`d` is much larger than ``W`` and ``b`` together, it leaves things as they are.)

show_rule(graph, [J, train], feed, "scale_once_for_all")

# %%
# The next two belong to the second round: they change no formula.
#
# **Broadcasting by hand.** ``np.add(xW, b)`` adds ``b`` to each of 100 rows, and NumPy begins
# anew for every row of ten numbers. To fill a buffer with ``b`` and add two arrays of one shape
# is one more pass over the data, yet quicker. The same is done to columns.

show_rule(graph, [J, train], feed, "broadcast_first")

# %%
# **A sum as a product.** ``np.add.reduce`` over short rows suffers in the same way. A product with
# a vector of ones gives the same sums, and is done by BLAS, the library behind NumPy's products.

show_rule(graph, [J, train], feed, "sum_by_product")

# %%
# The last ones need other programs. A small **convolutional network**: a convolution, a bias, a
# relu, a max-pool, then a dense layer (chapter 10 explains them). And a **recurrent network** that
# reads an image row by row, eight rows of eight pixels. It uses the same weights ``U`` at every
# row, and what it has read so far is in ``h``.


def convolutional(X, c):
    filters = tf.Variable(tf.random_normal([3, 3, 1, 8], stddev=0.3), name="F")
    bias = tf.Variable(tf.zeros([8]), name="bF")
    image = tf.reshape(X, [-1, 8, 8, 1])
    conv = tf.nn.conv2d(image, filters, [1, 1, 1, 1], "SAME", name="conv")
    relu = tf.nn.relu(conv + bias, name="relu")
    pool = tf.nn.max_pool(relu, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", name="pool")
    z = dense(tf.reshape(pool, [-1, 4 * 4 * 8]), 4 * 4 * 8, 10)
    losses = tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=z, name="xent")
    return tf.reduce_mean(losses)


def recurrent(X, c):
    U = tf.Variable(tf.random_normal([8 + 16, 16], stddev=0.3), name="U")
    a = tf.Variable(tf.zeros([16]), name="a")
    rows = tf.reshape(X, [-1, 8, 8])
    h = tf.zeros([tf.shape(X)[0], 16])
    for t in range(8):
        h = tf.tanh(tf.matmul(tf.concat([rows[:, t], h], axis=1), U) + a, name="h")
    z = dense(h, 16, 10)
    losses = tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=z, name="xent")
    return tf.reduce_mean(losses)


# %%
# Each is built in a graph of its own, with the same placeholders and optimizer.


def program(build, rate):
    """A graph with a training step: what to fetch and to feed, for 100 digits."""
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(1)
        X = tf.placeholder(tf.float32, [None, 64], name="X")
        c = tf.placeholder(tf.float32, [None, 10], name="c")
        J = build(X, c)
        train = tf.train.GradientDescentOptimizer(rate).minimize(J)
        tf.global_variables_initializer()
    return graph, [J, train], {X: images, c: targets}


programs = {
    "perceptron": (graph, [J, train], feed),
    "convolutional": program(convolutional, 0.1),
    "recurrent": program(recurrent, 0.1),
}

# %%
# **Bias and relu after the pool.** Adding a bias and cutting off at zero keep the order of numbers,
# so the largest of four pixels is the same before and after. Done after the pool they are done to
# a quarter of the pixels.

show_rule(*programs["convolutional"], "relu_after_pool", "bias_after_pool")

# %%
# **A convolution as a product.** Under a filter of 5 × 5 pixels there are 25 products to add up, for
# each place, each channel in and each channel out. But images and filters are sums of waves, and
# waves keep apart: of the amplitudes of each wave, one in the image and one in the filter, a single
# product is enough. With :math:`\mathcal F(x)` for the spectrum, all amplitudes of :math:`x`, the
# *convolution theorem* says (the bar is there because the filter is not turned round):
#
# .. math::
#
#    \mathcal F(x \star w) = \mathcal F(x) \cdot \overline{\mathcal F(w)}
#
# To go to the waves and back costs something, too. It pays where filters are large and channels
# are many, which our network's are not; so here is one whose second convolution is.


def wide(X, c):
    image = tf.reshape(X, [-1, 8, 8, 1])
    first = tf.Variable(tf.random_normal([5, 5, 1, 16], stddev=0.2), name="F1")
    second = tf.Variable(tf.random_normal([5, 5, 16, 32], stddev=0.05), name="F2")
    h = tf.nn.relu(tf.nn.conv2d(image, first, [1, 1, 1, 1], "SAME", name="conv1"), name="relu")
    h = tf.nn.conv2d(h, second, [1, 1, 1, 1], "SAME", name="conv2")
    z = dense(tf.reduce_mean(h, axis=[1, 2]), 32, 10)
    losses = tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=z, name="xent")
    return tf.reduce_mean(losses)


show_rule(*program(wide, 0.1), "convolution_theorem")

# %%
# Three spectra are computed, of the images, of the filter, and of the gradient that comes back; each
# serves twice. ``np.matmul`` has a matrix for every wave, so the sums over channels are products of
# matrices, as in a dense layer.
#
# **A sum of products as one product.** The gradient by ``U`` is a sum of eight products, one for
# each row of the image. Stacked above each other, the factors give it in one product:
#
# .. math::
#
#    A_1^\top B_1 + \dots + A_8^\top B_8 =
#    \begin{pmatrix} A_1 \\ \vdots \\ A_8 \end{pmatrix}^{\!\top}
#    \begin{pmatrix} B_1 \\ \vdots \\ B_8 \end{pmatrix}

show_rule(*programs["recurrent"], "sum_of_products", off=["scale_at_the_source"])

# %%
# (Another rule is off in both texts. It moves the learning rate, and would hide what we look for.)
# The sums of rows for ``a`` have become one in the same way. Stacking costs nothing more: the
# :math:`A_t` and :math:`B_t` are computed in their places in the stack from the start. That is a
# matter of the next stage; first we measure.
#
# What a rule is worth
# --------------------
#
# For each of the three programs a Session with all rules, one with none, and one without each rule
# that was shown with it. They take turns, so that whatever else the machine does disturbs all alike.
# We take the median over the turns.

TURNS = 10 if QUICK else 40
perceptron_rules = ["log_of_softmax", "scale_once_for_all", "broadcast_first", "sum_by_product"]
rules_of = {
    "perceptron": [cancel, *[(name,) for name in perceptron_rules]],
    "convolutional": [("relu_after_pool", "bias_after_pool")],
    "recurrent": [("sum_of_products",)],
}


def sessions_of(name):
    graph = programs[name][0]
    sessions = {"all rules": session_with(graph)}
    sessions["no rules"] = session_with(graph, opt_level=tf.OptimizerOptions.L0)
    for names in rules_of[name]:
        sessions["without " + " and ".join(names)] = session_with(graph, without=names)
    return sessions


def seconds(run, fetches, feed, times):
    start = time.perf_counter()
    for _ in range(times):
        run(fetches, feed)
    return (time.perf_counter() - start) / times


# %%
# Machines differ in speed, so we look at ratios as well: how much longer a step takes than the step
# with all rules in the same turn.

slower = {}
for name, (_, fetches, feed_dict) in programs.items():
    sessions = sessions_of(name)
    times = 3 if name == "convolutional" else 10
    for each in sessions.values():
        each.run(fetches, feed_dict)  # compiles
    turns = [
        [seconds(each.run, fetches, feed_dict, times) for each in sessions.values()]
        for _ in range(TURNS)
    ]
    medians = 1e6 * np.median(turns, axis=0)
    ratios = np.median(np.divide(turns, np.array(turns)[:, :1]), axis=0)
    print(f"\n{name}: microseconds for a step, and how many more than with all rules")
    for label, median, ratio in zip(sessions, medians, ratios, strict=True):
        slower[name, label] = 100 * (ratio - 1)
        print(f"{median:7.1f}  {slower[name, label]:+4.0f}%  {label}")

# %%
# The same as a picture. A bar is the time that a rule saves.

figure, axes = plt.subplots(figsize=(8.5, 4.5), layout="constrained")
bars = [key for key in slower if key[1] != "all rules"]
colors = dict(zip(programs, COLORS, strict=False))
for name in programs:
    mine = [i for i, key in enumerate(bars) if key[0] == name]
    axes.barh(mine, [slower[bars[i]] for i in mine], color=colors[name], label=name)
axes.set_yticks(range(len(bars)), [label.replace(" and ", "\nand ") for _, label in bars])
axes.invert_yaxis()
axes.set(xlabel="time of a training step, % more than with all rules")
axes.set_title("Rules switched off")
axes.grid(axis="x", alpha=0.3)
axes.legend()
plt.show()

# %%
# These numbers come from the machine that made this page; another one gives others, and one that
# does something else at the same time gives noise of some percent. What can be relied on: all rules
# together are worth far more than any single one. Each does a little, and makes room for others.
#
# Stage 4: buffers
# ----------------
#
# A NumPy call that returns a new array has to get memory for it. So results that stay inside the
# function go to *buffers*, made once. Two results can share a buffer if nobody needs the first when
# the second is written. ``lay_out`` finds out from when to when each result is needed (its *life*)
# and plans with that.

layout = lay_out(rewritten)
calls = rewritten.calls
position = {id(call): i for i, call in enumerate(calls)}
last_use = {}
for i, call in enumerate(calls):
    for operand in (call, *operands(call)):
        last_use[id(layout.base(operand))] = i

lives = []  # (buffer's number, the call, where it is made, where it is last used, its size)
for call in calls:
    place = layout.out.get(id(call))
    if hasattr(place, "number"):
        size = place.dtype.itemsize * int(np.prod(place.shape))
        lives.append((place.number, call, position[id(call)], last_use[id(call)], size))

# %%
# To draw these lives we take the results' names from the text. Where something is copied into a
# buffer, that is what we name.

order = {i: n for n, i in enumerate(sorted({i for life in lives for i in life[2:4]}))}
labels = []
for line in text.splitlines():
    target, _, call = line.split("#")[0].partition(" = ")
    if target.startswith(8 * " ") and "buffer" in target:
        labels.append(call.strip())
    elif target.startswith(8 * " ") and "buffer" in call.split(", ")[-1]:
        labels.append(target.strip())

figure, axes = plt.subplots(figsize=(8.5, 5.5), layout="constrained")
for label, (number, _, made, last, _) in zip(labels, lives, strict=True):
    start, length = order[made], order[last] - order[made]
    axes.barh(number, length, left=start, color=COLORS[number], edgecolor="white")
    how = {"color": "white", "fontsize": 8, "ha": "center", "va": "center"}
    upright = length == 1 and len(label) > 3
    axes.text(start + length / 2, number, label, rotation=90 if upright else 0, **how)
names = sorted({number for number, *_ in lives})
axes.set_yticks(names, [f"buffer{number + 1}" for number in names])
axes.invert_yaxis()
axes.set(xlabel="call (in the order of the text)", title="What is in each buffer, and when")
plt.show()

# %%
# Each row is a buffer, each bar a result in it. Bars in a row may touch: an element-wise call such
# as ``np.add(xW, buffer3, buffer2)`` writes over its own operand when nobody needs that any more.
# They never overlap.
#
# A plan of our own is short. Go through the results in order; when one's life is over, its
# buffer is free; a new result takes a free buffer of its size, or else a new one.


def share(lives):
    """The bytes that results take if a buffer is used again after its result's life."""
    busy, free, total = [], [], 0
    for _, _, made, last, size in lives:
        free += [held for end, held in busy if end < made]
        busy = [(end, held) for end, held in busy if end >= made]
        if size in free:
            free.remove(size)
        else:
            total += size
        busy.append((last, size))
    return total


own_bytes = share(lives)

# %%
# tinyflow's plan needs less, since it lets results be written over their own operands. Here is what
# all three programs need:


def bytes_of(graph, fetches, feed):
    """What the results inside the function would take apart, and what their buffers take."""
    J, train = fetches
    with session_with(graph) as session:
        values = {v.op.name: session.run(v) for v in graph.get_collection("variables")}
    trace_of_all = rewrite(trace([J], [train], feed, values))
    apart, shared = 0, {}
    for place in lay_out(trace_of_all).out.values():
        if hasattr(place, "number"):
            size = place.dtype.itemsize * int(np.prod(place.shape))
            apart += size
            shared[place.number] = size
    return apart, sum(shared.values())


memory = {name: bytes_of(*parts) for name, parts in programs.items()}
for name, (apart, shared) in memory.items():
    print(f"{name:14} {apart:7} bytes apart, {shared:7} shared")
print(f"the perceptron by our own plan: {own_bytes}")

# %%
# The perceptron's buffers take less than a quarter of what its results would take apart. The
# convolutional network saves least: its largest results are the pixels before the pool and
# their gradient, and the first must wait until the gradient has come back to it.
#
# New values of Variables have arrays of their own, the *spares*: ``W_next`` is written into
# ``W_spare``, while ``W`` can still be read. After the last line the Session lets the two change
# places, and what was ``W`` is the spare of the next run. So a training step of the perceptron
# needs no new memory for arrays.
#
# What has no NumPy function, such as a convolution, is a function of tinyflow's own that takes an
# ``out`` like NumPy's. In the text it is one call among the others. The loss of the convolutional
# network, without its gradient:

conv_graph, (conv_J, _), conv_feed = programs["convolutional"]
print(session_with(conv_graph).source(conv_J, conv_feed))

# %%
# The pixels before the pool have a buffer that is made as rows, columns, images, channels and then
# turned, with ``transpose``, into the order in which we think of them. In memory the same pixel of
# all images lies together. The pool, which looks at every other pixel, so finds 100 × 8 numbers in a
# row and not 8, and NumPy begins anew less often.

# %%
# Stage 5: the text, run
# ----------------------
#
# We have seen the text that ``emit`` writes, and it is all that runs. To prove it, we run it
# ourselves: Python's ``exec`` turns it into ``make_step``, and then we do the Session's work, which
# is to pass the arrays and to let new and old change places.

namespace = {"np": np}
exec(text, namespace)
step = namespace["make_step"]()

W, b = values["W"].copy(), values["b"].copy()
W_spare, b_spare = np.empty_like(W), np.empty_like(b)
by_hand = []
for _ in range(100):
    (loss, _), new = step(images, targets, W, b, W_spare, b_spare)
    W_spare, b_spare = W, b
    W, b = new["W"], new["b"]
    by_hand.append(loss)

by_session = [session.run([J, train], feed)[0] for _ in range(100)]
print("by hand:", by_hand[0], by_hand[-1])
print("Session:", by_session[0], by_session[-1])

# %%
# Bit for bit the same. What the Session adds is what makes it safe: it checks feeds, finds the
# function for their shapes, lets threads that update take turns, puts all new values in place in a
# single store, and names the operation when a line fails.
#
# All versions agree
# ------------------
#
# Where nothing under- or overflows, rules change how a result is rounded and nothing else. Ten
# steps of each program, with all rules, with none, and without each rule:


def ten_losses(session, fetches, feed):
    return [float(session.run(fetches, feed)[0]) for _ in range(10)]


spread = {}
for name, (_, fetches, feed_dict) in programs.items():
    losses = [ten_losses(each, fetches, feed_dict) for each in sessions_of(name).values()]
    spread[name] = np.max(np.ptp(losses, axis=0) / np.abs(losses).max())
    print(f"{name:14} {len(losses)} versions, largest relative difference {spread[name]:.1e}")

# %%
# float32 numbers carry about seven digits, so these differences are no larger than rounding
# explains.

# %%
# What we saw
# -----------
#
# - *Plan*: the operations that the fetches need, in an order. *Record*: their bodies run on
#   stand-ins, and NumPy itself reports the calls. *Rewrite*: rules, each an equation with a name.
#   *Buffers*: results whose lives do not overlap share memory. *Emit*: the text, which is called in
#   each run; then old and new values change places.
# - Some rules save work, some choose calls that are quicker for the shapes at hand, and
#   ``log_of_softmax`` also mends a formula that fails where a probability underflows.
# - The text is the program: run by hand it gives the Session's numbers, bit for bit.
#
# Exercises:
#
# 1. Find all rules that change the perceptron's text: switch off each in turn and compare texts.
# 2. Feed 1,500 digits instead of 100 and measure again. Which rules matter less, and why?
# 3. Teach ``StandIn`` shapes, so that it refuses to add arrays that do not fit. How does it find
#    the shape of ``np.add.reduce(e, axis=1, keepdims=True)``?

# %%
# The claims of this chapter, checked.

assert [function for _, function, _ in own_calls] == softmax_calls
assert text == session.source([J, train], feed)
assert counts == {"np.exp": [1000, 1000], "np.log": [1000, 100], "np.divide": [2000, 100]}
assert np.isnan(literal_loss) and np.isfinite(rewritten_loss)
assert all(shared < apart for apart, shared in memory.values())
assert memory["perceptron"][1] < memory["perceptron"][0] / 4
assert max(memory, key=lambda name: memory[name][1] / memory[name][0]) == "convolutional"
assert memory["perceptron"][1] < own_bytes < memory["perceptron"][0]
assert sum(size for *_, size in lives) == memory["perceptron"][0]
assert by_hand == by_session and by_hand[-1] < by_hand[0]
assert max(spread.values()) < 1e-5
