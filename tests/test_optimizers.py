"""Optimizers against TF 1.15's numbers (tests/data/optimizers.*) and its rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinyflow as tf

DATA = Path(__file__).parent / "data"
SETTINGS = json.loads((DATA / "optimizers.json").read_text())
NUMBERS = np.load(DATA / "optimizers.npz")
STEPS = 5


def _train(constructor: str, dtype: str, exact: bool = True):
    """x after each of the recorded steps, the slots after each, and the optimizer's variables."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(NUMBERS["x0"].astype(dtype), name="v")
        g = tf.placeholder(dtype, [5])
        optimizer = eval(constructor, {"tf": tf})
        optimizer.tf1_exact = exact
        step = optimizer.apply_gradients([(g, x)])
        slots = {name: optimizer.get_slot(x, name) for name in optimizer.get_slot_names()}
        history = []
        for grad in NUMBERS["grads"]:
            session.run(step, {g: grad.astype(dtype)})
            history.append(session.run([x, slots]))
        names = {name: slot.name for name, slot in slots.items()}
        extra = [v for v in optimizer.variables() if v.name not in names.values()]
        return history, names, {v.name: session.run(v) for v in extra}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-12), ("float32", 1e-6)])
def test_five_steps_as_in_tf115(setting, dtype, rtol):
    key = f"{setting}/{dtype}/ref"
    if f"{key}/x" not in NUMBERS:
        assert setting.startswith("prox") and dtype == "float64"  # TF 1.15 cannot
        return
    history, names, extra = _train(SETTINGS[setting]["constructor"], dtype)
    # In float32 the last digit of a large intermediate sum shows in what remains of it.
    atol = 0 if dtype == "float64" else 1e-6
    for t in range(STEPS):
        x, slots = history[t]
        assert x.dtype == dtype
        np.testing.assert_allclose(x, NUMBERS[f"{key}/x"][t], rtol, atol)
        for name, value in slots.items():
            want = NUMBERS[f"{key}/slot_{name}"][t]
            np.testing.assert_allclose(value, want, rtol, 1e-6 * abs(want).max() * (atol > 0))
    assert names == {name: slot["var"] for name, slot in SETTINGS[setting]["slots"].items()}
    wanted = SETTINGS[setting]["extra_vars"]
    assert extra.keys() == wanted.keys()
    for name, value in extra.items():
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, wanted[name], 1e-6)


class Slices(NamedTuple):
    """Stands for IndexedSlices: gradients of some rows."""

    values: Any
    indices: Any
    dense_shape: Any = None

    def _as_tensor(self):
        rows = tf.constant(np.eye(3))
        return tf.matmul(tf.gather(rows, self.indices), self.values, transpose_a=True)


@pytest.mark.parametrize("setting", [s for s in SETTINGS if f"{s}/sparse_dup/x" in NUMBERS])
def test_sparse_steps_as_in_tf115(setting):
    batches = [([0, 0], [[1, 2], [3, 4]]), ([2], [[1, -1]]), ([2, 0], [[0.5, 0.5], [0, 1]])]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(np.array([[1.0, 1], [2, 2], [3, 3]]))
        values, indices = tf.placeholder(tf.float64, [None, 2]), tf.placeholder(tf.int32, [None])
        optimizer = eval(SETTINGS[setting]["constructor"], {"tf": tf})
        optimizer.tf1_exact = True
        step = optimizer.apply_gradients([(Slices(values, indices), x)])
        for batch, want in zip(batches, NUMBERS[f"{setting}/sparse_dup/x"], strict=True):
            session.run(step, {indices: batch[0], values: batch[1]})
            np.testing.assert_allclose(session.run(x), want, 1e-12)


def test_sparse_steps_refuse_rows_that_are_not_there():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(np.ones((3, 2)))
        optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
        with pytest.raises(ValueError, match="Shapes must be equal"):
            optimizer.apply_gradients([(Slices(tf.constant([[1.0]]), tf.constant([0])), x)])
        grad = Slices(tf.constant([[1.0, 1.0]], tf.float64), tf.constant([-1]))
        step = optimizer.apply_gradients([(grad, x)])
        with pytest.raises(tf.errors.InvalidArgumentError, match="not all of 3 rows"):
            session.run(step)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_step_is_written_out_in_numpy(setting):
    with tf.Graph().as_default(), tf.Session() as session:
        W, g = tf.Variable(NUMBERS["x0"], name="W"), tf.placeholder(tf.float64, [5], name="g")
        step = eval(SETTINGS[setting]["constructor"], {"tf": tf}).apply_gradients([(g, W)])
        for _ in range(2):
            session.run(step, {g: NUMBERS["grads"][0]})
        source = session.source(step, {g: NUMBERS["grads"][0]})
    assert ", W_spare)" in source or "=W_spare)" in source or "np.copyto(W_spare" in source
    assert ".renew(" not in source and "compute(" not in source and "evaluate(" not in source


