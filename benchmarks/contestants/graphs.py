"""The models as TensorFlow 1 graphs, which tinyflow, TensorFlow 2 and TensorFlow 1.15 all run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workloads import Model, Step, Workload


def step(tf: Any, name: str, workload: Workload) -> Step:
    """The step as one `Session.run`: arrays go in, the loss comes back, variables change."""
    session, inputs, fetches = build(tf, name, workload)
    feed_dict = dict(zip(inputs, workload.feeds))  # noqa: B905 (Python 3.7)

    def run() -> Any:
        return session.run(fetches, feed_dict=feed_dict)[0]

    return run


def build(tf: Any, name: str, workload: Workload) -> tuple[Any, list[Any], list[Any]]:
    """A session with initialized variables, the placeholders, and the loss and the training step."""
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(tf.float32, [None, *array.shape[1:]]) for array in workload.feeds]
        variables = [tf.Variable(parameter) for parameter in workload.parameters]
        loss = MODELS[name](tf, *inputs, *variables)
        train = tf.train.GradientDescentOptimizer(workload.rate).minimize(loss)
        start = tf.global_variables_initializer()
    session = tf.Session(graph=graph)
    session.run(start)
    return session, inputs, [loss, train]


def blobs(tf: Any, x: Any, c: Any, w: Any, b: Any) -> Any:
    p = tf.nn.softmax(tf.add(tf.matmul(x, w), b))
    return tf.negative(tf.reduce_sum(tf.reduce_sum(tf.multiply(c, tf.log(p)), axis=1)))


def house(tf: Any, x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    h = tf.sigmoid(tf.matmul(x, w1) + b1)
    return tf.reduce_mean(tf.square(tf.matmul(h, w2) + b2 - t))


def mlp(tf: Any, x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
    h1 = tf.nn.relu(tf.matmul(x, w1) + b1)
    h2 = tf.nn.relu(tf.matmul(h1, w2) + b2)
    return cross_entropy(tf, c, tf.matmul(h2, w3) + b3)


def lenet(
    tf: Any, x: Any, c: Any, k1: Any, b1: Any, k2: Any, b2: Any, w3: Any, b3: Any, w4: Any, b4: Any
) -> Any:
    def convolve(x: Any, k: Any, b: Any) -> Any:
        h = tf.nn.relu(tf.nn.conv2d(x, k, strides=[1, 1, 1, 1], padding="SAME") + b)
        return tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")

    flat = tf.reshape(convolve(convolve(x, k1, b1), k2, b2), [-1, int(w3.shape[0])])
    h = tf.nn.relu(tf.matmul(flat, w3) + b3)
    return cross_entropy(tf, c, tf.matmul(h, w4) + b4)


def lstm(tf: Any, x: Any, t: Any, k: Any, b: Any, w: Any, b_out: Any) -> Any:
    h = cell = tf.zeros([tf.shape(x)[0], int(w.shape[0])])
    for row in tf.unstack(x, axis=1):
        i, j, f, o = tf.split(tf.matmul(tf.concat([row, h], 1), k) + b, 4, axis=1)
        cell = cell * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(cell) * tf.sigmoid(o)
    return cross_entropy(tf, t, tf.matmul(h, w) + b_out)


def cross_entropy(tf: Any, c: Any, logits: Any) -> Any:
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=logits))


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
