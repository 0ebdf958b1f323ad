"""1. Computational graphs
=======================

A neural network is a long formula. In tinyflow it is written down as a graph before the first
number is computed. This chapter says why, and builds a small engine that works in this way. After
it you can read such a graph, you know what a session does when it runs one, and you can write a
first program in tinyflow. You need Python and a little NumPy.
"""

# %%
# A formula that runs at once
# ---------------------------
# Our first formula maps a point of the plane to another one. It multiplies the point :math:`x` by
# a matrix :math:`A` and adds a vector :math:`b`. Such a map is called *affine*:
#
# .. math::
#
#    z = A x + b
#    \qquad\text{with}\qquad
#    A = \begin{pmatrix} 1 & 0 \\ 0 & -1 \end{pmatrix}, \quad
#    b = \begin{pmatrix} 1 \\ 1 \end{pmatrix}.
#
# In NumPy it is one line.
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

import tinyflow as tf
from tinyflow import plot
from tinyflow.drawing import draw

print(np.array([[1, 0], [0, -1]]) @ np.array([1, 2]) + np.array([1, 1]))

# %%
# For :math:`x = (1, 2)` the result is :math:`(2, -1)`: the product is :math:`(1, -2)`, and each
# number is increased by one.
#
# NumPy has done what it was told and has forgotten it. From the array ``[2 -1]`` nobody can tell
# that there was a product and then a sum. Most programs need no more than that. Ours will: it must
# not only compute a formula, but also work *on* the formula.
#
# Define first, run later
# -----------------------
# So we split the work in two. First we **define** the formula, and compute nothing. What we define
# is a *computational graph*. Its nodes are the inputs and the steps of the formula. Its arrows say
# whose result goes where. Then we **run** it, with numbers. Here is the graph of
# :math:`z = A x + b`, drawn by tinyflow. The product is called ``y``. (We come to these lines
# later. They are here for the picture.)
with tf.Graph().as_default():
    A = tf.Variable([[1.0, 0.0], [0.0, -1.0]], name="A")
    b = tf.Variable([1.0, 1.0], name="b")
    x = tf.placeholder(tf.float32, name="x")
    y = tf.matmul(A, x, name="y")
    z = tf.add(y, b, name="z")

draw(z)

# %%
# A box has the name of a node and, below it, the type of the operation. (The product's,
# ``BatchMatMulV2``, is TensorFlow's word for one where the shapes will be known only in a run.)
#
# A graph is a thing that a program can hold in its hands. The program can:
#
# - **differentiate it**: walk through the graph from the result to the inputs and write down, as
#   more graph, how the result would change with each input. All learning in the later chapters
#   rests on this;
# - **optimise it**: compute a step once though it is used twice, leave out what nobody asked for,
#   decide in advance which memory is used for what;
# - **run it many times**, each time with other numbers, after doing all of that work once;
# - **look at it**: draw it, list it, name the step where something went wrong.
#
# The rest of the chapter builds an engine that defines and runs graphs, in about eighty lines. It
# uses the names that TensorFlow 1 made common and that tinyflow uses as well.
#
# A graph and its nodes
# ---------------------
# A graph is a list of nodes. To spare us from saying to each node which graph it belongs to, there
# is a *default graph*: new nodes go there. Inside ``with graph.as_default():`` another graph is
# the default one. The list ``default_graphs`` keeps track: its last graph is the default one at
# the moment.
default_graphs = []


class Graph:
    """The nodes that were made while this graph was the default one."""

    def __init__(self):
        self.nodes = []

    def as_default(self):
        return self

    def __enter__(self):
        default_graphs.append(self)
        return self

    def __exit__(self, *error):
        default_graphs.pop()


default_graphs.append(Graph())  # the one to start with

# %%
# A node knows the nodes that it takes its inputs from. That is all that a graph consists of: there
# is no separate list of arrows. Note what a node does *not* have, a value. The value of :math:`z`
# depends on what :math:`x` is, and that is different in every run.


class Node:
    """A place in the default graph: it knows its inputs."""

    def __init__(self, *inputs, name):
        self.inputs = inputs
        self.name = name
        default_graphs[-1].nodes.append(self)


# %%
# There are three sorts of nodes, and a fourth for convenience:
#
# - a **placeholder** is an input from outside: every run must say what it is;
# - a **Variable** is an input that the graph keeps from run to run. The numbers that a network
#   learns are variables;
# - an **operation** is a step. It computes its value from the values of its inputs;
# - a **constant** is a number in the formula, such as a 2. For us it is a variable that nobody
#   changes.