def test_float64_models_get_float64_hyper_parameters():
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = tf.Variable(np.float64(1)), tf.Variable(np.float32(1))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(x + tf.cast(y, tf.float64))
        session.run(step)
        assert session.run(x) == 0.9
        assert session.run(y) == np.float32(1) - np.float32(0.1)
        adam = tf.train.AdamOptimizer()
        adam.minimize(x)
        assert {v.dtype.base_dtype for v in adam.variables()} == {tf.float64}


@pytest.mark.parametrize("setting", ["prox_sgd", "prox_adagrad"])
def test_proximal_optimizers_in_float64(setting):
    # TF 1.15 makes float32 hyper-parameters and refuses to mix them with float64 variables.
    (single, _, _), (double, _, _) = (
        _train(SETTINGS[setting]["constructor"], dtype) for dtype in ("float32", "float64")
    )
    np.testing.assert_allclose([x for x, _ in double], [x for x, _ in single], 1e-5, 1e-6)


def test_dual_averaging():
    lr, l1, l2, sums, squares = 0.5, 0.2, 0.3, np.zeros(5), np.full(5, 0.1)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(NUMBERS["x0"], name="v")
        g = tf.placeholder(tf.float64, [5])
        counter = tf.train.get_or_create_global_step()
        optimizer = tf.train.AdagradDAOptimizer(
            lr, counter, l1_regularization_strength=l1, l2_regularization_strength=l2
        )
        step = optimizer.apply_gradients([(g, x)], counter)
        for t, grad in enumerate(NUMBERS["grads"], 1):
            session.run(step, {g: grad})
            sums += grad
            squares += grad**2
            shrunk = np.sign(sums) * np.maximum(np.abs(sums) - l1 * t, 0)
            want = -lr * shrunk / (l2 * t * lr + np.sqrt(squares))
            np.testing.assert_allclose(session.run(x), want, 1e-12)
        names = ["gradient_accumulator", "gradient_squared_accumulator"]
        assert optimizer.get_slot_names() == names


def test_ftrl_without_a_gradient_yet():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable([1.0, 1.0])
        optimizer = tf.train.FtrlOptimizer(0.1, initial_accumulator_value=0.0)
        session.run(optimizer.apply_gradients([(tf.constant([0.0, 1.0]), x)]))
        np.testing.assert_allclose(session.run(x), [0.0, 0.9], 1e-6)  # and not 0 / 0


# -- the operations and variables made, and their names -----------------------------------------


def test_names_are_those_of_tf115():
    with tf.Graph().as_default() as graph:
        v = tf.Variable([1.0, 2.0], name="v")
        with tf.name_scope("train"):
            first = tf.train.AdamOptimizer().minimize(tf.reduce_sum(v))
            second = tf.train.AdamOptimizer().minimize(tf.reduce_sum(v))
        momentum = tf.train.MomentumOptimizer(0.1, 0.9)
        third = momentum.minimize(tf.reduce_sum(v))
        again = momentum.minimize(tf.reduce_sum(v), name="again")
        steps = [first, second, third, again]
        assert [s.name for s in steps] == ["train/Adam", "train/Adam_1", "Momentum", "again"]
        assert {s.type for s in steps} == {"NoOp"}
        assert [x.name for x in tf.global_variables()] == [
            "v:0", "train/beta1_power:0", "train/beta2_power:0", "v/Adam:0", "v/Adam_1:0",
            "train/beta1_power_1:0", "train/beta2_power_1:0", "v/Adam_2:0", "v/Adam_3:0",
            "v/Momentum:0",
        ]  # fmt: skip
        assert tf.trainable_variables() == [v]
        assert graph.get_collection(tf.GraphKeys.TRAIN_OP) == steps
        update = graph.get_operation_by_name("train/Adam/update_v/ApplyAdam")
        assert [t.name for t in update.inputs[:-1]] == [
            "v:0", "v/Adam:0", "v/Adam_1:0", "train/beta1_power/read:0", "train/beta2_power/read:0",
            "train/Adam/learning_rate:0", "train/Adam/beta1:0", "train/Adam/beta2:0",
            "train/Adam/epsilon:0",
        ]  # fmt: skip
        assert graph.get_operation_by_name("v/Adam/Initializer/zeros").type == "Const"