class placeholder(Node):
    def __init__(self, name="placeholder"):
        super().__init__(name=name)


class Variable(Node):
    def __init__(self, value, name="Variable"):
        super().__init__(name=name)
        self.value = np.array(value)


class constant(Variable):
    pass


class Operation(Node):
    def __init__(self, compute, *inputs, name=""):
        super().__init__(*inputs, name=name or compute.__name__)
        self.compute = compute


# %%
# How to compute is no news to NumPy: ``np.add`` and ``np.matmul`` do it. So ``add(y, b)`` shall
# make a node, ``Operation(np.add, y, b)``, that knows the function and does not call it yet.
# Python's ``partial`` gives us that: ``partial(f, 1)(2)`` is ``f(1, 2)``.
add = partial(Operation, np.add)
subtract = partial(Operation, np.subtract)
multiply = partial(Operation, np.multiply)
divide = partial(Operation, np.divide)
matmul = partial(Operation, np.matmul)
square = partial(Operation, np.square)
sqrt = partial(Operation, np.sqrt)
sin = partial(Operation, np.sin)
cos = partial(Operation, np.cos)

# %%
# With that we can define the affine map. Each line makes one node.
A = Variable([[1, 0], [0, -1]], name="A")
b = Variable([1, 1], name="b")
x = placeholder(name="x")
y = matmul(A, x, name="y")
z = add(y, b, name="z")

for node in default_graphs[-1].nodes:
    print(node.name, "from", [source.name for source in node.inputs])

# %%
# This is the picture above as text. Nothing has been multiplied or added so far.
#
# In which order to compute
# -------------------------
# To compute a node we need the values of its inputs first, and of *their* inputs before that. So
# we look for an order in which every node comes after its inputs, and which ends with the node that
# we want. A *post-order* is one: first all that leads to a node, then (*post*) the node itself.
# Said like this it is a recursive function, and so we write it.


def postorder_by_recursion(node):
    """The nodes that computing `node` needs, each after its inputs."""
    order = []

    def visit(node):
        if node not in order:
            for source in node.inputs:
                visit(source)
            order.append(node)

    visit(node)
    return order


print([node.name for node in postorder_by_recursion(z)])
print([node.name for node in postorder_by_recursion(y)])

# %%
# The first line ends with ``z``, and everything stands after what it is computed from. The second
# line has no ``b`` and no ``z``: to know ``y`` we do not need them. Only what is asked for is
# computed.
#
# A chain that is too deep
# ------------------------
# The function is short, and right, and it fails on a deep graph. ``visit`` calls itself for an
# input, which calls itself for *its* input. Python allows about a thousand calls inside one
# another. A graph of ten thousand additions in a row is not unusual, for instance when a network
# reads a text letter by letter.
with Graph().as_default():
    one = constant(1)
    deep = one
    for _ in range(10_000):
        deep = add(deep, one)

try:
    postorder_by_recursion(deep)
    recursion_failed = False
except RecursionError as error:
    recursion_failed = True
    print("RecursionError:", error)

# %%
# The remedy is to keep the list of what is still to be done ourselves, in an ordinary list. A list
# may be as long as memory allows. Such a list is called a *stack* if we always go on with what was
# put on it last.
#
# A node goes on the stack twice, with a flag. At first the flag is ``False``: the node's inputs are
# still missing. When we take that off, we put the node back with ``True``, and its inputs on top of
# it. So by the time we come to the node again, its inputs have been dealt with.


def traverse_postorder(node):
    """The same order without recursion, so the graph may be as deep as you like."""
    order, seen = [], set()
    stack = [(node, False)]
    while stack:
        node, inputs_are_there = stack.pop()
        if inputs_are_there:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            for source in reversed(node.inputs):  # the first input shall be on top
                stack.append((source, False))
    return order


print([node.name for node in traverse_postorder(z)])
print(len(traverse_postorder(deep)), "nodes in the chain")

# %%
# The order is the same, and the chain of ten thousand is no trouble. (``seen`` is a set, because
# looking something up in a set takes the same time however much is in it.)
#
# The session
# -----------
# A ``Session`` runs a graph. It goes through the nodes in post-order and notes the value of each.
# A placeholder's value is found in ``feed_dict``, which says what to *feed* to the placeholders in
# this run.


class Session:
    def run(self, fetch, feed_dict=None):
        """The value of the node `fetch`, with placeholders as in `feed_dict`."""
        values = {}
        for node in traverse_postorder(fetch):
            if isinstance(node, placeholder):
                values[node] = np.array(feed_dict[node])
            elif isinstance(node, Variable):
                values[node] = node.value
            else:
                inputs = [values[source] for source in node.inputs]
                values[node] = node.compute(*inputs)
        return values[fetch]


session = Session()
print(session.run(z, feed_dict={x: [1, 2]}))
print(session.run(z, feed_dict={x: [3, 4]}))

# %%
# The engine is complete, and its first result is the one that NumPy gave. ``values`` lives for one
# run, so the second run starts afresh, with another point.
#
# Now we run the same graph for every corner of a figure, and see what the map does to the plane.
letter = [(0, 0), (0, 5), (3, 5), (3, 4), (1, 4), (1, 3), (2, 3), (2, 2), (1, 2), (1, 0), (0, 0)]
image = [session.run(z, feed_dict={x: corner}) for corner in letter]

figure, axes = plt.subplots(figsize=(6.5, 4.8), layout="constrained")
axes.fill(*np.transpose(letter), color=plot.COLORS[0], alpha=0.7, label="the points $x$")
axes.fill(*np.transpose(image), color=plot.COLORS[1], alpha=0.7, label="the images $z = Ax + b$")
axes.axhline(0, color="black", linewidth=0.8)
axes.axvline(0, color="black", linewidth=0.8)
axes.set(xlabel="first number", ylabel="second number", aspect="equal", xlim=(-1, 10))
axes.set_title("One graph, run for every corner")
axes.legend()
plt.show()

# %%
# The matrix has turned the letter upside down, for it changes the sign of the second number. The
# vector has moved it by one to the right and one up.
#
# What is used twice is computed once
# -----------------------------------
# A graph can say something that a formula on paper cannot: that two parts are not merely equal,
# but the same. Take a number, add it to itself, add the result to itself, and so on. The graph has
# one node for each step. The formula, written out, has :math:`x` in it twice after the first step,
# then four times, then eight times: it doubles with each step. We count both.


def count_written_out(node):
    """How many nodes there would be if every use of a node had its own copy."""
    return 1 + sum(count_written_out(source) for source in node.inputs)


with Graph().as_default():
    doubled = placeholder(name="x")
    for step in range(1, 16):
        doubled = add(doubled, doubled)
        if step % 5 == 0:
            nodes = len(traverse_postorder(doubled))
            written_out = count_written_out(doubled)
            print(f"{step:2} steps: {nodes:2} nodes, {written_out:6,} written out")

# %%
# Our session computes each node once, because ``seen`` lets it into the order only once. For 15
# steps it needs 16 nodes, where the formula written out has 65,535. Networks share their parts a
# great deal, and their derivatives share even more. This is one of the reasons for graphs.
#
# A longer example
# ----------------
# How far does a ball fly? It is thrown at a speed :math:`v` and an angle :math:`\alpha` from a
# height :math:`h`. School physics splits the speed in a part upwards and a part along the ground.
# The ball is back on the ground after the time :math:`t`, and the distance is what it has covered
# till then:
#
# .. math::
#
#    u = v \sin \alpha, \qquad
#    t = \frac{u + \sqrt{u^2 + 2 g h}}{g}, \qquad
#    d = v \cos \alpha \cdot t .
#
# We write the graph as a function, and give it the library that the operations come from. At first
# this is the class ``own``, which holds what we have made. Further down it will be tinyflow.


class own:
    """What this chapter has made so far, under one name."""

    Graph, Session = Graph, Session
    placeholder, Variable, constant = placeholder, Variable, constant
    add, subtract, multiply, divide, matmul = add, subtract, multiply, divide, matmul
    square, sqrt, sin, cos = square, sqrt, sin, cos


# %%
# Each part of the formula is a line or two of the function. The argument ``lib`` is the library.


def define_throw(lib):
    """The graph of a throw: its speed, angle and height, and the distance."""
    speed = lib.placeholder(name="speed")
    angle = lib.placeholder(name="angle")
    height = lib.placeholder(name="height")
    g = lib.Variable(9.81, name="g")  # metres per second, each second
    upward = lib.multiply(speed, lib.sin(angle), name="upward")
    drop = lib.multiply(lib.constant(2.0), lib.multiply(g, height), name="drop")
    root = lib.sqrt(lib.add(lib.square(upward), drop), name="root")
    time = lib.divide(lib.add(upward, root), g, name="time")
    along = lib.multiply(speed, lib.cos(angle), name="along")
    distance = lib.multiply(along, time, name="distance")
    return speed, angle, height, distance


with Graph().as_default():
    speed, angle, height, distance = define_throw(own)