def test_slots():
    with tf.Graph().as_default():
        v, w = tf.Variable(1.0, name="v"), tf.Variable(2.0, name="w")
        adam = tf.train.AdamOptimizer()
        assert adam.get_slot_names() == [] and adam.get_slot(v, "m") is None
        adam.minimize(v)
        assert adam.get_slot_names() == ["m", "v"]
        assert adam.get_slot(v, "m").name == "v/Adam:0"
        assert adam.get_slot(v, "n") is adam.get_slot(w, "m") is None
        names = ["beta1_power:0", "beta2_power:0", "v/Adam:0", "v/Adam_1:0"]
        assert [x.name for x in adam.variables()] == names
        assert adam.get_name() == "Adam"
        with tf.Graph().as_default():
            assert adam.variables() == []


def test_slots_of_a_variable_of_unknown_shape():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(tf.placeholder_with_default([1.0, 2.0], None), validate_shape=False)
        rms = tf.train.RMSPropOptimizer(0.1)
        session.run(rms.minimize(tf.reduce_sum(x * x)))
        np.testing.assert_allclose(session.run(rms.get_slot(x, "rms")), [1.3, 2.5], 1e-6)


def test_the_global_step_counts():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(2.0)
        counter = tf.train.get_or_create_global_step()
        step = tf.train.GradientDescentOptimizer(0.5).minimize(v * v, global_step=counter)
        assert (step.type, step.name) == ("AssignAdd", "GradientDescent")
        for _ in range(3):
            session.run(step)
        assert session.run(counter) == 3 and session.run(v) == 0.0


# -- what can be given --------------------------------------------------------------------------


def test_learning_rates():
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.placeholder(tf.float32, [])
        untyped = tf.placeholder()
        variable = tf.Variable(0.5, trainable=False)
        rates = [0.5, np.float64(0.5), lambda: 0.5, tf.constant(0.5), fed, untyped, variable,
                 lambda: fed, tf.constant(0.5, tf.float64)]  # fmt: skip
        for rate in rates:
            x = tf.Variable(3.0)
            step = tf.train.GradientDescentOptimizer(rate).minimize(x, var_list=[x])
            session.run(step, {fed: 0.5, untyped: 0.5})
            assert session.run(x) == 2.5 and session.run(x).dtype == np.float32
        x = tf.Variable(3.0)
        session.run(tf.train.GradientDescentOptimizer(1).minimize(x, var_list=[x]))
        assert session.run(x) == 2.0
        with pytest.raises(ValueError, match="rank 0 but is rank 1: alpha has shape"):
            tf.train.GradientDescentOptimizer([0.1, 0.2]).minimize(x)


def test_every_hyper_parameter_may_be_a_tensor():
    with tf.Graph().as_default(), tf.Session() as session:
        half = tf.placeholder(tf.float32, [])
        x, y = tf.Variable(1.0), tf.Variable(1.0)
        for make in (
            lambda h: tf.train.MomentumOptimizer(h, h),
            lambda h: tf.train.AdadeltaOptimizer(h, h, h),
            lambda h: tf.train.AdamOptimizer(h, 0.5, 0.5, h),
            lambda h: tf.train.RMSPropOptimizer(h, h, h, h),
            lambda h: tf.train.FtrlOptimizer(
                h, -h, 0.5, h, h, l2_shrinkage_regularization_strength=h
            ),
            lambda h: tf.train.ProximalAdagradOptimizer(h, 0.5, h, h),
        ):
            steps = [make(h).minimize(v * v, var_list=[v]) for h, v in ((half, x), (0.5, y))]
            session.run([steps], {half: 0.5})
            np.testing.assert_allclose(session.run(x), session.run(y), 1e-6)
            session.run([x.initializer, y.initializer])