throw = {speed: 10.0, angle: np.radians(45), height: 2.0}
print(f"{Session().run(distance, feed_dict=throw):.2f} metres")

# %%
# The node ``upward`` is used twice, in the sum and under the root, and is computed once.
#
# NumPy computes with whole arrays as easily as with numbers, and so does our engine. If we feed an
# array of angles, the distance is an array as well. Which angle is best for which height?
angles = np.linspace(0, np.radians(90), 181)
figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
best_angles = []
for h, color in zip([0.0, 2.0, 5.0, 10.0], plot.COLORS, strict=False):
    distances = Session().run(distance, {speed: 10.0, angle: angles, height: h})
    best = np.argmax(distances)
    best_angles.append(np.degrees(angles[best]))
    axes.plot(np.degrees(angles), distances, color=color, label=f"from {h:.0f} m")
    axes.plot(best_angles[-1], distances[best], "o", color=color)
axes.set(xlabel="angle in degrees", ylabel="distance in metres", title="Thrown at 10 m/s")
axes.set_ylim(0)
axes.grid(alpha=0.3)
axes.legend()
plt.show()
print("best angles:", [f"{degrees:.1f}" for degrees in best_angles])

# %%
# From the ground it is the well known angle of 45 degrees. The higher one stands, the flatter one
# should throw.
#
# The same in tinyflow
# --------------------
# Now the affine example once more, in tinyflow. The names are those that we have built. Two things
# are new. A placeholder is told the type of its numbers: ``tf.float32``, numbers with about seven
# digits, is usual for networks. And the session is made for one graph. (TensorFlow 1 itself
# multiplies matrices only. There ``x`` would have to be fed as a column, ``[[1], [2]]``, and ``b``
# made one.)
graph = tf.Graph()
with graph.as_default():
    A = tf.Variable([[1.0, 0.0], [0.0, -1.0]], name="A")
    b = tf.Variable([1.0, 1.0], name="b")
    x = tf.placeholder(tf.float32, name="x")
    y = tf.matmul(A, x, name="y")
    z = tf.add(y, b, name="z")

session = tf.Session(graph=graph)
print(z)
print(session.run(z, feed_dict={x: [1, 2]}))

# %%
# Printing ``z`` shows no number: it is a place in the graph. In TensorFlow's words it is a
# *tensor*, the output of an operation, and ``z:0`` means output number 0 of the operation ``z``.
# (*Tensor* is also the word for an array of any number of axes.) The second line is the result
# that we know.
#
# A session of tinyflow can fetch several nodes in one run. Here we fetch all values and write them
# on the arrows of the picture.
x_value, A_value, b_value, y_value, z_value = session.run([x, A, b, y, z], feed_dict={x: [1, 2]})
draw(z, values={x: x_value, A: A_value, b: b_value, y: y_value, z: z_value})

# %%
# If we forget to feed a placeholder, our own engine stops with an error that helps nobody.
# tinyflow knows the graph, and can say what is missing, who needs it, and which line of the
# program made it.
try:
    session.run(z)
except tf.errors.InvalidArgumentError as error:
    complaint = str(error)
    print(complaint)

# %%
# What really runs
# ----------------
# Our session goes through the nodes anew in every run. tinyflow does so once. The first time that
# some nodes are fetched, it writes a Python function that does just this computation, and from
# then on it calls that function. The text is no secret. ``session.source`` takes what
# ``session.run`` takes, and returns the text.
source = session.source(z, feed_dict={x: [1, 2]})
print(source)

# %%
# What runs is ``step``, and it has three lines.
#
# - ``y = np.matmul(A, x, out=buffer1)`` is the product. Without ``out``, NumPy would make a new
#   array for the result each time. Here it goes to ``buffer1``, which is made once, for all runs.
#   The comment ``# y`` says which node of the graph the line comes from.
# - ``z = np.add(y, b)`` is the sum. It has no buffer: the result goes to us, and we may want to
#   keep it.
# - ``return (z, None), {}`` hands over what was fetched. (The ``None`` is the result of steps that
#   have no value; there are none here.) The braces would hold new values of variables, if this run
#   changed any.
#
# So a run costs what these two NumPy calls cost, and little more. Now the ball. The function
# ``define_throw`` is the one from above: we only give it ``tf`` instead of ``own``.
graph = tf.Graph()
with graph.as_default():
    speed, angle, height, distance = define_throw(tf)

session = tf.Session(graph=graph)
throw = {speed: 10.0, angle: np.radians([30.0, 45.0, 60.0]), height: 2.0}
print(session.run(distance, feed_dict=throw))
source_of_throw = session.source(distance, feed_dict=throw)
print(source_of_throw)

# %%
# The middle number is the distance that our own engine found. And the text shows what it means to
# optimise a graph. ``upward`` is computed once and used three times (its
# square is written as a product). What is the same number in every run is made before ``step``.
# And as soon as nobody needs the content of a buffer any more, the next result goes there, so that
# three buffers do for all the arrays in between. For one formula you could have written that by
# hand. For a network and its derivatives you would not want to. Here is the graph that all of it
# comes from:
draw(distance)

# %%
# And a first look at what we shall do with graphs in chapter 4. ``tf.gradients`` reads the graph
# of the distance and adds to it the graph of its derivative with respect to the angle. The distance
# is greatest where the derivative goes from positive to negative.
with graph.as_default():
    (slope,) = tf.gradients(distance, angle)

slopes = session.run(slope, feed_dict={speed: 10.0, angle: angles, height: 2.0})
print("The derivative changes its sign at", np.degrees(angles[np.argmax(slopes < 0)]), "degrees.")

# %%
# That agrees with the best angle for two metres in the list above, and we have not written a
# single formula for the derivative.
#
# What we saw
# -----------
# - A computational graph says how a result is computed. Defining it computes nothing.
# - Its nodes are placeholders, variables, constants and operations. A node knows its inputs, and
#   new nodes go to the default graph.
# - A session runs a graph in post-order. It computes only what the fetched node needs, and each
#   node once.
# - A recursive walk fails on a deep graph. A walk with a stack of its own does not.
# - tinyflow writes the computation as a NumPy function, and ``session.source`` shows it.
#
# Exercises:
#
# 1. Let our own ``Session.run`` take a list of nodes, as tinyflow's does. Each node should still
#    be computed only once.
# 2. tinyflow lets you feed any node: ``session.run(z, {y: [10, 20]})`` needs no ``x``. Change
#    ``traverse_postorder`` and ``Session.run`` so that ours does that, too.
# 3. Give ``Node`` the methods ``__add__`` and ``__matmul__``, so that ``A @ x + b`` makes a graph.
#    Why can no graph that is made in this way run in a circle?

# %%
# The claims of this chapter, checked.


def define_random(lib, rng):
    """A graph of 30 operations on randomly chosen nodes, and its placeholder."""
    x = lib.placeholder(name="x")
    nodes = [x, lib.Variable(rng.uniform(-1, 1, 3)), lib.Variable(rng.uniform(-1, 1, 3))]
    for _ in range(30):
        first, second = (nodes[i] for i in rng.integers(len(nodes), size=2))
        choice = rng.integers(5)
        if choice == 0:
            nodes.append(lib.sin(lib.add(first, second)))
        elif choice == 1:
            nodes.append(lib.cos(lib.multiply(first, second)))
        elif choice == 2:
            nodes.append(lib.subtract(first, second))
        elif choice == 3:
            nodes.append(lib.sqrt(lib.add(lib.square(first), lib.square(second))))
        else:
            nodes.append(lib.divide(first, lib.add(lib.square(second), lib.constant(np.ones(3)))))
    return x, nodes[-1]


for seed in range(5):
    results = []
    for lib in (own, tf):
        with lib.Graph().as_default():
            x_random, last = define_random(lib, np.random.default_rng(seed))
            results.append(lib.Session().run(last, {x_random: [0.5, -1.0, 2.0]}))
    np.testing.assert_allclose(*results, rtol=1e-9)

with own.Graph().as_default():
    own_speed, own_angle, own_height, own_distance = define_throw(own)
    own_throw = {own_speed: 10.0, own_angle: np.radians([30.0, 45.0, 60.0]), own_height: 2.0}
    own_distances = own.Session().run(own_distance, own_throw)
np.testing.assert_allclose(own_distances, session.run(distance, throw), rtol=1e-5)

assert z_value.tolist() == [2, -1] and y_value.tolist() == [1, -2]
assert recursion_failed and Session().run(deep) == 10_001
assert postorder_by_recursion(own_distance) == traverse_postorder(own_distance)
assert nodes == 16 and count_written_out(doubled) == 2**16 - 1
assert abs(best_angles[0] - 45) < 0.01 and sorted(best_angles, reverse=True) == best_angles
assert abs(np.degrees(angles[np.argmax(slopes < 0)]) - best_angles[1]) <= 0.5
assert "x:0" in complaint and "feed_dict" in complaint
assert len(source.split("def step")[1].strip().splitlines()) == 5  # head, three lines, end
assert source_of_throw.count("np.sin") == 1