def test_a_constraint_is_applied_after_the_update():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable([3.0, -3.0], constraint=lambda v: tf.maximum(v, 0.0))
        step = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(x))
        session.run(step)
        np.testing.assert_array_equal(session.run(x), [2.5, 0.0])


def test_gradients_may_be_changed_between_the_two_steps():
    with tf.Graph().as_default(), tf.Session() as session:
        x, unused = tf.Variable([3.0, -4.0], name="x"), tf.Variable(7.0, name="unused")
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        pairs = optimizer.compute_gradients(tf.reduce_sum(x * x), grad_loss=tf.constant(0.5))
        assert [v for _, v in pairs] == [x, unused] and pairs[1][0] is None
        halved = [(None if g is None else g * 0.5, v) for g, v in pairs]
        assert optimizer.apply_gradients(halved).name == "GradientDescent"
        session.run(optimizer.apply_gradients([([1.0, 1.0], x), (None, unused)]))
        np.testing.assert_array_equal(session.run(x), [2.0, -5.0])
        session.run("GradientDescent")
        np.testing.assert_array_equal(session.run(x), [1.0, -2.5])


def test_variables_by_default_are_the_trainable_ones_of_the_loss():
    with tf.Graph().as_default():
        x, fixed = tf.Variable(1.0), tf.Variable(1.0, trainable=False)
        loss = x * fixed
    pairs = tf.train.GradientDescentOptimizer(1.0).compute_gradients(loss)
    assert [v for _, v in pairs] == [x]
    pairs = tf.train.GradientDescentOptimizer(1.0).compute_gradients(lambda: loss, {"a": [fixed]})
    assert [v for _, v in pairs] == [fixed]


def test_a_float32_variable_keeps_its_dtype():
    # The book's placeholders have no dtype, and its arrays are float64.
    with tf.Graph().as_default(), tf.Session() as session:
        g = tf.placeholder()
        x, y = tf.Variable(np.float32([1, 2])), tf.Variable(np.float32([1, 2]))
        steps = [
            tf.train.GradientDescentOptimizer(0.5).apply_gradients([(g, x)]),
            tf.train.AdamOptimizer(0.5).apply_gradients([(g, y)]),
        ]
        for _ in range(2):
            session.run(steps, {g: np.array([1.0, -1.0])})
        values = session.run([x, y])
        assert [v.dtype for v in values] == [np.float32] * 2
        np.testing.assert_array_equal(values[0], [0.0, 3.0])


def test_an_own_optimizer():
    class Signs(tf.train.Optimizer):
        """A step of one length, or of half that if the gradient's sign changed."""

        def __init__(self, learning_rate, use_locking=False, name="Signs"):
            super().__init__(use_locking, name)
            self._rate = learning_rate

        def _create_slots(self, var_list):
            for v in var_list:
                self._zeros_slot(v, "last", self._name)

        def _prepare(self):
            self._rate_t = tf.convert_to_tensor(self._rate, name="learning_rate")

        def _apply_dense(self, grad, var):
            last = self.get_slot(var, "last")
            rate = tf.cast(self._rate_t, var.dtype.base_dtype)
            turned = tf.cast(tf.less(grad * last, 0.0), tf.float32)
            step = tf.assign_sub(var, rate * (1.0 - 0.5 * turned) * tf.sign(grad))
            return tf.group(step, tf.assign(last, grad))

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable([3.0, -0.25], name="x")
        optimizer = Signs(1.0)
        step = optimizer.minimize(tf.reduce_sum(x * x))
        history = []
        for _ in range(3):
            session.run(step)
            history.append(session.run(x).tolist())
        assert history == [[2.0, 0.75], [1.0, 0.25], [0.0, -0.75]]
        assert optimizer.get_slot(x, "last").name == "x/Signs:0"


def test_an_optimizer_for_resource_variables_serves_too():
    class Resource(tf.train.Optimizer):
        def _resource_apply_dense(self, grad, handle):
            return tf.assign_sub(handle, grad)

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(3.0)
        session.run(Resource(False, "Resource").minimize(2.0 * x))
        assert session.run(x) == 1.0


# -- what is refused ----------------------------------------------------------------------------


def test_no_gradient_says_where_it_stopped():
    with tf.Graph().as_default():
        W, b = tf.Variable([[1.0, 2.0]], name="W"), tf.Variable([1.0, 2.0], name="b")
        n, _ = tf.Variable(3, name="n"), tf.Variable(1.0, name="unused")
        best = tf.argmax(W, axis=1, name="best")
        whole = tf.cast(b, tf.int32, name="whole")
        loss = tf.reduce_sum(tf.cast(best, tf.float32))
        loss += tf.reduce_sum(tf.cast(whole + n, tf.float32))
        with pytest.raises(ValueError) as error:
            tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    first, *reasons = str(error.value).splitlines()
    assert first == (
        "No gradients provided for any variable, check your graph for ops that do not support "
        """gradients, between variables ["<tf.Variable 'W:0' shape=(1, 2) dtype=float32_ref>", """
        """"<tf.Variable 'b:0' shape=(2,) dtype=float32_ref>", """
        """"<tf.Variable 'n:0' shape=() dtype=int32_ref>", """
        """"<tf.Variable 'unused:0' shape=() dtype=float32_ref>"] and loss """
        f"{loss}."
    )
    assert [reason.split(";")[0].strip() for reason in reasons] == [
        "'W': stopped at 'best' (ArgMax, no gradient)",
        "'b': stopped at 'whole' (Cast, float32 -> int32)",
        "'n': it is int32, and integers have no gradient",
        "'unused': the loss does not depend on it",
    ]
    assert 'best = tf.argmax(W, axis=1, name="best")' in reasons[0]


def test_no_gradient_where_a_rule_returns_none():
    class Half(tf.Operation):
        recordable = True

        def infer(self, x, y):
            return x

        def compute(self, x, y):
            return x * y

    tf.RegisterGradient("Half")(lambda op, grad: [None, grad * op.inputs[0]])
    with tf.Graph().as_default():
        x, y = tf.Variable(1.0, name="x"), tf.Variable(1.0, name="y")
        loss = Half([2.0 * x, y], name="half") * 3.0
        assert tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[y])
        with pytest.raises(ValueError, match=r"'x': stopped at 'half' \(Half, no gradient\)"):
            tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[x])


def test_errors_are_those_of_tf115():
    with tf.Graph().as_default():
        v = tf.Variable([1.0, 2.0], name="v")
        c = tf.constant(1.0)
        loss = tf.reduce_sum(v)
        optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
        minimize, apply = optimizer.minimize, optimizer.apply_gradients
        wrong, double = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, 2.0], tf.float64)
        train = tf.train
        refused = [
            (ValueError, "No variables to optimize", lambda: minimize(loss, var_list=[])),
            (ValueError, "between variables .*Const", lambda: minimize(loss, var_list=[c])),
            (ValueError, "No variables provided", lambda: apply([])),
            (ValueError, r"any variable: \[\"<tf", lambda: apply([(None, v)])),
            (AttributeError, "'float' object has no attribute 'dtype'", lambda: minimize(5.0)),
            (AttributeError, "'str' object has no", lambda: minimize(loss, var_list=["v"])),
            (ValueError, "Invalid type tf.int32", lambda: minimize(tf.constant(3))),
            (ValueError, "must be one of", lambda: minimize(loss, gate_gradients=7)),
            (NotImplementedError, "Trying to update a Tensor", lambda: apply([(c, c)])),
            (TypeError, "Gradient must be convertible", lambda: apply([({}, v)])),
            (ValueError, "Shapes must be equal: var has shape", lambda: apply([(wrong, v)])),
            (TypeError, "does not match type float32", lambda: apply([(double, v)])),
            (ValueError, "Must specify the optimizer name", lambda: train.Optimizer(False, "")),
            (NotImplementedError, "not say", lambda: train.Optimizer(False, "x").minimize(loss)),
            (ValueError, "must be positive: 0.0", lambda: train.AdagradOptimizer(0.1, 0.0)),
            (ValueError, "must be positive", lambda: train.AdagradDAOptimizer(0.1, c, 0.0)),
            (ValueError, "to be negative or zero", lambda: train.FtrlOptimizer(0.1, 1.0)),
            (ValueError, "initial_accumulator_value -1.000000 needs to be positive or zero",
             lambda: train.FtrlOptimizer(0.1, initial_accumulator_value=-1.0)),
        ]  # fmt: skip
        for kind, message, call in refused:
            with pytest.raises(kind, match=message):
                call()
