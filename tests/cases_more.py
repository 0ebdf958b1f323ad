"""More cases of TensorFlow 1.15 behaviour: (id, source), recorded in data/tf115_cases_more.json.

The form is that of the golden cases: each source runs in a fresh default graph with `tf`, `np`,
`show`, `E`, `names` and `init_session` at hand; what it shows, raises and ends on is its outcome.
Only what tinyflow promises is asked here: no variable_scope, layers, losses, rnn, cond, while_loop,
Saver, summaries or IndexedSlices. Numbers are exact in float32 or rounded, so that an executor of
another make can give the same text.
"""
CASES = []


def c(cid, src):
    CASES.append((cid, src))


# --- fetches ------------------------------------------------------------------------------------
c('fetch.ops_give_none', r'''
v = tf.Variable(1.); n = tf.no_op(); sess = init_session()
show(sess.run(n)); show(sess.run(tf.group(v.assign_add(1.), n))); show(sess.run([v.initializer, n, v])); show(sess.run({"n": n, "p": (n, v.op)})); show(sess.run(tf.global_variables_initializer())); show(sess.run(tf.constant(1.).op))''')
c('fetch.by_name', r'''
k = tf.constant([1., 2.], name="k"); a, b = tf.split(k, 2, name="sp"); sess = tf.Session()
for f in ("k:0", b"k:0", "k", b"k", "sp:0", "sp:1", "sp", "k:00"): E(lambda: sess.run(f))
show(sess.run(["k:0", {"b": "sp:1"}, k]))''')
c('fetch.bad_names', r'''
k = tf.constant(1., name="k"); sess = tf.Session()
for f in ("k:1", "nope:0", "nope", "", "k:", ":0", "k:x", "k:0:0", "/k:0", "K:0", "^k"): E(lambda: sess.run(f))
E(lambda: sess.run([k, "nope:0"])); show(sess.run(k))''')
c('fetch.bad_types', r'''
k = tf.constant(1., name="k"); sess = tf.Session()
for f in (None, 5, 2.5, True, {1, 2}, np.ones(2), lambda: 1, (i for i in [k]), object, tf.float32, k.shape, tf.get_default_graph()):
    try: sess.run(f); show("no error")
    except Exception as e: show(type(e).__name__)
E(lambda: sess.run([k, None])); E(lambda: sess.run({"a": 5})); E(lambda: sess.run((k, [[3]]))); E(lambda: sess.run(np.float32(2.)))''')
c('fetch.mapping_types', r'''
a = tf.constant(1, name="a"); b = tf.constant(2, name="b"); sess = tf.Session()
o = collections.OrderedDict([("z", a), ("y", b), ("x", [a])]); r = sess.run(o); show(r); show(list(r))
d = collections.defaultdict(list); d["q"] = b; r = sess.run(d); show(type(r).__name__, r["q"])
show(sess.run({1: a, (2, 3): b, None: a})); show(sess.run({"a": {}, "b": (), "c": [[], {"d": a}]})); show(list(sess.run({"b": a, "a": b})))''')
c('fetch.sequence_types', r'''
a = tf.constant(1, name="a"); P = collections.namedtuple("P", "u v"); Q = collections.namedtuple("Q", "w"); sess = tf.Session()
class L(list): pass
show(sess.run(P(u=[a, a], v=Q({"k": a})))); show(sess.run([P(a, (a,)), P(a, ())])); r = sess.run(L([a, a])); show(type(r).__name__, list(r)); show(sess.run(((((a,),),),)))''')
c('fetch.scalar_types', r'''
sess = tf.Session()
for x in (1., 1, True, np.float64(2), np.float16(2), np.int64(3), np.uint8(4), np.int8(-4), 1 + 2j, "s", np.uint16(5)):
    r = sess.run(tf.constant(x)); show(isinstance(r, bytes) or isinstance(r, np.generic), isinstance(r, np.ndarray)); show(r)
r = sess.run(tf.constant([7.])); show(type(r).__name__, r.shape); r = sess.run(tf.reduce_sum([1, 2])); show(type(r).__name__, r)
show([type(q).__name__.rstrip("_") for q in sess.run([tf.constant(1.) > 0., tf.size([1]), tf.argmax([1., 2.]), tf.constant(2)[tf.newaxis]])])''')
c('fetch.fed_is_0d_array', r'''
p = tf.placeholder(tf.float32, name="p"); q = tf.placeholder_with_default(1., []); t = p * 2.; y = t + 1.; sess = tf.Session()
r = sess.run(p, {p: 3.}); show(type(r).__name__, r.shape, str(r.dtype)); r = sess.run([t, y], {t: 5}); show([type(z).__name__ for z in r]); show(r)
r = sess.run(q, {q: 4}); show(type(r).__name__); r = sess.run(q); show(type(r).__name__); r = sess.run({"a": p, "b": p}, {p: np.float32(2.)}); show(r["a"] is r["b"], type(r["a"]).__name__)''')
c('fetch.fed_same_object', r'''
p = tf.placeholder(tf.float32, [None]); sess = tf.Session(); f = np.array([1., 2.], np.float32); d = np.array([1., 2.]); l = [1., 2.]
show(sess.run(p, {p: f}) is f); r = sess.run(p, {p: d}); show(r is d, str(r.dtype)); r = sess.run(p, {p: l}); show(r is l, type(r).__name__)
r = sess.run([p, p + 0.], {p: f}); show(r[0] is f, np.shares_memory(r[1], f)); s_ = f[::-1]; show(sess.run(p, {p: s_}) is s_)''')
c('fetch.alias_constant', r'''
n = np.array([1., 2.], np.float32); k = tf.constant(n); i = tf.identity(k); sess = tf.Session(); n[0] = 99.; show(sess.run(k))
x = sess.run(k); x[0] = 50.; show(sess.run(k)); y = sess.run(i); y[:] = 7.; show(sess.run([k, i, k * 2.])); show(x.flags.writeable, y.flags.writeable)''')
c('fetch.alias_views', r'''
k = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3)); r = tf.reshape(k, [3, 2]); t = tf.transpose(k); s_ = k[0]; e = tf.expand_dims(k, 0); sess = tf.Session()
a = sess.run([k, r, t, s_, e]); show([z.flags.writeable for z in a], [z.flags.c_contiguous for z in a])
for z in a[1:]: z[...] = -1
show(sess.run(k)); show(sess.run([r, t, s_]))''')
c('fetch.alias_resource_variable', r'''
v = tf.Variable([1., 2.], use_resource=True); add = v.assign_add([1., 1.]); sess = init_session()
x = sess.run(v); x[0] = 50.; show(sess.run(v)); y = sess.run(v); sess.run(add); show(y); z = sess.run(add); sess.run(add); show(z)''')
c('fetch.alias_initial_value', r'''
n = np.array([1., 2.], np.float32); v = tf.Variable(n); n[0] = 77.; sess = init_session(); show(sess.run(v)); x = sess.run(v.initial_value); x[:] = -1; sess.run(v.initializer); show(sess.run(v)); sess.run(v.assign_add([1., 1.])); show(sess.run(v.initial_value)); sess.run(v.initializer); show(sess.run(v))''')
c('fetch.random_once_per_run', r'''
r = tf.random_uniform([3]); a = r + 0.; b = tf.identity(r) * 1.; sess = tf.Session(); x, y, z = sess.run([r, a, b]); show(bool((x == y).all() and (y == z).all())); u, w = sess.run([r, r]); show(u is w); show(bool((u == x).all())); show(bool((sess.run(r - r) == 0).all()))''')
c('fetch.strings', r'''
sess = tf.Session(); s_ = tf.constant([["a", "bb"], ["", "\u00fc"]]); r = sess.run(s_); show(str(r.dtype), r.shape, type(r[0, 1]).__name__); show(r); show(sess.run(tf.constant(b"\x00\xff"))); show(sess.run(tf.constant(np.array(["x", "yy"])))); show(str(tf.constant("q").dtype), sess.run(tf.constant("a") + tf.constant(["b", "c"])))''')
c('fetch.variables', r'''
v = tf.Variable(2., name="v"); w = tf.Variable([3], name="w", use_resource=True); sess = init_session(); show(sess.run([v, w, v.value(), w.read_value(), v.initial_value, "v:0", "v/read:0"])); show(sess.run({"v": v, "i": v.initialized_value()})); show(sess.run("v")); show(v.eval(sess), w.eval(session=sess))''')
c('fetch.pruning', r'''
p = tf.placeholder(tf.float32); bad = tf.reshape(p, [2]); v = tf.Variable(0.); inc = v.assign_add(1.); log = []
def f(x): log.append(float(x)); return x
t = tf.py_func(f, [tf.constant(1.)], tf.float32); u = tf.py_func(f, [tf.constant(2.)], tf.float32); sess = init_session(); show(sess.run(tf.constant(5.))); show(sess.run(v)); sess.run(u); show(log); sess.run([t, t, t + 1.]); show(log)''')
c('fetch.make_callable', r'''
p = tf.placeholder(tf.float32, [], name="p"); q = tf.placeholder(tf.float32, [], name="q"); y = p - q; sess = tf.Session(); f = sess.make_callable(y, feed_list=[p, q]); show(f(5., 3.)); show(f(1, 2)); g = sess.make_callable({"a": [y, p]}, [q, p]); E(lambda: g(np.float32(1.), np.float32(4.))); h = sess.make_callable(tf.constant(3)); show(h()); E(lambda: f(1.)); E(lambda: sess.make_callable("nope:0"))''')
c('fetch.session_usable_after_error', r'''
p = tf.placeholder(tf.float32, name="p"); y = tf.reshape(p, [2]); z = p * 2.; sess = tf.Session()
E(lambda: sess.run(y, {p: [1., 2., 3.]})); show(sess.run(y, {p: [1., 2.]})); E(lambda: sess.run(y)); show(sess.run(z, {p: 2.})); E(lambda: sess.run("zz:0")); show(sess.run([y, z], {p: [3., 4.]}))''')

# --- feeds --------------------------------------------------------------------------------------
c('feed.intermediate', r'''
a = tf.constant(2.); b = a * 3.; d = b + 1.; e = b * d; sess = tf.Session(); show(sess.run(e)); show(sess.run(e, {b: 10.})); show(sess.run(e, {d: 10.})); show(sess.run([a, b, d, e], {b: 1., d: 5.})); show(sess.run(e, {a: 1.})); show(sess.run(e))''')
c('feed.constant_folded', r'''
a = tf.constant([1., 2.]); b = tf.constant([10., 20.]); y = tf.reduce_sum(a * b) + 1.; n = tf.shape(a); r = tf.ones(tf.stack([tf.size(a), 2])); sess = tf.Session(); show(sess.run(y)); show(sess.run(y, {b: [0., 1.]})); show(sess.run(y, {a: [5., 5.]})); show(sess.run(y)); show(sess.run(tf.fill(n, 3.), {n: [4]}).shape); E(lambda: sess.run(r).shape)''')
c('feed.static_shape_lies', r'''
p = tf.placeholder(tf.float32, name="p"); y = p * 2.; y.set_shape([2]); z = y + 1.; sess = tf.Session(); show(str(z.shape)); E(lambda: sess.run(z, {p: [1., 2., 3.]})); E(lambda: sess.run(z, {y: [1., 2., 3.]})); E(lambda: sess.run(z, {y: [1., 2.]})); p.set_shape([3]); E(lambda: sess.run(z, {p: [1., 2.]}))''')
c('feed.value_kinds', r'''
p = tf.placeholder(tf.float32); y = tf.identity(p); sess = tf.Session()
for x in (1, True, 2.5, np.float64(3), np.int8(4), np.bool_(True), [1, 2.5], (3, 4), [np.float32(1), 2], np.array(5), np.arange(6).reshape(2, 3)[:, ::2], np.arange(3.)[::-1], np.asfortranarray(np.arange(4.).reshape(2, 2)), [], [[]], np.zeros((0, 2)), [np.ones(2), np.zeros(2)], range(3), np.ma.array([1., 2.], mask=[0, 1]), np.matrix([[1., 2.]])):
    E(lambda: sess.run(y, {p: x}))''')
c('feed.bad_values', r'''
p = tf.placeholder(tf.float32, name="p"); y = tf.identity(p); sess = tf.Session()
for x in ({}, {"a": 1}, object(), [[1], [2, 3]], "x", b"1.5", ["1", "2"], [None, 1.], lambda: 1, 1 + 1j, np.array([object()])):
    try: show(sess.run(y, {p: x}))
    except Exception as e: show(type(e).__name__)''')
c('feed.into_ints_and_bools', r'''
i = tf.placeholder(tf.int32); b = tf.placeholder(tf.bool); l = tf.placeholder(tf.int64); sess = tf.Session(); I = tf.identity(i); B = tf.identity(b); L = tf.identity(l)
E(lambda: sess.run(I, {i: 7})); E(lambda: sess.run(I, {i: True})); E(lambda: sess.run(I, {i: [1, 2]})); E(lambda: sess.run(I, {i: np.array([3], np.int64)})); E(lambda: sess.run(I, {i: np.array([3.], np.float32)})); E(lambda: sess.run(I, {i: "12"})); E(lambda: sess.run(I, {i: -2**31})); E(lambda: sess.run(I, {i: 2**31}))
E(lambda: sess.run(B, {b: 1})); E(lambda: sess.run(B, {b: [0, 2, -1]})); E(lambda: sess.run(B, {b: 0.})); E(lambda: sess.run(B, {b: []})); E(lambda: sess.run(L, {l: 2**40})); E(lambda: sess.run(L, {l: np.int8(3)})); E(lambda: sess.run(L, {l: 2**70}))''')
c('feed.strings', r'''
p = tf.placeholder(tf.string, name="p"); y = tf.identity(p); sess = tf.Session()
for x in ("a", b"b", "\u00e9", ["a", "bc"], np.array(["q", "rs"]), np.array([b"q"], dtype=object), np.array(["u"], dtype=object), [["a"], ["b"]], 5):
    try: show(sess.run(y, {p: x}))
    except Exception as e: show(type(e).__name__)''')
c('feed.same_tensor_twice', r'''
p = tf.placeholder(tf.float32, name="p"); y = p * 2.; sess = tf.Session(); O = collections.OrderedDict; show(sess.run(y, O([(p, 1.), ("p:0", 5.)]))); show(sess.run(y, O([("p:0", 5.), (p, 1.)]))); show(sess.run(y, O([(b"p:0", 3.)])))''')
c('feed.unfed', r'''
p = tf.placeholder(tf.float32, [2, None], name="p"); q = tf.placeholder(tf.int64, name="q"); r = tf.placeholder(tf.bool, [], name="r"); y = p * 2.; sess = tf.Session()
E(lambda: sess.run(y)); E(lambda: sess.run(tf.identity(q))); E(lambda: sess.run(r)); E(lambda: sess.run(tf.constant(1.))); E(lambda: sess.run(y, {r: True})); E(lambda: sess.run(tf.shape(p))); E(lambda: sess.run(tf.zeros_like(p), {p: np.ones((2, 3))})); E(lambda: sess.run(p.op)); E(lambda: sess.run([y, r], {y: [[1.], [2.]], r: False}))''')
c('feed.shape_checks', r'''
sess = tf.Session(); P = lambda s: tf.placeholder(tf.float32, s, name="p")
for s_, x in ((None, 1.), (None, np.ones((2, 2))), ([], [1.]), ([], np.ones((1, 1))), ([None], 1.), ([None], []), ([0], []), ([0], [1.]), ([2, None], np.ones((2, 0))), ([2, None], np.ones((3, 2))), ([None, None], [1.]), ([1], 1.), ([3], [[1.], [2.], [3.]]), ([None, 3], np.ones((0, 3)))):
    p = P(s_); E(lambda: sess.run(tf.identity(p), {p: x}).shape)''')
c('feed.bad_keys', r'''
g = tf.Graph()
with g.as_default(): o = tf.placeholder(tf.float32, name="o")
p = tf.placeholder(tf.float32, name="p"); y = p + 1.; sess = tf.Session()
for k in (o, "p", "q:0", "", "p:1", 3, 2.5, y.op, (p, 5), np.float32, lambda: 0):
    try: show(sess.run(y, {k: 1., p: 1.}))
    except Exception as e: show(type(e).__name__)
E(lambda: sess.run(y, [(p, 1.)])); E(lambda: sess.run(y, 5)); E(lambda: sess.run(y, "p")); E(lambda: sess.run(y, p)); E(lambda: sess.run(y, collections.OrderedDict([(p, 2.)])))''')
c('feed.prevent_feeding', r'''
a = tf.constant(1., name="a"); b = a + 1.; y = b * 2.; g = tf.get_default_graph(); sess = tf.Session(); show(g.is_feedable(b), g.is_feedable(a)); g.prevent_feeding(b); show(g.is_feedable(b)); E(lambda: sess.run(y, {b: 3.})); E(lambda: sess.run(y, {a: 3.})); g.prevent_fetching(y.op); show(g.is_fetchable(y), g.is_fetchable(b)); E(lambda: sess.run(y)); E(lambda: sess.run(b))''')
c('feed.gradient_sees_fed_value', r'''
x = tf.placeholder(tf.float32, []); h = x * x; y = h * h; g = tf.gradients(y, x)[0]; gh = tf.gradients(y, h)[0]; sess = tf.Session(); show(sess.run([y, g, gh], {x: 2.})); show(sess.run([y, g, gh], {x: 2., h: 1.})); show(sess.run(g, {x: 2., gh: 100.})); show(sess.run(gh, {h: 3.}))''')
c('feed.not_kept', r'''
p = tf.placeholder_with_default(tf.constant(1.), []); k = tf.constant(5.); sess = tf.Session(); y = p + k; show(sess.run(y, {p: 2., k: 3.})); show(sess.run(y)); d = {p: 7.}; show(y.eval(d, sess)); show(len(d)); show(y.eval(feed_dict={k: 0.}, session=sess)); v = tf.Variable(0.); a = v.assign(y); sess.run(a, {k: 9.}); show(sess.run(v)); a.op.run({k: 1.}, sess); show(sess.run(v))''')
c('feed.array_changed_later', r'''
p = tf.placeholder(tf.float32, [2]); v = tf.Variable([0., 0.]); a = v.assign(p); y = tf.identity(p); sess = init_session(); x = np.array([1., 2.], np.float32); sess.run(a, {p: x}); r = sess.run(y, {p: x}); x[:] = 9.; show(sess.run(v), r); x.flags.writeable = False; show(sess.run(p * 2., {p: x})); f = sess.run(y, {p: x}); show(f.flags.writeable); n = np.array([5., 6.], np.float32); v.load(n, sess); n[:] = 0; show(sess.run(v))''')
c('feed.default_shape', r'''
p = tf.placeholder_with_default([[1., 2.]], [None, 2], name="p"); show(str(p.shape), p.op.type, str(p.dtype)); sess = tf.Session(); E(lambda: sess.run(p, {p: [[1.]]})); E(lambda: sess.run(p * 1., {p: [[1., 2.], [3., 4.]]})); E(lambda: tf.placeholder_with_default([1., 2.], [3])); q = tf.placeholder_with_default(3, None); show(str(q.shape), sess.run(q)); E(lambda: sess.run(q + 1, {q: [1, 2]})); x = tf.constant(2.); z = tf.placeholder_with_default(x * 3., []); show(sess.run(tf.gradients(z, x)))''')
c('feed.multi_output', r'''
a, b, d = tf.unstack(tf.constant([1., 2., 3.])); t, i = tf.nn.top_k([5., 7., 6.], 2); s_ = a + b + d; sess = tf.Session(); show(sess.run(s_, {b: 10.})); show(sess.run([s_, a], {a: 0., d: 0.})); show(sess.run([t, i], {i: [4, 4]})); show(sess.run(tf.cast(i, tf.float32) * t, {t: [1., 1.]}))''')
c('feed.variable_initial_value', r'''
v = tf.Variable([1., 2.], name="v"); sess = tf.Session(); sess.run(v.initializer, {v.initial_value: [5., 6.]}); show(sess.run(v)); E(lambda: sess.run(v.initializer, {v.initial_value: [5.]})); sess.run(v.initializer); show(sess.run(v)); w = tf.Variable(tf.placeholder_with_default([0., 0.], [2], name="d")); sess.run(w.initializer, {"d:0": [3., 4.]}); show(sess.run(w))''')

# --- sessions -----------------------------------------------------------------------------------
c('sess.not_reentrant', r'''
a = tf.constant(1.); s_ = tf.Session()
def twice():
    with s_:
        with s_: return 1
E(twice); E(lambda: s_.run(a)); s2 = tf.Session(); d = s2.as_default()
with s2.as_default():
    with s2.as_default(): show(tf.get_default_session() is s2)
    show(tf.get_default_session() is s2)
show(tf.get_default_session() is None); show(s2.run(a))''')
c('sess.as_default_keeps_open', r'''
a = tf.constant(3.); s1 = tf.Session()
with s1.as_default() as q: show(q is s1); show(a.eval()); show(tf.get_default_session() is s1)
show(s1.run(a)); E(lambda: a.eval())
with s1 as q: show(q is s1); show(a.eval())
E(lambda: s1.run(a))''')
c('sess.with_exception', r'''
a = tf.constant(1.)
def f():
    with tf.Session() as s_: keep.append(s_); raise KeyError("mine")
keep = []; E(f); show(tf.get_default_session() is None); E(lambda: keep[0].run(a)); g = tf.Graph()
def h():
    with g.as_default(): raise ValueError("in graph")
E(h); show(tf.get_default_graph() is a.graph)''')
c('sess.constructor', r'''
g = tf.Graph(); s1 = tf.Session(graph=g); show(s1.graph is g); s2 = tf.Session(); show(s2.graph is tf.get_default_graph())
with g.as_default(): s3 = tf.Session(); k = tf.constant(2.)
show(s3.graph is g); show(s3.run(k)); E(lambda: tf.Session(graph=5)); E(lambda: tf.Session(config=5)); E(lambda: tf.Session(target=5)); s4 = tf.Session("", g, tf.ConfigProto()); show(s4.run(k)); s3.close(); s4.close()''')
c('sess.eval_and_run_methods', r'''
v = tf.Variable(1.); a = v * 2.; o = v.assign_add(1.).op
with tf.Session() as s_:
    show(tf.global_variables_initializer().run()); show(a.eval()); show(v.eval()); show(o.run()); show(a.eval({v: 10.})); show(v.read_value().eval()); E(lambda: v.initializer.eval())
E(lambda: a.eval()); E(lambda: o.run()); E(lambda: v.eval()); E(lambda: a.eval(session=s_)); E(lambda: a.eval(session=5))''')
c('sess.default_of_another_graph', r'''
a = tf.constant(1., name="a"); g = tf.Graph()
with g.as_default(): b = tf.constant(2., name="b"); n = tf.no_op()
with tf.Session(graph=g):
    show(b.eval()); E(lambda: a.eval()); E(lambda: a.op.run()); show(n.run()); show(tf.get_default_graph() is g)
with tf.Session() as s_: E(lambda: b.eval()); E(lambda: n.run()); E(lambda: b.eval(session=s_)); E(lambda: s_.run("b:0")); E(lambda: s_.run([a, b.op]))''')
c('sess.interactive_stack', r'''
s1 = tf.InteractiveSession(); a = tf.constant(1.); show(tf.get_default_session() is s1); show(a.eval()); s1.close(); show(tf.get_default_session() is None); E(lambda: s1.run(a)); s2 = tf.InteractiveSession(); show((a + 1.).eval())
with tf.Session() as s3: show(tf.get_default_session() is s3)
show(tf.get_default_session() is s2); s2.close(); E(lambda: (a + 1.).eval())''')
c('sess.interactive_graph', r'''
g = tf.Graph(); s1 = tf.InteractiveSession(graph=g); show(tf.get_default_graph() is g); k = tf.constant(4.); show(k.graph is g); show(k.eval()); v = tf.Variable(2.); v.initializer.run(); show((v * k).eval()); s1.close(); show(tf.get_default_graph() is g)''')
c('sess.threads', r'''
import threading
a = tf.constant(1.); p = tf.placeholder(tf.float32); y = p * p; r = []
with tf.Session() as s_:
    def f(): r.append(tf.get_default_session() is None); r.append(tf.get_default_graph() is a.graph); r.append(float(s_.run(y, {p: 3.})))
    t = threading.Thread(target=f); t.start(); t.join()
    out = {}
    def w(i): out[i] = [float(s_.run(y, {p: float(i)})) for _ in range(20)]
    ts = [threading.Thread(target=w, args=(i,)) for i in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]
show(r); show(all(set(out[i]) == {float(i * i)} for i in range(4)))''')
c('sess.reset_default_graph', r'''
a = tf.constant(1., name="a"); g0 = tf.get_default_graph(); tf.reset_default_graph(); show(tf.get_default_graph() is g0); b = tf.constant(1., name="a"); show(b.name); E(lambda: a + b)
with tf.Graph().as_default(): E(lambda: tf.reset_default_graph())
with tf.Session(): E(lambda: tf.reset_default_graph())
tf.reset_default_graph(); show(names(tf.get_default_graph().get_operations())); s1 = tf.Session(graph=g0); show(s1.run(a))''')
c('sess.error_attributes', r'''
p = tf.placeholder(tf.float32, [None], name="p"); y = tf.reshape(p, [2], name="y"); v = tf.Variable(1., name="v"); sess = tf.Session()
def info(f):
    try: f()
    except tf.errors.OpError as e: return [type(e).__name__, e.error_code, e.op.name if e.op is not None else None, isinstance(e.message, str), isinstance(e, tf.OpError)]
show(info(lambda: sess.run(y, {p: [1.]}))); show(info(lambda: sess.run(y))[:2]); show(info(lambda: sess.run(v))[:2]); q = tf.placeholder(tf.int32, name="q"); show(info(lambda: sess.run(tf.gather([1., 2.], q, name="ga"), {q: 7}))); show(info(lambda: sess.run(tf.constant(1) // tf.constant(0)))[:2])''')
c('sess.closed_more', r'''
a = tf.constant(1.); v = tf.Variable(2.); s1 = tf.Session(); s1.run(v.initializer); s1.close(); s1.close(); E(lambda: s1.run([])); E(lambda: s1.run(5)); E(lambda: v.load(1., s1)); show(s1.graph is a.graph)
def enter():
    with s1: return "entered"
E(enter); E(lambda: a.eval(session=s1)); s2 = tf.Session(); E(lambda: s2.run(v)); show(s2.run(a))''')
c('sess.graph_grows', r'''
v = tf.Variable(1.); sess = init_session(); r = []
for i in range(4): v_ = v * float(i); r.append(float(sess.run(v_)))
show(r); w = tf.Variable(5.); E(lambda: sess.run(w)); sess.run(w.initializer); show(sess.run(v + w)); o = v.assign_add(w); show(sess.run(o), sess.run(o)); sess.run(tf.global_variables_initializer()); show(sess.run([v, w]))''')

# --- graphs -------------------------------------------------------------------------------------
c('graph.mixed', r'''
g1 = tf.Graph(); g2 = tf.Graph()
with g1.as_default(): a = tf.constant(1., name="a"); v = tf.Variable(2., name="v")
with g2.as_default(): b = tf.constant(2., name="b"); w = tf.Variable(2., name="w")
E(lambda: a + b); E(lambda: tf.add(a, b)); E(lambda: tf.stack([a, b])); E(lambda: v.assign(b)); E(lambda: tf.matmul(tf.reshape(a, [1, 1]), tf.reshape(b, [1, 1]))); E(lambda: tf.gradients(a * 2., b)); E(lambda: tf.group(a, b))
with g1.as_default():
    E(lambda: b * 2.); E(lambda: (b * 2.).graph is g2); E(lambda: tf.control_dependencies([b]).__enter__())''')
c('graph.op_goes_to_input_graph', r'''
g1 = tf.Graph(); g0 = tf.get_default_graph()
with g1.as_default(): a = tf.constant([1., 2.], name="a"); v = tf.Variable(3.)
show([t.graph is g1 for t in (a + 1., 1. - a, tf.square(a), v + 1., v.assign(5.), tf.reshape(a, [2, 1]), tf.gradients(a * a, a)[0], -a, tf.stack([a, a]), tf.identity(a, name="i"), tf.nn.relu(a), tf.cast(a, tf.int32))]); show(len(g0.get_operations())); s1 = tf.Session(graph=g1); show(s1.run(a * 2.)); E(lambda: tf.Session().run(a * 2.))''')
c('graph.finalize', r'''
a = tf.constant(1., name="a"); v = tf.Variable(1., name="v"); g = tf.get_default_graph(); sess = init_session(); show(g.finalized); g.finalize(); show(g.finalized); g.finalize()
E(lambda: tf.constant(2.)); E(lambda: a + 1.); E(lambda: tf.add_to_collection("k", a)); E(lambda: tf.gradients(v, v)); E(lambda: tf.Variable(1.)); E(lambda: v.assign(2.)); E(lambda: tf.set_random_seed(1)); show(sess.run([a, v])); show(tf.get_collection("nope")); E(lambda: sess.run(v.initializer)); E(lambda: v.load(4., sess)); show(sess.run(v)); E(lambda: v.eval(sess)); show(g.get_tensor_by_name("a:0") is a); E(lambda: tf.name_scope("s").__enter__()); E(lambda: v.read_value())''')
c('graph.as_graph_element', r'''
a = tf.constant(1., name="a"); v = tf.Variable(1., name="v"); g = tf.get_default_graph(); f = g.as_graph_element
show(f("a:0") is a, f("a") is a.op, f(a.op) is a.op, f(v).name, f("v:0").name); E(lambda: f("a", allow_operation=False)); E(lambda: f("a:0", allow_tensor=False)); E(lambda: f(a, allow_tensor=False)); E(lambda: f(a.op, allow_operation=False)); E(lambda: f(a, False, False)); E(lambda: f(5)); E(lambda: f(None)); E(lambda: f("b")); g2 = tf.Graph(); E(lambda: g2.as_graph_element(a)); E(lambda: g2.as_graph_element(a.op)); E(lambda: g2.get_tensor_by_name("a:0"))''')
c('graph.tensor_protocols', r'''
t = tf.constant([1., 2.], name="t"); b = tf.constant(True, name="b")
for f in (lambda: bool(t), lambda: bool(b), lambda: 1 if b else 0, lambda: not b, lambda: iter(t), lambda: list(t), lambda: 1. in t, lambda: 1. < t < 2., lambda: b and b, lambda: len(t), lambda: float(t), lambda: int(t), lambda: np.array(t), lambda: np.sum(t), lambda: t[0] == 1., lambda: hash(t) == id(t) or isinstance(hash(t), int), lambda: t.__nonzero__, lambda: range(tf.constant(2)), lambda: [1, 2][tf.constant(1)], lambda: "%d" % tf.constant(1), lambda: max(t, 1.), lambda: sum([t[0], t[1]]).name, lambda: sorted([t, t * 2.]), lambda: t.foo, lambda: t(), lambda: round(t), lambda: t << 1, lambda: +t, lambda: divmod(t, 2.), lambda: complex(t), lambda: "%s" % t, lambda: "{}".format(t), lambda: t.shape[0].value, lambda: t.numpy()):
    try: r = f(); show(r if isinstance(r, (bool, str, int)) else type(r).__name__)
    except Exception as e: show("raises " + type(e).__name__)''')
c('graph.variable_protocols', r'''
v = tf.Variable([1., 2.], name="v"); w = tf.Variable([1., 2.], name="w", use_resource=True)
for f in (lambda: bool(v), lambda: bool(w), lambda: iter(v), lambda: len(v), lambda: float(v), lambda: np.array(v).dtype.kind, lambda: 1. in v, lambda: v == v, lambda: v == w, lambda: v < 2., lambda: len({v, w}), lambda: v[0], lambda: v is v.read_value(), lambda: v != w, lambda: {v: 1}[v], lambda: [v, w].index(w), lambda: v.foo, lambda: setattr(v, "mine", 3), lambda: setattr(v, "name", "q"), lambda: +v, lambda: ~v, lambda: v and w is w):
    try: r = f(); show(r if isinstance(r, (bool, str, int, type(None))) else type(r).__name__)
    except Exception as e: show("raises " + type(e).__name__)''')
c('graph.numpy_operands', r'''
t = tf.constant([1., 2.]); n = np.array([3., 4.]); sess = tf.Session()
for f in (lambda: n + t, lambda: t + n, lambda: n * t, lambda: n - t, lambda: n / t, lambda: np.float64(3) * t, lambda: np.float32(3) - t, lambda: np.int64(2) * t, lambda: n ** t, lambda: n > t, lambda: n @ tf.reshape(t, [2, 1]), lambda: np.ones((1, 2)) @ tf.reshape(t, [2, 1]), lambda: n % t, lambda: n // t, lambda: [3., 4.] * t, lambda: (3., 4.) - t, lambda: True + t):
    try: r = f(); show([type(r).__name__, r.dtype.name]); show(sess.run(r))
    except Exception as e: show("raises " + type(e).__name__)''')
c('graph.reprs', r'''
a = tf.constant(1., name="a"); p = tf.placeholder(tf.int32, [None, 3], name="p"); q = tf.placeholder(tf.string, name="q"); v = tf.Variable([1.], name="v"); w = tf.Variable(2, name="w", use_resource=True)
show([repr(x) for x in (a, p, q, v, w, a.op, v.op, tf.no_op(name="n"), a.dtype, v.dtype, p.shape, p.shape[0], p.shape[1], q.shape, tf.TensorShape([]), tf.TensorShape([1]))]); show([str(x) for x in (a, p, q, a.dtype, v.dtype, p.shape, p.shape[0], q.shape, tf.TensorShape([]), tf.TensorShape([1]))]); show([tf.float32.name, v.dtype.name, str(p.get_shape().as_list())])''')
c('graph.tensor_attributes', r'''
a = tf.constant([[1., 2.]], name="a"); b, d = tf.split(a, 2, 1, name="sp"); y = tf.add(b, d, name="y"); show(y.op.name, y.name, y.value_index, d.value_index, d.name, y.dtype.name, str(y.shape), str(y.get_shape()), y.device, y.graph is tf.get_default_graph()); show(names(y.op.inputs), names(y.op.outputs), y.op.type, names(d.op.outputs), names(b.consumers()), y.op.graph is y.graph, names(y.op.values()), names(y.op.control_inputs)); show(y.op.node_def.name, y.op.node_def.op, list(y.op.node_def.input)); show(a.consumers()[0].name, y.consumers()); show(y.op.outputs[0] is y, len(list(y.op.inputs)))''')
c('graph.get_attr', r'''
a = tf.placeholder(tf.float32, [None, 3], name="a"); m = tf.matmul(a, tf.ones([3, 2]), transpose_a=False); s_ = tf.reduce_sum(a, 1, keepdims=True); x = tf.cast(a, tf.int32); show(m.op.get_attr("transpose_a"), m.op.get_attr("transpose_b"), str(m.op.get_attr("T")), s_.op.get_attr("keep_dims"), str(x.op.get_attr("SrcT")), str(x.op.get_attr("DstT")), str(a.op.get_attr("dtype"))); E(lambda: a.op.get_attr("nope")); E(lambda: tf.no_op().get_attr("x"))''')
c('graph.get_operations', r'''
g = tf.get_default_graph(); show(g.get_operations()); a = tf.constant(1., name="a"); b = tf.square(a, name="b"); o = g.get_operations(); show(names(o)); o.append(5); show(len(g.get_operations())); show(g.version); show(a.op in g.get_operations(), g.get_operation_by_name("b") is b.op, g.building_function, g.seed, g.finalized); E(lambda: g.get_operation_by_name(5)); E(lambda: g.get_operation_by_name("")); E(lambda: g.get_tensor_by_name("a:1")); E(lambda: g.get_tensor_by_name(a))''')
c('graph.unique_name', r'''
g = tf.get_default_graph(); show(g.unique_name("x"), g.unique_name("x"), g.unique_name("x", mark_as_used=False), g.unique_name("x", mark_as_used=False), g.unique_name("X"))
with g.name_scope("s"): show(g.unique_name("x"), g.get_name_scope(), tf.constant(1., name="x").name)
show(g.get_name_scope(), tf.constant(1., name="x").name)''')
c('graph.default_stack', r'''
g0 = tf.get_default_graph(); g1 = tf.Graph(); g2 = tf.Graph()
with g1.as_default() as q:
    show(q is g1); a = tf.constant(1.)
    with g2.as_default(): b = tf.constant(1.)
    with g1.as_default(): d = tf.constant(1.)
    e = tf.constant(1.); show(tf.get_default_graph() is g1)
show(tf.get_default_graph() is g0, [t.graph is g for t, g in ((a, g1), (b, g2), (d, g1), (e, g1))]); show(names([a, b, d, e])); show(len(g0.get_operations()))''')
c('graph.convert_registered', r'''
class W(object):
    def __init__(self, x): self.x = x
def conv(value, dtype=None, name=None, as_ref=False): return tf.convert_to_tensor(value.x, dtype=dtype, name=name)
E(lambda: tf.convert_to_tensor(W(1.))); tf.register_tensor_conversion_function(W, conv); sess = tf.Session(); show(sess.run([tf.convert_to_tensor(W([1., 2.])), tf.add(W(1.), 2.), tf.constant(5.) * W(3.), tf.stack([W(1.), W(2.)])])); E(lambda: tf.register_tensor_conversion_function(5, conv)); E(lambda: tf.register_tensor_conversion_function(W, 5))
class A(object):
    def __array__(self, dtype=None, copy=None): return np.array([7., 8.], dtype)
show(sess.run(tf.convert_to_tensor(A())), str(tf.convert_to_tensor(A()).dtype), tf.is_tensor(W(1.)), tf.is_tensor(tf.constant(1)), tf.is_tensor(tf.Variable(1)), tf.is_tensor(np.ones(2)))''')
c('graph.devices_are_names', r'''
with tf.device("/cpu:0"): a = tf.constant(1.); b = a + 1.
with tf.device("/device:CPU:0"):
    with tf.device(None): d = tf.constant(1.)
with tf.device(lambda op: "/cpu:0"): e = tf.constant(3.)
with tf.colocate_with(a): f = tf.constant(2.)
sess = tf.Session(); show(a.device, d.device, e.device); show(sess.run([b, d, e, f]))''')

# --- variables ----------------------------------------------------------------------------------
c('var.initial_value_kinds', r'''
sess = tf.Session(); vs = [tf.Variable(lambda: tf.constant([1., 2.])), tf.Variable(lambda: 3), tf.Variable([1, 2], dtype=tf.float32), tf.Variable(2.5, dtype=tf.float64), tf.Variable(tf.constant([4.]) * 2.), tf.Variable(np.eye(2, dtype=np.int64)), tf.Variable([[]]), tf.Variable(True), tf.Variable("s"), tf.Variable(tf.zeros([2, 0])), tf.Variable(1, name="n", trainable=False)]
sess.run(tf.global_variables_initializer()); show(sess.run(vs)); show([(q.dtype.base_dtype.name, str(q.shape)) for q in vs]); E(lambda: tf.Variable(1.5, dtype=tf.int32)); E(lambda: tf.Variable(lambda: 1.)); E(lambda: tf.Variable(tf.constant(1.), dtype=tf.int32)); E(lambda: tf.Variable(initial_value=None, name="x")); E(lambda: tf.Variable({}))''')
c('var.attributes', r'''
v = tf.Variable([1., 2.], name="v", trainable=False); w = tf.Variable(3, use_resource=True); show(v.name, v.op.name, v.op.type, v.device, str(v.shape), str(v.get_shape()), v.trainable, w.trainable, v.graph is tf.get_default_graph(), v.initializer.name, v.initial_value.name, v.dtype.name, w.dtype.name, v.value().name, v.initializer.type, v.constraint, str(w.shape)); E(lambda: v.set_shape([2])); E(lambda: setattr(v, "dtype", tf.int32)); show(type(v.read_value()).__name__, v.read_value().name)''')
c('var.operators', r'''
v = tf.Variable([1., 4.], name="v"); m = tf.Variable([[1., 2.]], name="m"); b = tf.Variable([True, False]); i = tf.Variable([7, -7]); sess = init_session()
ts = [v + 1., 1. + v, v - 1., 1. - v, v * v, v / 2., 2. / v, v // 3., v % 3., v ** 2., 2. ** v, -v, abs(-v), v > 2., v >= 4., v < 2., v <= 1., v[1], v[::-1], m @ [[1.], [1.]], tf.ones([1, 1]) @ m, i // 2, i % 4, i / 2, b & True, b | True, b ^ True, ~b]
show(names(ts[:17])); show(sess.run(ts))''')
c('var.iadd_rebinds', r'''
v = tf.Variable(1.); w = v; v += 1.; show(type(v).__name__, type(w).__name__, v is w); w2 = w; w2 *= 3.; t = tf.constant(2.); u = t; t -= 1.; sess = init_session(); show(sess.run([v, w, w2, t, u])); show(len(tf.global_variables()))
def bad(): w.x = w; w[0] = 1.
E(bad)''')
c('var.reinitialise', r'''
v = tf.Variable([1., 2.]); n = tf.Variable(0); init = tf.global_variables_initializer(); sess = tf.Session(); sess.run(init); sess.run([v.assign([5., 6.]), n.assign_add(3)]); show(sess.run([v, n])); sess.run(v.initializer); show(sess.run([v, n])); sess.run(init); show(sess.run([v, n])); late = tf.Variable(1.); sess.run(init); E(lambda: sess.run(late)); sess.run(tf.variables_initializer([late])); show(sess.run(late)); show(init.name, init.type)''')
c('var.initialisers_of_none', r'''
sess = tf.Session(); a = tf.global_variables_initializer(); b = tf.local_variables_initializer(); d = tf.variables_initializer([]); show(a.type, a.name, b.type, b.name, d.name); show(sess.run([a, b, d])); show(sess.run(tf.report_uninitialized_variables([]))); e = tf.report_uninitialized_variables(); show(str(e.dtype)); show(sess.run(e)); show(tf.trainable_variables(), tf.global_variables(), tf.all_variables(), tf.local_variables(), tf.model_variables())''')
c('var.uninitialised_uses', r'''
v = tf.Variable([1., 2.], name="v"); x = tf.constant(1.); sess = tf.Session(); E(lambda: sess.run(v)); E(lambda: sess.run(v * 2.)); E(lambda: sess.run(v.assign_add([1., 1.]))); E(lambda: sess.run(v.assign_sub([1., 1.]))); E(lambda: sess.run(tf.scatter_add(v, [0], [1.]))); E(lambda: sess.run(tf.train.GradientDescentOptimizer(.1).minimize(tf.reduce_sum(v)))); show(sess.run(x)); show(sess.run(tf.is_variable_initialized(v))); show(sess.run(v.assign([3., 4.]))); show(sess.run(tf.is_variable_initialized(v))); show(sess.run(v.initialized_value()))''')
c('var.report_and_assert', r'''
a = tf.Variable(1., name="a"); b = tf.Variable(2., name="b", use_resource=True); d = tf.Variable(3., collections=[tf.GraphKeys.LOCAL_VARIABLES], name="d"); r = tf.report_uninitialized_variables(); r2 = tf.report_uninitialized_variables([b, a]); q = tf.assert_variables_initialized([a]); s1 = tf.Session(); s2 = tf.Session(); show(s1.run([r, r2])); E(lambda: s1.run(q)); s1.run([a.initializer, d.initializer]); show(s1.run([r, r2])); s1.run(q); s1.run(b.initializer); show(s1.run(r)); show(s2.run(r2)); show(s1.run(tf.is_variable_initialized(b)), s2.run(tf.is_variable_initialized(b)))''')
c('var.assign_family', r'''
v = tf.Variable([1., 2.]); sess = init_session(); show(sess.run(v.assign([3., 4.]))); show(sess.run(v.assign_add([1., 1.]))); show(sess.run(v.assign_sub([2., 2.]))); show(sess.run(tf.assign(v, v * 2.))); show(sess.run(tf.assign_add(v, [1, 1]))); show(sess.run(tf.assign_sub(v, v))); show(sess.run(tf.assign(v, [9., 9.], use_locking=True, name="set"))); show(tf.assign(v, [1., 1.], name="named").op.name, v.assign([1., 1.]).op.type, v.assign_add([1., 1.]).op.type, v.assign_sub([1., 1.]).op.type); show(sess.run(v)); E(lambda: v.assign(1.)); E(lambda: v.assign_add(1.)); E(lambda: v.assign([[1., 2.]])); E(lambda: v.assign(None))''')
c('var.assign_chained', r'''
v = tf.Variable(1.); a = tf.assign(v, 5.); b = tf.assign_add(a, 2.); d = tf.assign(b, b * 10.); sess = init_session(); show(sess.run(d)); show(sess.run(v)); show(str(a.dtype), str(b.dtype)); sess.run(v.initializer); show(sess.run(a.op)); show(sess.run(v)); e = v.assign_add(v); sess.run(v.initializer); show([float(sess.run(e)) for _ in range(5)]); f = v.assign(v - 1.); show([float(sess.run(f)) for _ in range(3)])''')
c('var.scatter_family', r'''
v = tf.Variable([[1., 1.], [2., 2.], [3., 3.]]); sess = tf.Session(); i = tf.global_variables_initializer()
for f, a in ((tf.scatter_update, ([0], [[9., 8.]])), (tf.scatter_add, ([1, 1], [[1., 0.], [10., 0.]])), (tf.scatter_sub, ([2], [[1., 2.]])), (tf.scatter_mul, ([0, 0], [[2., 3.], [5., 1.]])), (tf.scatter_div, ([1], [[2., 4.]])), (tf.scatter_max, ([0, 1], [[5., 0.], [0., 7.]])), (tf.scatter_min, ([2], [[0., 9.]])), (tf.scatter_nd_update, ([[0, 1], [2, 0]], [7., 6.])), (tf.scatter_nd_add, ([[0], [0]], [[1., 1.], [2., 2.]])), (tf.scatter_nd_sub, ([[1]], [[1., 2.]]))):
    sess.run(i); show(sess.run(f(v, *a))); show(sess.run(v))
E(lambda: sess.run(tf.scatter_update(v, [3], [[1., 1.]]))); E(lambda: sess.run(tf.scatter_add(v, [-1], [[1., 1.]]))); E(lambda: tf.scatter_update(v, [0], [[1., 1., 1.]])); E(lambda: tf.scatter_update(v, [0.], [[1., 1.]])); E(lambda: tf.scatter_update(v, [0, 1], [[1., 1.]])); sess.run(i); show(sess.run(tf.scatter_update(v, np.zeros(0, np.int32), np.zeros((0, 2), "f")))); show(sess.run(tf.scatter_add(v, 1, [5., 5.])))''')
c('var.collections_argument', r'''
a = tf.Variable(1., name="a"); b = tf.Variable(1., name="b", trainable=False); d = tf.Variable(1., name="d", collections=["mine"]); e = tf.Variable(1., name="e", collections=["mine"], trainable=False); f = tf.Variable(1., name="f", collections=[]); show(names(tf.global_variables()), names(tf.trainable_variables()), names(tf.get_collection("mine"))); sess = tf.Session(); sess.run(tf.global_variables_initializer()); show(sess.run([a, b])); E(lambda: sess.run(d)); E(lambda: sess.run(f)); E(lambda: tf.Variable(1., collections="mine"))''')
c('var.in_control_dependencies', r'''
n = tf.Variable(0, name="n"); inc = n.assign_add(1)
with tf.control_dependencies([inc]): v = tf.Variable(5., name="v"); t = tf.constant(1.)
sess = tf.Session(); sess.run(n.initializer); sess.run(v.initializer); show(sess.run(v)); show(sess.run(n)); sess.run(t); show(sess.run(n)); show(names(v.initializer.control_inputs), names(v.op.control_inputs), names(t.op.control_inputs))''')
c('var.name_sharing', r'''
k = tf.constant(1., name="v"); v = tf.Variable(1., name="v"); w = tf.Variable(1., name="v"); show([v.name, w.name, v.initializer.name, v.value().name, v.initial_value.name])
with tf.name_scope("s"): a = tf.Variable(1., name="v"); b = tf.Variable(2.); d = a + b
with tf.name_scope("s"): e = tf.Variable(1., name="v")
show([a.name, b.name, d.name, e.name, a.initializer.name, e.value().name]); f = tf.Variable(1., name="x/y"); show(f.name, f.op.name); E(lambda: tf.Variable(1., name="a b")); E(lambda: tf.Variable(1., name="_z")); E(lambda: tf.Variable(1., name="").name)''')
c('var.equality_and_hash', r'''
v = tf.Variable(1.); w = tf.Variable(1.); show(v == v, v == w, v != w, v in [w], v in [w, v], {v: "v", w: "w"}[v], len({v, v, w})); show(tf.global_variables()[0] is v, tf.trainable_variables().index(w)); show(v.value() is v.value(), v.initialized_value() is v)''')
c('var.other_dtypes', r'''
b = tf.Variable([True, False]); s_ = tf.Variable(["a", "b"]); i = tf.Variable(2**31 - 1); h = tf.Variable(1., dtype=tf.float16); l = tf.Variable(np.int64(5)); sess = init_session(); show(sess.run(b.assign([False, False]))); show(sess.run(s_.assign(["x", "yy"]))); show(sess.run(i.assign_add(1))); show(sess.run(h.assign_add(.5))); show(sess.run(l.assign_sub(7))); E(lambda: b.assign_add([True, True])); E(lambda: i.assign(1.5)); E(lambda: l.assign(tf.constant(1))); E(lambda: s_.assign([1, 2])); show(sess.run([b, s_, i, h, l]))''')
c('var.from_variable', r'''
v = tf.Variable(3., name="v"); w = tf.Variable(v.initialized_value() * 2.); x = tf.Variable(v.initial_value + 1.); sess = tf.Session(); sess.run(tf.global_variables_initializer()); show(sess.run([v, w, x])); sess.run(v.assign(10.)); sess.run([w.initializer, x.initializer]); show(sess.run([w, x])); r = tf.Variable(tf.random_uniform([2], seed=1)); y = tf.Variable(r.initialized_value()); sess.run(tf.variables_initializer([r, y])); p, q = sess.run([r, y]); show(bool((p == q).all()))''')
c('var.unknown_shape', r'''
p = tf.placeholder(tf.float32); E(lambda: tf.Variable(p)); v = tf.Variable(p, validate_shape=False, name="v"); show(str(v.shape)); sess = tf.Session(); sess.run(v.initializer, {p: [1., 2.]}); show(sess.run(v)); sess.run(v.initializer, {p: [[5.]]}); show(sess.run(v)); a = tf.assign(v, p, validate_shape=False); show(sess.run(a, {p: 3.})); show(str(a.shape)); w = tf.Variable([1., 2.]); q = tf.placeholder(tf.float32, [None]); u = w.assign(q); sess.run(w.initializer); E(lambda: sess.run(u, {q: [1.]})); show(sess.run(u, {q: [3., 4.]}))''')
c('var.counter_loop', r'''
n = tf.Variable(0, dtype=tf.int64); up = n.assign_add(1); x = tf.Variable(100.); half = x.assign(x / 2.); both = tf.group(up, half); sess = init_session()
for _ in range(4): sess.run(both)
show(sess.run([n, x])); show([int(sess.run(up)) for _ in range(3)]); with_r = tf.Variable(1, use_resource=True); d = with_r.assign(with_r * 3); sess.run(with_r.initializer); show([int(sess.run(d)) for _ in range(4)]); sess.run([up, up, up.op]); show(sess.run(n))''')

# --- ordering inside one run --------------------------------------------------------------------
c('order.read_after_assign', r'''
for ur in (False, True):
    v = tf.Variable(1., use_resource=ur); a = v.assign(5.)
    with tf.control_dependencies([a]): r1 = v + 0.; r2 = tf.identity(v); r3 = v.read_value()
    sess = tf.Session(); out = []
    for t in (r1, r2, r3): sess.run(v.initializer); out.append(float(sess.run(t)))
    show(out); out = set()
    for _ in range(30): sess.run(v.initializer); out.add(tuple(float(q) for q in sess.run([r1, r2, r3])))
    show(sorted(out))''')
c('order.two_adds', r'''
for ur in (False, True):
    v = tf.Variable(1., use_resource=ur); a = v.assign_add(1.); b = v.assign_add(10.); d = v.assign_sub(100.); sess = tf.Session(); out = set()
    for _ in range(50): sess.run(v.initializer); sess.run([a.op, b.op, d.op]); out.add(float(sess.run(v)))
    show(sorted(out))
    sess.run(v.initializer); sess.run([a, a, a.op, tf.group(a, a)]); show(sess.run(v))''')
c('order.sequence_of_assigns', r'''
v = tf.Variable(1.); a = v.assign(2.)
with tf.control_dependencies([a]): b = v.assign_add(10.)
with tf.control_dependencies([b]): d = v.assign(v.read_value() * 3.)
with tf.control_dependencies([d]): e = v.read_value()
sess = init_session(); show(sess.run(e)); show(sess.run(v)); sess.run(v.initializer); show(sess.run(b.op)); show(sess.run(v)); out = set()
for _ in range(30): sess.run(v.initializer); sess.run([e, a.op, d.op]); out.add(float(sess.run(v)))
show(sorted(out))''')
c('order.group_and_tuple', r'''
n = tf.Variable(0.); m = tf.Variable(0.); g = tf.group(n.assign_add(1.), m.assign_add(10.), name="both"); show(g.type, g.name, names(g.control_inputs)); sess = init_session(); sess.run(g); show(sess.run([n, m])); a, b = tf.tuple([tf.constant(1.), tf.constant(2.)], control_inputs=[n.assign_add(1.)]); show(sess.run(a)); show(sess.run(n)); r = tf.tuple([tf.constant(3.), None]); show(type(r).__name__, r[1]); show(sess.run(r[0])); e = tf.group(); show(e.type, sess.run(e)); E(lambda: tf.group(5)); E(lambda: tf.group(None)); E(lambda: tf.tuple([])); E(lambda: tf.tuple([None])); h = tf.group([n.initializer, m.initializer], tf.no_op()); sess.run(h); show(sess.run([n, m])); E(lambda: tf.tuple([tf.constant(1.)], control_inputs=[5]))''')
c('order.tuple_gates', r'''
log = []
def f(x): log.append(x.item()); return x
a = tf.py_func(f, [1.], tf.float32); b = tf.py_func(f, [2.], tf.float32); ta, tb = tf.tuple([a, b]); sess = tf.Session(); show(sess.run(ta)); show(sorted(log)); show(sorted(names(ta.op.control_inputs))); show(ta.name, tb.name, ta.op.type)''')
c('order.minimize_then_read', r'''
for ur in (False, True):
    w = tf.Variable(2., use_resource=ur); loss = w * w; t = tf.train.GradientDescentOptimizer(.25).minimize(loss)
    with tf.control_dependencies([t]): after = w.read_value(); loss2 = tf.square(after)
    sess = tf.Session(); sess.run(w.initializer); show(sess.run([loss2, after])); show(sess.run(w)); sess.run(w.initializer); show(sess.run([loss, t])); show(sess.run(loss)); out = set()
    for _ in range(30): sess.run(w.initializer); out.add(tuple(float(q) for q in sess.run([loss, after])))
    show(sorted(out))''')
c('order.losses_before_update', r'''
a = tf.Variable([1., 2.], use_resource=True); b = tf.Variable(3., use_resource=True); x = tf.placeholder(tf.float32, [2]); y = tf.reduce_sum(a * x) + b; loss = tf.square(y - 1.); t = tf.train.GradientDescentOptimizer(.5).minimize(loss); sess = init_session(); out = []
for k in range(3): l, _, p = sess.run([loss, t, y], {x: [1., float(k)]}); out.append([float(l), float(p)]); out.append(sess.run(a).tolist() + [float(sess.run(b))])
show(out)''')
c('order.old_value_kept', r'''
v = tf.Variable(1., use_resource=True); old = tf.identity(v)
with tf.control_dependencies([old]): up = v.assign(old * 2.)
sess = init_session(); show([[float(q) for q in sess.run([old, up])] for _ in range(3)]); show(sess.run(v)); w = tf.Variable([1., 2.]); prev = w.read_value() + 0.
with tf.control_dependencies([prev]): step = w.assign_add(prev)
sess.run(w.initializer); show(sess.run([prev, step])); show(sess.run([prev, step.op])); show(sess.run(w))''')
c('order.snapshot_between_variables', r'''
a = tf.Variable(1., use_resource=True); b = tf.Variable(2., use_resource=True); na = b.read_value() + 0.; nb = a.read_value() + b.read_value()
with tf.control_dependencies([na, nb]): step = tf.group(a.assign(na), b.assign(nb))
sess = init_session(); out = []
for _ in range(6): sess.run(step); out.append([float(q) for q in sess.run([a, b])])
show(out)''')
c('order.control_inputs_listed', r'''
a = tf.no_op(name="a"); b = tf.no_op(name="b"); t = tf.constant(1., name="t"); v = tf.Variable(1., name="v")
with tf.control_dependencies([b, a, b, t]): k = tf.constant(1., name="k"); i = tf.identity(t, name="i"); k2 = tf.constant(2., name="k2"); y = tf.add(k, k2, name="y"); z = tf.square(i, name="z"); q = tf.no_op(name="q")
with tf.control_dependencies([v]): r = tf.no_op(name="r")
with tf.control_dependencies([]): e = tf.no_op(name="e")
for o in (k.op, i.op, k2.op, y.op, z.op, q, r, e): show([o.name, sorted(names(o.control_inputs))])''')
c('order.control_dependencies_arguments', r'''
a = tf.no_op(name="a"); g = tf.get_default_graph(); v = tf.Variable(1., name="v"); t = tf.constant(1., name="t")
for x in ([], (a,), [t, v], None, [None], "a", ["a"], [5], 5, [[a]], {a}, [lambda: a], lambda: a, [v.value(), a]):
    try:
        with tf.control_dependencies(x): o = tf.no_op()
        show(sorted(names(o.control_inputs)))
    except Exception as e: show("raises " + type(e).__name__)
with g.control_dependencies([a]) as q: show(q is None, names(tf.no_op().control_inputs))
with tf.Graph().as_default(): E(lambda: tf.control_dependencies([a]).__enter__())''')
c('order.nested_and_cleared', r'''
a, b, d = [tf.no_op(name=n) for n in "abd"]; C = tf.control_dependencies; N = lambda: sorted(names(tf.no_op().control_inputs)); out = []
with C([a]):
    with C([b]):
        out.append(N())
        with C(None):
            out.append(N())
            with C([d]): out.append(N())
            out.append(N())
        out.append(N())
    out.append(N())
out.append(N()); show(out)
def f():
    with C([a]): raise ValueError("x")
E(f); show(N())
with C([a]):
    with tf.Graph().as_default(): show(names(tf.no_op().control_inputs))
    with tf.name_scope("s"): show(N())''')
c('order.failing_dependency', r'''
p = tf.placeholder(tf.float32, []); v = tf.Variable(0.); ok = tf.Assert(p > 0., ["p is", p])
with tf.control_dependencies([ok]): up = v.assign_add(p)
sess = init_session(); show(sess.run(up, {p: 2.})); E(lambda: sess.run(up, {p: -1.})); show(sess.run(v)); E(lambda: sess.run(up.op, {p: -1.})); show(sess.run(v)); sess.run(up, {p: 1.}); show(sess.run(v))
with tf.control_dependencies([tf.assert_positive(p, message="why")]): y = p * 2.
show(sess.run(y, {p: 3.})); E(lambda: sess.run(y, {p: 0.}))''')
c('order.py_func_sequence', r'''
log = []
def say(k):
    def f(): log.append(k); return np.float32(len(log))
    return f
P = lambda k: tf.py_func(say(k), [], tf.float32)
a = P("a")
with tf.control_dependencies([a]): b = P("b")
with tf.control_dependencies([b]): d = P("d"); e = tf.constant(5.)
sess = tf.Session(); show(sess.run(d)); show("".join(log)); del log[:]; show(sess.run(e)); show("".join(log)); del log[:]; show(sess.run([a, b])); show("".join(log)); del log[:]; sess.run([d, d, b, a]); show("".join(log))''')
c('order.update_ops_pattern', r'''
m = tf.Variable(0., trainable=False); x = tf.placeholder(tf.float32, []); tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, m.assign(m * .5 + x * .5)); w = tf.Variable(1.); ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
with tf.control_dependencies(ops): t = tf.train.GradientDescentOptimizer(.5).minimize(w * x)
sess = init_session(); out = []
for k in (4., 2.): sess.run(t, {x: k}); out.append([float(q) for q in sess.run([m, w])])
show(out)''')
c('order.unrelated_not_run', r'''
v = tf.Variable(0.); a = v.assign_add(1.); b = v.assign_add(10.); y = v * 2.
with tf.control_dependencies([a]): z = tf.constant(1.)
sess = init_session(); sess.run(y); show(sess.run(v)); sess.run(z); show(sess.run(v)); sess.run(z, {z: 5.}); show(sess.run(v)); sess.run(z, {a: 5.}); show(sess.run(v)); sess.run([z, b.op]); show(sess.run(v))''')

# --- gradients and optimizers -------------------------------------------------------------------
c('grad.kinks', r'''
z = tf.constant([-1., 0., 1.]); sess = tf.Session(); G = lambda y: sess.run(tf.gradients(y, z)[0])
for f in (tf.nn.relu, tf.nn.relu6, tf.nn.leaky_relu, tf.abs, tf.sign, tf.nn.softsign, lambda t: tf.maximum(t, 0.), lambda t: tf.maximum(0., t), lambda t: tf.minimum(t, 0.), lambda t: tf.minimum(0., t), lambda t: tf.clip_by_value(t, -1., 1.), lambda t: tf.clip_by_value(t, 0., 1.), lambda t: tf.reduce_max(t), lambda t: tf.reduce_min(tf.abs(t)), lambda t: t % .75, lambda t: tf.where(t > 0., t * 2., t * 3.), lambda t: tf.squared_difference(t, 0.)): show(G(f(z)))
show(G(tf.nn.relu6(z * 6.)), G(tf.reduce_max(z * z)))''')
c('grad.nan_traps', r'''
z = tf.constant(0.); sess = tf.Session(); G = lambda y, x=z: sess.run(tf.gradients(y, x)[0])
show(G(tf.sqrt(tf.abs(z)))); show(G(tf.where(z > 0., tf.log(z), z))); show(G(tf.sqrt(z))); show(G(z ** 2.)); show(G(z / z)); show(G(tf.log(z))); show(G(tf.reciprocal(z))); v = tf.zeros([2]); show(G(tf.norm(v), v)); show(G(tf.div_no_nan(z, z))); show(G(tf.math.xlogy(z, z))); show(G(tf.exp(z * 1000.)), G(tf.tanh(z + 100.)), G(tf.sigmoid(z - 200.)))''')
c('grad.several_paths', r'''
x = tf.constant(2.); a = x * x; b = a + x; y = a * b + x; sess = tf.Session(); show(sess.run(tf.gradients(y, [x, a, b]))); show(sess.run(tf.gradients(y, [a, x]))); show(sess.run(tf.gradients([y, a, x], x))); show(sess.run(tf.gradients([a, a * a], [a, x]))); show(sess.run(tf.gradients(y, [x, x, a]))); t = x
for _ in range(5): t = t + t
show(sess.run(tf.gradients(t, x))); show(sess.run(tf.gradients(tf.add_n([x * x, x, x * x * x]), x)))''')
c('grad.arguments', r'''
x = tf.constant([1., 2.]); y = x * x; sess = tf.Session(); show(type(tf.gradients(y, x)).__name__, len(tf.gradients(y, (x, y)))); show(sess.run(tf.gradients(y, [x], [tf.constant([10., 100.])]))); show(sess.run(tf.gradients(y, x, grad_ys=[[1., 3.]]))); show(sess.run(tf.gradients(y, x, [[5., 7.]], "nm", True, True, tf.AggregationMethod.ADD_N))); show(sess.run(tf.gradients(ys=(y, y), xs=x))); E(lambda: tf.gradients(y, x, aggregation_method=99) is not None); E(lambda: tf.gradients(y)); E(lambda: tf.gradients(y, x, grad_ys=[1., 2.])); E(lambda: sess.run(tf.gradients(y, x, grad_ys=tf.constant([1., 2.])))); E(lambda: sess.run(tf.gradients(y, x, grad_ys=[tf.constant([1, 2])]))); E(lambda: sess.run(tf.gradients(y, x, grad_ys=[np.array([1., 2.])]))); E(lambda: tf.gradients(y, [[x]])); E(lambda: sess.run(tf.gradients([[y]], x)))''')
c('grad.not_a_tensor', r'''
x = tf.constant(2., name="x"); E(lambda: tf.gradients(x, 5.)); E(lambda: tf.gradients(5., x)); E(lambda: tf.gradients(x, np.float32(2.))); E(lambda: tf.gradients(x, [x, 3.])[1]); E(lambda: tf.gradients(x, object())); E(lambda: tf.gradients(x.op, x)); g = tf.Graph()
with g.as_default(): o = tf.constant(1.)
E(lambda: tf.gradients(o, x)); E(lambda: [t.graph is g for t in tf.gradients(o * 2., o)]); E(lambda: tf.gradients([], [])); E(lambda: tf.gradients([], [x, x]))''')
c('grad.integers_and_bools', r'''
f = tf.constant([1., 2.]); i = tf.constant([1, 2]); b = tf.constant([True, False]); d = tf.constant([1., 2.], tf.float64); show(tf.gradients(i * i, i), tf.gradients(tf.to_float(i) * f, i), tf.gradients(tf.to_int32(f), f)); sess = tf.Session(); show(sess.run(tf.gradients(tf.to_float(i) * f, [f]))); g = tf.gradients(tf.cast(f, tf.float64) * d, [f, d]); show([t.dtype.name for t in g]); show(sess.run(g)); show(tf.gradients(tf.to_float(f > 1.) * 2., f)); show(sess.run(tf.gradients(tf.where(b, f, f * 5.), f))); E(lambda: tf.gradients(b, f)); E(lambda: tf.gradients(tf.constant("s"), f)); h = tf.constant(2., tf.float16); g = tf.gradients(h * h, h); show(g[0].dtype.name, sess.run(g[0]))''')
c('grad.cut_paths', r'''
x = tf.constant([1.5, 2.5]); one = tf.constant(1.); sess = tf.Session()
for f in (tf.stop_gradient, tf.zeros_like, tf.ones_like, tf.round, tf.floor, tf.ceil, tf.rint, lambda t: t // 1., tf.to_int32, lambda t: tf.to_float(tf.argmax(t)), lambda t: tf.to_float(tf.shape(t)), lambda t: tf.to_float(t > 1.), lambda t: tf.to_float(tf.is_nan(t)), lambda t: tf.py_func(lambda q: q, [t], tf.float32), lambda t: tf.to_float(tf.size(t)), lambda t: tf.one_hot(tf.to_int32(t), 3), lambda t: tf.fill([2], 1.), lambda t: tf.to_float(tf.logical_not(t > 0.))):
    show(tf.gradients(f(x), x))
show(sess.run(tf.gradients(tf.stop_gradient(x) * x + tf.floor(x), x)))''')
c('grad.no_gradient_registered', r'''
x = tf.constant([1., 2., 2.]); E(lambda: tf.gradients(tf.unique(x, name="u")[0], x)); E(lambda: tf.gradients(tf.reduce_sum(tf.unique(x)[0]), x)); E(lambda: tf.gradients(tf.to_float(tf.unique(x)[1]), x)); E(lambda: tf.gradients(tf.unique(tf.constant([1., 2.]))[0] * x[0], x) is not None); E(lambda: tf.gradients(tf.setdiff1d(x, [1.])[0], x)); E(lambda: tf.gradients(tf.histogram_fixed_width(x, [0., 5.]), x))''')
c('grad.unconnected', r'''
x = tf.constant([1., 2.]); y = tf.constant([[3.]]); z = x * 2.; Z = tf.UnconnectedGradients.ZERO; sess = tf.Session(); show(tf.gradients(z, y)); show(sess.run(tf.gradients(z, [x, y], unconnected_gradients=Z))); show(sess.run(tf.gradients(z, y, unconnected_gradients="zero"))); show(sess.run(tf.gradients(tf.stop_gradient(z), x, unconnected_gradients=Z))); v = tf.Variable([5., 6.]); show([t.dtype.base_dtype.name for t in tf.gradients(z, v, unconnected_gradients=Z)]); E(lambda: tf.gradients(z, y, unconnected_gradients="bad")); p = tf.placeholder(tf.float32); show(sess.run(tf.gradients(z, p, unconnected_gradients=Z), {p: [[7., 8., 9.]]})); show(Z.value, tf.UnconnectedGradients.NONE.value)''')
c('grad.stop_gradients_list', r'''
x = tf.constant(2.); y = x * x; z = y * y * x; sess = tf.Session(); show(sess.run(tf.gradients(z, [x, y]))); show(sess.run(tf.gradients(z, [x, y], stop_gradients=y))); show(sess.run(tf.gradients(z, x, stop_gradients=[x]))); show(tf.gradients(y, x, stop_gradients=[y])); show(sess.run(tf.gradients(y, y, stop_gradients=[y]))); a = x * 3.; b = a + x; show(sess.run(tf.gradients(a * b, [a, b, x], stop_gradients=[a, b])[:2])); show(tf.gradients(a * b, [a, b, x], stop_gradients=[a, b])[2])''')
c('grad.variables_as_xs', r'''
v = tf.Variable(3., name="v"); r = tf.Variable(3., name="r", use_resource=True); y = v * v; z = r * r; sess = init_session(); show(sess.run(tf.gradients(y, [v, v.value()]))); show(sess.run(tf.gradients(z, r))); show(tf.gradients(z, [r.read_value()])); show(sess.run(tf.gradients([v, r], [v, r]))); show(sess.run(tf.gradients(tf.identity(v) + v.read_value() + v, v))); rd = r.read_value(); show(sess.run(tf.gradients(rd * r, r))); show([g is None for g in tf.gradients(y, [r, v.initial_value])])''')
c('grad.broadcast_more', r'''
sess = tf.Session(); a = tf.constant([[1.], [2.]]); b = tf.constant([[10., 20., 30.]]); s_ = tf.constant(3.); e = tf.zeros([0, 3])
for y, xs in ((a + b, [a, b]), (a * b, [a, b]), (a / b * b, [a]), (s_ * b, [s_]), (tf.maximum(a, b), [a, b]), (b - a - s_, [a, b, s_]), (e * b, [e, b]), (a ** 2. + s_, [a, s_]), (tf.squared_difference(a, b), [a, b]), (tf.where([True, False], a, a * 2.), [a])): show(sess.run(tf.gradients(y, xs)))
p = tf.placeholder(tf.float32); q = tf.placeholder(tf.float32, [None, 1]); g = tf.gradients(p * q + s_, [p, q, s_]); show([str(t.shape) for t in g]); show(sess.run(g, {p: [1., 2.], q: [[3.], [4.]]}))''')
c('grad.second_order_more', r'''
x = tf.constant(3.); sess = tf.Session()
def D(y, n):
    out = []
    for _ in range(n):
        y = tf.gradients(y, x)[0]
        if y is None: out.append(None); break
        out.append(float(sess.run(y)))
    return out
show(D(x ** 4., 5)); show(D(1. / x, 2)); show(D(x * x * x, 4)); show(D(5. * x, 2)); show(D(tf.nn.relu(x) * x, 3)); show(D(tf.maximum(x * x, 1.), 3)); show(D(tf.square(x), 3)); show(D(tf.reduce_sum(tf.stack([x, x * x])), 3)); show(D(tf.abs(x) * x, 3)); show(D(tf.where(x > 0., x * x, x), 3)); show(D(tf.sqrt(x * x), 1)); show(D(tf.squared_difference(x, 1.), 3))''')
c('grad.hessians', r'''
x = tf.constant([1., 2.]); w = tf.constant([[1., 2.], [3., 4.]]); sess = tf.Session(); y = x[0] ** 2. * x[1] + x[1] ** 3.; show(sess.run(tf.hessians(y, x))); show(sess.run(tf.hessians(tf.reduce_sum(w * w * w), w))[0].shape); show(sess.run(tf.hessians(tf.reduce_sum(w * w), w))[0][1, 0]); show(sess.run(tf.hessians([y, tf.reduce_sum(x * x)], [x]))); E(lambda: tf.hessians(x * x, x)[0].shape); E(lambda: tf.hessians(y, w)); s_ = tf.constant(2.); E(lambda: sess.run(tf.hessians(s_ ** 3., s_)))''')
c('grad.custom_gradient_more', r'''
sess = tf.Session(); x = tf.constant(2.); y = tf.constant(3.)
@tf.custom_gradient
def two(a, b):
    def grad(dy): return dy * 10., None
    return a * b, grad
show(sess.run([two(x, y)] + tf.gradients(two(x, y), [x]))); show(tf.gradients(two(x, y), y))
@tf.custom_gradient
def pair(a):
    def grad(d1, d2): return d1 * 2. + d2 * 100.
    return (a + 1., a + 2.), grad
p, q = pair(x); show(sess.run([p, q])); show(sess.run(tf.gradients(p, x))); show(sess.run(tf.gradients([p, q], x)))
@tf.custom_gradient
def wrong(a):
    def grad(dy): return dy, dy
    return a * 2., grad
E(lambda: tf.gradients(wrong(x), x))
@tf.custom_gradient
def clip(a): return tf.identity(a), lambda dy: tf.clip_by_value(dy, -1., 1.)
z = clip(x) ** 3.; show(sess.run(tf.gradients(z, x))); show(sess.run(tf.gradients(clip(x * x), x)))''')
c('grad.override_map', r'''
@tf.RegisterGradient("MoreTimes7")
def _t(op, g): return g * 7., g * 70.
@tf.RegisterGradient("MoreNeg")
def _n(op, g): return -g
x = tf.constant(2.); g = tf.get_default_graph(); sess = tf.Session()
with g.gradient_override_map({"Mul": "MoreTimes7"}):
    a = x * 3.
    with g.gradient_override_map({"Identity": "MoreNeg"}): b = tf.identity(x * 5.)
    d = tf.identity(x)
e = x * 3.; show([sess.run(tf.gradients(t, x)[0]) for t in (a, b, d, e)]); E(lambda: g.gradient_override_map(5).__enter__()); E(lambda: g.gradient_override_map({5: "x"}).__enter__())
@tf.RegisterGradient("MorePy")
def _p(op, g): return g * op.inputs[0] * 100.
with g.gradient_override_map({"PyFunc": "MorePy", "PyFuncStateless": "MorePy"}): y = tf.py_func(lambda q: q * q, [x], tf.float32)
y.set_shape([]); show(sess.run([y, tf.gradients(y, x)[0]]))''')
c('grad.graph_of_gradients', r'''
x = tf.placeholder(tf.float32, [None, 2], name="x"); w = tf.Variable([[1.], [2.]], name="w"); y = tf.matmul(x, w, name="y"); l = tf.reduce_sum(y, name="l"); g = tf.gradients(l, w)[0]; show(g.op.type, str(g.shape), g.name.split("/")[0])
with tf.name_scope("s"): g2 = tf.gradients(l, w)[0]; g3 = tf.gradients(l, w, name="my")[0]
show(g2.name.split("/")[:2], g3.name.split("/")[:2]); show(tf.gradients(l, w)[0].name.split("/")[0]); g.graph.finalize(); E(lambda: tf.gradients(l, w)); sess = tf.Session(); show(sess.run(g, {x: [[1., 2.], [3., 4.]], w: [[0.], [0.]]}))''')
c('grad.deep_chain', r'''
x = tf.constant(1.); y = x
for i in range(1500): y = y + 1. if i % 2 else tf.identity(y)
g = tf.gradients(y, x)[0]; z = x
for i in range(12): z = z * z + x * 0.
sess = tf.Session(); show(sess.run([y, g])); show(sess.run(tf.gradients(z, x)))''')
c('grad.compute_gradient_error', r'''
x = tf.constant([1., 2.]); y = x * x; v = tf.Variable([[1., 2.]]); z = tf.matmul(v, [[1.], [3.]])
with tf.Session():
    e = tf.test.compute_gradient_error(x, [2], y, [2]); show(bool(e < 1e-2)); j, n = tf.test.compute_gradient(x, [2], y, [2], x_init_value=np.array([1., 2.], "f"), delta=.0078125); show(j); show(n); show(j.shape, str(j.dtype)); d = tf.constant(2., tf.float64); jj, nn = tf.test.compute_gradient(d, [], d * d, []); show(jj.shape, bool(abs(jj - nn).max() < 1e-4)); E(lambda: tf.test.compute_gradient(tf.constant([1]), [1], y, [2])); show([a.shape for a in tf.test.compute_gradient([x, x], [[2], [2]], y, [2])[0]])''')
c('grad.optimizer_api', r'''
v = tf.Variable(2., name="v"); w = tf.Variable(3., name="w"); u = tf.Variable(1., name="u", trainable=False); o = tf.train.MomentumOptimizer(.5, .5); show(o.get_name(), o.get_slot_names(), o.get_slot(v, "momentum"), names(o.variables())); gv = o.compute_gradients(v * v); show([(None if g is None else g.name.split("/")[0], q.name) for g, q in gv]); t = o.apply_gradients([(g, q) for g, q in gv if g is not None]); show(o.get_slot_names(), o.get_slot(v, "momentum").name, o.get_slot(w, "momentum"), names(o.variables()), t.name); t2 = o.minimize(w * v, var_list=[w, u], name="again"); show(t2.name, names(o.variables()), names(tf.trainable_variables())); sess = init_session(); sess.run(t); show(sess.run([v, o.get_slot(v, "momentum")])); sess.run(t); show(sess.run([v, w, u])); sess.run(t2); show(sess.run([v, w, u])); E(lambda: o.get_slot(v, "nope"))''')
c('grad.optimizer_errors', r'''
v = tf.Variable(2., name="v"); i = tf.Variable(2, name="i"); k = tf.constant(1.); o = tf.train.GradientDescentOptimizer(.5); E(lambda: o.minimize(k)); E(lambda: o.minimize(v * v, var_list=[])); E(lambda: o.apply_gradients([])); E(lambda: o.apply_gradients([(None, v)])); E(lambda: o.apply_gradients([(k, k)])); E(lambda: o.apply_gradients([(tf.constant([1., 2.]), v)])); E(lambda: o.apply_gradients([("a", v)])); E(lambda: o.compute_gradients(tf.to_float(i), [i])); E(lambda: o.minimize(i * i)); E(lambda: o.compute_gradients(v * v, gate_gradients=5)); E(lambda: o.apply_gradients([(tf.constant(1., tf.float64), v)])); E(lambda: tf.train.GradientDescentOptimizer(.1, name=None)); E(lambda: tf.train.MomentumOptimizer(.1))''')
c('grad.optimizer_names', r'''
v = tf.Variable(2., name="v")
with tf.name_scope("s"): w = tf.Variable(1., name="w")
l = v * w; T = tf.train
for o in (T.GradientDescentOptimizer(.1), T.MomentumOptimizer(.1, .9), T.AdagradOptimizer(.1), T.AdadeltaOptimizer(), T.AdamOptimizer(), T.RMSPropOptimizer(.1), T.FtrlOptimizer(.1), T.ProximalGradientDescentOptimizer(.1), T.ProximalAdagradOptimizer(.1), T.AdamOptimizer(name="Mine"), T.RMSPropOptimizer(.1, centered=True), T.AdamOptimizer()):
    n = len(tf.global_variables()); t = o.minimize(l); show([o.get_name(), t.name, t.type, o.get_slot_names()]); show(names(tf.global_variables())[n:])
show(names(tf.trainable_variables()))''')
c('grad.learning_rates', r'''
v = tf.Variable(8., name="v"); lr = tf.placeholder(tf.float32, []); rv = tf.Variable(.5); g = tf.train.GradientDescentOptimizer; ts = [g(lr).minimize(v * 2., var_list=[v]), g(rv).minimize(v * 2., var_list=[v]), g(lambda: .25).minimize(v * 2., var_list=[v]), g(np.float32(.125)).minimize(v * 2., var_list=[v]), g(1).minimize(v * 2., var_list=[v]), g(tf.constant(.5, tf.float64)).minimize(v * 2., var_list=[v])]; sess = init_session(); out = []
for t in ts: sess.run(v.initializer); sess.run(t, {lr: 2.}); out.append(float(sess.run(v)))
show(out); sess.run([v.initializer, rv.assign(3.)]); sess.run(ts[1]); show(sess.run(v)); E(lambda: sess.run(ts[0]))''')
c('grad.clipped_training', r'''
a = tf.Variable([3., 4.]); b = tf.Variable(0.); loss = tf.reduce_sum(a * a) / 2. + b; o = tf.train.GradientDescentOptimizer(1.); gs, vs = zip(*o.compute_gradients(loss)); cl, n = tf.clip_by_global_norm(gs, 2.); t = o.apply_gradients(zip(cl, vs)); sess = init_session(); show(np.round(sess.run(n), 4)); sess.run(t); show([np.round(x, 4) for x in sess.run([a, b])]); t2 = o.apply_gradients([(tf.clip_by_value(g, -.5, .5), q) for g, q in zip(gs, vs)]); sess.run(tf.global_variables_initializer()); sess.run(t2); show(sess.run([a, b])); t3 = o.apply_gradients([(None, a), (tf.constant(2.), b)]); sess.run(t3); show(sess.run([a, b]))''')
c('grad.loss_of_other_shapes', r'''
v = tf.Variable([1., 2.]); o = tf.train.GradientDescentOptimizer(.5); sess = tf.Session(); out = []
for l, k in ((v * v, {}), (v * v, {"grad_loss": tf.constant([1., 0.])}), (tf.reduce_mean(v), {"gate_gradients": tf.train.Optimizer.GATE_NONE}), (tf.reduce_mean(v), {"gate_gradients": tf.train.Optimizer.GATE_GRAPH, "aggregation_method": 0, "colocate_gradients_with_ops": True})):
    try: t = o.minimize(l, **k); sess.run(v.initializer); sess.run(t); show(sess.run(v))
    except Exception as e: show("raises " + type(e).__name__)''')
c('grad.global_step_functions', r'''
T = tf.train; show(T.get_global_step()); s_ = T.create_global_step(); show(s_.name, s_.dtype.base_dtype.name, T.get_global_step() is s_, T.get_or_create_global_step() is s_, s_.trainable); E(lambda: T.create_global_step()); show(names(tf.get_collection(tf.GraphKeys.GLOBAL_STEP)), names(tf.global_variables())); v = tf.Variable(1.); t = T.AdamOptimizer(.5).minimize(v * 3., global_step=s_); show(t.name, t.type); sess = init_session(); show(T.global_step(sess, s_)); sess.run(t); sess.run(t); show(T.global_step(sess, s_)); k = tf.Variable(10, trainable=False); t2 = T.GradientDescentOptimizer(1.).minimize(v * 3., global_step=k); sess.run(k.initializer); sess.run(t2); show(sess.run([k, s_])); T.assert_global_step(s_); E(lambda: T.assert_global_step(v)); g = tf.Graph(); show(T.get_global_step(g)); show(T.create_global_step(g).graph is g); E(lambda: T.get_global_step())''')
c('grad.steps_of_training', r'''
x = tf.placeholder(tf.float64, [None, 2]); t = tf.placeholder(tf.float64, [None]); w = tf.Variable(np.zeros(2)); b = tf.Variable(np.float64(0.)); y = tf.tensordot(x, w, 1) + b; loss = tf.reduce_mean(tf.square(y - t)); step = tf.train.GradientDescentOptimizer(.125).minimize(loss); X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]]); Y = np.array([1., 3., -1., 1.]); sess = init_session(); out = []
for k in range(40):
    l, _ = sess.run([loss, step], {x: X, t: Y})
    if k % 8 == 0: out.append(round(float(l), 9))
show(out); show([np.round(q, 9) for q in sess.run([w, b])])''')
c('grad.xor_with_adam', r'''
X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]], "f"); Y = np.array([[0.], [1.], [1.], [0.]], "f"); x = tf.placeholder(tf.float32, [None, 2]); t = tf.placeholder(tf.float32, [None, 1]); W1 = tf.Variable(np.array([[.5, -.7, .3], [.2, .9, -.4]], "f")); b1 = tf.Variable(tf.zeros([3])); W2 = tf.Variable(np.array([[.6], [-.5], [.8]], "f")); b2 = tf.Variable(tf.zeros([1])); z = tf.matmul(tf.nn.tanh(tf.matmul(x, W1) + b1), W2) + b2; loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)); step = tf.train.AdamOptimizer(.1).minimize(loss); sess = init_session(); out = []
for k in range(61):
    l, _ = sess.run([loss, step], {x: X, t: Y})
    if k % 10 == 0: out.append(round(float(l), 3))
show(out); show(sess.run(tf.to_int32(z > 0.), {x: X}))''')

# --- numbers ------------------------------------------------------------------------------------
c('num.division', r'''sess = tf.Session(); run = sess.run
I = tf.constant([7, -7, 7, -7]); J = tf.constant([2, 2, -2, -2]); F = tf.constant([7., -7., 7., -7.]); H = tf.constant([2., 2., -2., -2.])
for f in (tf.div, tf.divide, tf.truediv, tf.floordiv, tf.floor_div, tf.truncatediv, tf.mod, tf.floormod, tf.truncatemod):
    r = f(I, J); show(r.dtype.name); show(run(r))
for f in (tf.div, tf.divide, tf.truediv, tf.realdiv, tf.floordiv, tf.mod, tf.truncatemod): show(run(f(F, H)))
show(tf.divide(7, 2), run(tf.div(7, 2)), run(tf.truediv(7, 2)), run(tf.floordiv(-7, 2))); show([(tf.constant(1, t) / tf.constant(2, t)).dtype.name for t in (tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64)])''')
c('num.division_by_zero', r'''sess = tf.Session(); run = sess.run
i = tf.constant([1, -1, 0]); z = tf.constant(0); f = tf.constant([1., -1., 0.]); w = tf.constant(0.); show(run(i / z)); E(lambda: run(i // z)); E(lambda: run(i % z)); E(lambda: run(tf.div(i, z))); show(run(f / w), run(f // w), run(f % w), run(tf.div_no_nan(f, w))); show(run(tf.reciprocal([2., 0., -0.])), run(tf.math.divide_no_nan([1., 0.], [0., 2.]))); E(lambda: run(tf.div_no_nan(i, z)))''')
c('num.int_wrap', r'''sess = tf.Session(); run = sess.run
m = tf.constant(2**31 - 1); l = tf.constant(2**63 - 1, tf.int64); u = tf.constant(250, tf.uint8); b = tf.constant([127, -128], tf.int8); show(run([m + 1, m * 2, -tf.constant(-2**31), l + 1, l * 2])); show(run([u + tf.constant(10, tf.uint8), b + tf.constant(1, tf.int8), b - tf.constant(1, tf.int8)])); show(run([abs(tf.constant(-2**31)), tf.square(tf.constant(65536)), tf.constant(3) ** 21, tf.constant(2) ** 31])); show(run([tf.reduce_sum(tf.constant([127, 1], tf.int8)), tf.reduce_prod([65536, 65536])]))''')
c('num.rounding', r'''sess = tf.Session(); run = sess.run
x = tf.constant([-2.5, -1.5, -.5, -.4, 0., .5, 1.5, 2.5, 2.6]); show(run([tf.round(x), tf.rint(x), tf.floor(x), tf.ceil(x), tf.to_int32(x), tf.sign(x)])); show(run(tf.round(tf.constant([3, -4])))); E(lambda: tf.floor(tf.constant(3))); E(lambda: tf.ceil(tf.constant(3))); E(lambda: run(tf.sign(tf.constant([-3, 0, 2])))); E(lambda: run(tf.abs(tf.constant([-3, 0])))); E(lambda: run(tf.negative(tf.constant([1, -2])))); E(lambda: run(-tf.constant(1, tf.uint8))); E(lambda: run(tf.round(tf.constant(True))))''')
c('num.unary_on_ints', r'''sess = tf.Session(); i = tf.constant([1, 4])
for f in (tf.exp, tf.log, tf.sqrt, tf.rsqrt, tf.sin, tf.tanh, tf.sigmoid, tf.square, tf.abs, tf.nn.relu, tf.nn.relu6, tf.nn.softmax, tf.nn.softplus, tf.nn.elu, tf.nn.leaky_relu, tf.is_nan, tf.is_finite, tf.log1p, tf.erf, tf.identity, tf.negative, tf.reduce_logsumexp, tf.nn.l2_loss, tf.norm, tf.lgamma, tf.invert_permutation, tf.nn.softsign, tf.digamma):
    try: r = f(i); show(r.dtype.name); v = sess.run(r); show(v if v.dtype.kind in "iub" else np.round(v, 4))
    except Exception as e: show("raises " + type(e).__name__)''')
c('num.special_values', r'''sess = tf.Session(); run = sess.run
x = tf.constant([np.inf, -np.inf, np.nan, 0., -0.]); show(run([tf.is_nan(x), tf.is_inf(x), tf.is_finite(x), tf.sign(x), tf.abs(x), tf.floor(x), tf.nn.relu(x), tf.sigmoid(x), tf.tanh(x), tf.exp(x)])); show(run([tf.log([-1., 0., np.inf]), tf.sqrt([-1., -0., np.inf]), tf.pow([0., 0., -1., -8., 2.], [0., -1., .5, 1. / 3., np.inf])])); show(run([tf.equal(x, x), tf.equal(0., -0.), tf.maximum(x, 1.), tf.less(x, 1.), tf.is_nan(x * 0.)])); show(run([tf.reduce_sum([np.inf, -np.inf]), tf.reduce_mean([np.inf, 1.]), tf.argmax([-np.inf, -np.inf]), tf.argmin([np.inf, 1.]), tf.reduce_any([np.nan > 1]), tf.cast([np.nan, 0.], tf.bool)]))''')
c('num.reduce_types', r'''sess = tf.Session(); run = sess.run
i = tf.constant([[1, -2], [-4, 2]]); b = tf.constant([[True, False], [True, True]]); show(run([tf.reduce_mean(i), tf.reduce_mean(i, 0), tf.reduce_sum(i, 1), tf.reduce_max(i), tf.reduce_min(i, 0), tf.reduce_prod(i), tf.reduce_all(b, 0), tf.reduce_any(b, 1), tf.reduce_all(b), tf.reduce_any(b, keepdims=True), tf.count_nonzero(i), tf.count_nonzero(b, 1), tf.count_nonzero(i, dtype=tf.int32)])); show(run(tf.reduce_mean([-1, -2])), run(tf.reduce_mean([7, 8]))); E(lambda: tf.reduce_sum(b)); E(lambda: tf.reduce_mean(b)); E(lambda: tf.reduce_any(i)); E(lambda: tf.reduce_all([1., 0.])); E(lambda: tf.reduce_max(b)); E(lambda: tf.reduce_sum("a")); E(lambda: tf.reduce_logsumexp(i)); show([t.dtype.name for t in (tf.reduce_sum(tf.constant([1], tf.int8)), tf.reduce_mean(tf.constant([1.], tf.float16)), tf.reduce_sum(tf.constant([1], tf.int64)), tf.count_nonzero(i), tf.argmax(i), tf.argmin(i, 0, output_type=tf.int32))])''')
c('num.reduce_axis_errors', r'''sess = tf.Session(); run = sess.run
x = tf.ones([2, 3]); s_ = tf.constant(5.); p = tf.placeholder(tf.float32); k = tf.placeholder(tf.int32)
for f in (lambda: tf.reduce_max(x, 2), lambda: tf.reduce_mean(x, -3), lambda: tf.reduce_prod(x, [0, 3]), lambda: tf.reduce_sum(s_, 0), lambda: tf.reduce_sum(s_, -1), lambda: run(tf.reduce_sum(s_, [])), lambda: run(tf.reduce_sum(s_)), lambda: run(tf.reduce_max(p, 1), {p: [1., 2.]}), lambda: run(tf.reduce_sum(x, k), {k: 5}), lambda: run(tf.reduce_sum(x, k), {k: [0, -1]}), lambda: run(tf.reduce_sum(x, k), {k: []}), lambda: tf.reduce_sum(x, k).shape, lambda: tf.reduce_sum(x, k, keepdims=True).shape, lambda: tf.reduce_sum(x, axis=0, reduction_indices=1), lambda: tf.reduce_sum(x, None, None, None, 0).shape, lambda: run(tf.reduce_sum(x, np.int64(1))), lambda: run(tf.reduce_sum(x, tf.constant(0, tf.int64))), lambda: tf.reduce_sum(x, [[0]]).shape, lambda: tf.reduce_sum(x, [None]), lambda: tf.argmax(x, 2), lambda: tf.argmax(x, -1).shape, lambda: tf.argmax(x, [0]), lambda: tf.argmax(x, axis=0, dimension=1), lambda: run(tf.reduce_sum(p), {p: 3.}), lambda: tf.reduce_sum(p, keepdims=True).shape, lambda: tf.reduce_mean(tf.placeholder(tf.float32, [None, 3, None]), [0, -1]).shape, lambda: tf.reduce_any(p)): E(f)''')
c('num.argmax_and_top_k', r'''sess = tf.Session(); run = sess.run
x = tf.constant([[1., 3., 3.], [5., 5., 4.]]); show(run([tf.argmax(x), tf.argmax(x, 1), tf.argmin(x, 1), tf.argmax(x, -2), tf.argmax([0, 0])])); show(run(tf.nn.top_k(x, 2))); show(run(tf.nn.top_k([1, 5, 5, 2], 3))); show(run(tf.nn.top_k(x, 0))); show(run(tf.nn.top_k(x))); E(lambda: tf.nn.top_k(x, 4)); E(lambda: tf.nn.top_k(1.)); E(lambda: tf.nn.top_k(x, -1)); show(run(tf.nn.in_top_k(x, [1, 2], 1)), run(tf.nn.in_top_k(x, [2, 1], 1)), run(tf.nn.in_top_k(x, [0, 0], 2))); E(lambda: run(tf.nn.in_top_k(x, [5, 0], 1))); E(lambda: tf.nn.in_top_k(x, [1], 1)); u, i = tf.unique([3, 1, 3, 2]); show(run([u, i])); show(run(tf.unique_with_counts([3, 1, 3]))); show(run(tf.setdiff1d([1, 2, 3, 2], [2]))); show(run(tf.argsort([3., 1., 2.])), run(tf.sort([3., 1., 2.], direction="DESCENDING")))''')
c('num.cumulative', r'''sess = tf.Session(); run = sess.run
x = tf.constant([[1., 2., 3.], [4., 5., 6.]]); show(run([tf.cumsum(x), tf.cumsum(x, -1), tf.cumprod(x, 1), tf.cumsum(x, 1, True), tf.cumprod(x, 1, exclusive=True), tf.cumsum(x, 1, reverse=True), tf.cumprod(x, 1, True, True), tf.cumsum(x, tf.constant(1))])); E(lambda: run(tf.cumsum(x, 2))); E(lambda: run(tf.cumsum(5.))); E(lambda: run(tf.cumsum(tf.zeros([0])))); E(lambda: tf.cumsum([True])); E(lambda: run(tf.cumsum([1, 2], axis=-3)))''')
c('num.sparse_xent', r'''sess = tf.Session(); run = sess.run; S = tf.nn.sparse_softmax_cross_entropy_with_logits
l = tf.constant([[0., 0.], [1000., 0.]]); show(np.round(run(S(labels=[0, 1], logits=l)), 5)); E(lambda: run(S(labels=[0, 2], logits=l))); E(lambda: run(S(labels=[0, -1], logits=l))); E(lambda: S(labels=[0], logits=l)); E(lambda: S(labels=[[0], [1]], logits=l)); E(lambda: S([0, 1], l)); E(lambda: S(labels=[0., 1.], logits=l)); E(lambda: S(labels=[0, 1], logits=[[1, 2], [3, 4]])); E(lambda: run(S(labels=0, logits=[1000., 0.]))); E(lambda: run(S(labels=[[0, 1]], logits=[[[1., 1.], [0., 0.]]])).shape); E(lambda: S(labels=tf.constant([0, 1], tf.int64), logits=l).dtype); E(lambda: S(labels=None, logits=l)); E(lambda: S(labels=0, logits=1.)); p = tf.placeholder(tf.int32); q = tf.placeholder(tf.float32); E(lambda: S(labels=p, logits=q).shape); E(lambda: run(S(labels=p, logits=q), {p: [0, 1, 1], q: [[1., 1.]]}))''')
c('num.other_xents', r'''sess = tf.Session(); run = sess.run; N = tf.nn
E(lambda: N.sigmoid_cross_entropy_with_logits([1.], [2.])); E(lambda: N.sigmoid_cross_entropy_with_logits(labels=[1.], logits=[[2.]])); E(lambda: N.sigmoid_cross_entropy_with_logits(labels=[1], logits=[2.])); E(lambda: N.sigmoid_cross_entropy_with_logits(labels=[1., 2.], logits=[2.])); E(lambda: run(N.sigmoid_cross_entropy_with_logits(labels=[0., 1., .5], logits=[-1000., 1000., 0.])).round(4)); E(lambda: run(N.weighted_cross_entropy_with_logits(labels=[1., 0.], logits=[-1000., 1000.], pos_weight=2.))); E(lambda: N.weighted_cross_entropy_with_logits(labels=[1.], logits=[1., 2.], pos_weight=2.)); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=[[1., 0.]], logits=[[1., 2.]], axis=5)); E(lambda: run(N.softmax_cross_entropy_with_logits_v2(labels=[[.5, .5]], logits=[[0., 0.]])).round(4)); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=[[1., 0.]], logits=[[1., 2.]], dim=0, axis=1)); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=None, logits=[[1.]])); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=[[1.]], logits=[[1]])); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=tf.placeholder(tf.float32), logits=tf.placeholder(tf.float32)).shape); E(lambda: N.softmax_cross_entropy_with_logits_v2(labels=tf.placeholder(tf.float32, [None, 3]), logits=tf.placeholder(tf.float32, [5, 3])).shape); E(lambda: run(N.log_poisson_loss([1., 2.], [0., 0.]))); E(lambda: run(N.softmax_cross_entropy_with_logits_v2(labels=np.zeros((0, 3), "f"), logits=np.zeros((0, 3), "f"))))''')
c('num.softmax_arguments', r'''sess = tf.Session(); run = sess.run; x = tf.constant([[0., 0.], [0., 0.]])
show(run([tf.nn.softmax(x), tf.nn.softmax(x, 0), tf.nn.softmax(x, axis=-2), tf.nn.softmax(x, dim=1), tf.nn.softmax(tf.zeros([1, 2, 4]), 1)])); E(lambda: tf.nn.softmax(x, 2)); E(lambda: tf.nn.softmax(x, -3)); E(lambda: tf.nn.softmax(x, axis=0, dim=0)); E(lambda: tf.nn.log_softmax(x, 5)); E(lambda: tf.nn.softmax([1, 2])); E(lambda: tf.nn.softmax(tf.placeholder(tf.float32)).shape); E(lambda: tf.nn.softmax(tf.placeholder(tf.float32, [None, 3])).shape); E(lambda: tf.nn.softmax(tf.placeholder(tf.float32, [None, 3]), 0).shape); E(lambda: tf.nn.log_softmax(3.)); E(lambda: run(tf.nn.softmax(tf.zeros([0, 3])))); E(lambda: run(tf.nn.softmax(tf.constant([0., 0.], tf.float64))).dtype.name); E(lambda: run(tf.nn.log_softmax([[1e30, 0.]])))''')
c('num.clip_by_norm', r'''sess = tf.Session(); run = sess.run
x = tf.constant([3., 4.]); show(run([tf.clip_by_norm(x, 10.), tf.clip_by_norm(x, 5.), tf.clip_by_norm([0., 0.], 1.), tf.clip_by_norm([[3., 4.], [0., 0.]], 1., axes=[0]), tf.clip_by_norm(x, 0.)])); show(np.round(run(tf.clip_by_norm(x, 1.)), 5)); show(np.round(run(tf.clip_by_norm([[3., 4.], [6., 8.]], 5., axes=1)), 5)); show(run(tf.gradients(tf.clip_by_norm(x, 10.), x))); E(lambda: tf.clip_by_norm([1, 2], 1)); E(lambda: tf.clip_by_norm(x, 1., axes=3)); show(np.round(run(tf.clip_by_average_norm(x, 1.)), 5)); show(run(tf.clip_by_value([1, 5, -3], 0, 3))); show(run(tf.clip_by_value(x, tf.constant(0.), tf.constant([3.5, 3.5])))); E(lambda: run(tf.clip_by_value(x, 0, 1.))); E(lambda: tf.clip_by_value(x, [1., 2., 3.], 5.)); E(lambda: tf.clip_by_global_norm(x, 1.)); E(lambda: tf.clip_by_global_norm([x, 5.], 1.)[1].dtype); show([q if q is None else q.shape.as_list() for q in tf.clip_by_global_norm((x, None), tf.constant(2.))[0]]); show(run(tf.global_norm([x])), run(tf.global_norm([tf.constant([0.]), None])))''')
c('num.dropout', r'''
sess = tf.Session(); x = tf.ones([400]); D = tf.nn.dropout; r = sess.run(D(x, keep_prob=.5, seed=1)); show(sorted(set(r.tolist()))); show(bool(.35 < (r > 0).mean() < .65)); r = sess.run(D(x, rate=.75, seed=1)); show(sorted(set(r.tolist()))); show(bool(.15 < (r > 0).mean() < .35)); show(D(x, keep_prob=1.) is x, D(x, rate=0.) is x, D(x, 1) is x); r = sess.run(D(tf.ones([50, 4]), rate=.5, noise_shape=[50, 1], seed=2)); show(bool((r == r[:, :1]).all())); r = sess.run(D(tf.ones([50, 4]), .5, [None, 1], 2)); show(bool((r == r[:, :1]).all())); d = D(x, rate=.5); a, g = sess.run([d, tf.gradients(d, x)[0]]); show(bool((a == g).all())); p = tf.placeholder(tf.float32, []); show(sess.run(tf.reduce_sum(D(x, keep_prob=p)), {p: 1.})); E(lambda: D(x)); E(lambda: D(x, keep_prob=0.)); E(lambda: D(x, rate=1.)); E(lambda: D(x, keep_prob=1.5)); E(lambda: D(x, rate=-.1)); E(lambda: D(x, keep_prob=.5, rate=.2)); E(lambda: D(tf.constant([1, 2]), rate=.5)); E(lambda: D(x, rate="a"))''')
c('num.bias_add', r'''sess = tf.Session(); run = sess.run; x = tf.zeros([2, 3]); B = tf.nn.bias_add
show(run(B(x, [1., 2., 3.]))); show(run(B(tf.zeros([1, 2, 2]), tf.constant([1., 2.])))); show(run(B(tf.zeros([1, 2, 1, 1]), [1., 2.], "NCHW")).tolist()); E(lambda: B(x, [1., 2.])); E(lambda: B(x, 1.)); E(lambda: B(x, [[1., 2., 3.]])); E(lambda: B([1., 2.], [1., 2.])); E(lambda: run(B(tf.constant([[1, 2]]), [1, 2]))); E(lambda: B(x, [1., 2., 3.], data_format="bad")); E(lambda: B(x, tf.constant([1, 2, 3]))); p = tf.placeholder(tf.float32); E(lambda: B(p, [1., 2.]).shape); E(lambda: run(B(p, [1., 2.]), {p: [[1., 1., 1.]]})); show(run(tf.gradients(B(x, tf.constant([1., 2., 3.])), x))); show(B(x, [1., 2., 3.]).name, tf.nn.xw_plus_b(x, tf.ones([3, 2]), [1., 2.]).name, tf.nn.relu_layer(x, tf.ones([3, 2]), [1., 2.]).name)''')
c('num.l2_and_norms', r'''sess = tf.Session(); run = sess.run; x = tf.constant([[3., 4.], [0., 0.]])
show(run([tf.nn.l2_loss(x), tf.nn.l2_loss(2.), tf.nn.l2_loss(tf.zeros([0])), tf.nn.l2_normalize([0., 0.], 0), tf.norm(x), tf.norm(x, axis=1), tf.norm(x, 1), tf.norm(x, np.inf), tf.norm(x, axis=0, keepdims=True), tf.linalg.norm(x, "fro", [0, 1])])); show(np.round(run(tf.nn.l2_normalize(x, 1)), 5)); show(np.round(run(tf.nn.l2_normalize(x, axis=[0, 1])), 5)); E(lambda: tf.norm(x, "bad")); E(lambda: tf.norm(x, -1)); E(lambda: tf.norm(x, 2, [0, 1]).shape); E(lambda: tf.norm(x, axis=[0, 1, 2])); E(lambda: tf.nn.l2_normalize(x).shape); E(lambda: tf.norm([1, 2])); E(lambda: tf.norm(x, axis=2)); show(run(tf.nn.moments(x, 0))); show(run(tf.nn.moments(x, [0, 1], keep_dims=True))); E(lambda: run(tf.nn.moments(x, None))); show(run(tf.nn.zero_fraction(x)))''')
c('num.matmul_shapes', r'''sess = tf.Session(); run = sess.run; a = tf.ones([2, 3]); b = tf.ones([3, 4]); P = lambda *s: tf.placeholder(tf.float32, s); M = tf.matmul; B = tf.ones([5, 2, 3])
for f in (lambda: M(a, b).shape, lambda: M(a, a, transpose_b=True).shape, lambda: M(a, a, True).shape, lambda: M(b, a, True, True).shape, lambda: M(a, a), lambda: M(a, tf.ones([3])), lambda: M(tf.ones([3]), b), lambda: M(2., b), lambda: M(B, tf.ones([5, 3, 2])).shape, lambda: M(B, B, adjoint_b=True).shape, lambda: M(B, tf.ones([4, 3, 2])), lambda: M(B, b).shape, lambda: run(M(B, tf.ones([1, 3, 2]))).shape, lambda: M(P(None, 3), b).shape, lambda: M(P(None, 2), b), lambda: M(P(None, None, 3), P(None, 3, 2)).shape, lambda: M(tf.placeholder(tf.float32), b).shape, lambda: M(a, b, transpose_a=True, adjoint_a=True), lambda: M(a, tf.ones([3, 4], tf.float64)), lambda: M([[True]], [[True]]), lambda: run(M([[1, 2]], [[3], [4]])), lambda: run(M(tf.zeros([0, 3]), b)).shape, lambda: run(M(tf.zeros([2, 0]), tf.zeros([0, 2]))), lambda: (a @ b).shape, lambda: a @ 2., lambda: run([[1., 2., 3.]] @ b), lambda: tf.linalg.matvec(a, [1., 2., 3.]).shape, lambda: run(tf.linalg.matvec(a, [1., 2., 3.])), lambda: tf.linalg.matvec(a, [1., 2.]), lambda: M(a, b, name="mm").name): E(f)
p = tf.placeholder(tf.float32); E(lambda: run(M(p, b), {p: np.ones((2, 2))})); E(lambda: run(M(p, b), {p: np.ones(3)}))''')
c('num.einsum_tensordot', r'''sess = tf.Session(); run = sess.run; a = tf.constant([[1., 2.], [3., 4.]]); v = tf.constant([1., 10.]); n = tf.einsum
show(run([n("ij,jk->ik", a, a), n("ij->ji", a), n("ij,ij->", a, a), n("ij,j->i", a, v), n("i,j->ij", v, v), n("ij->", a), n("ij->j", a), n("ij,jk", a, a), n("bij,bjk->bik", tf.stack([a]), tf.stack([a])), n("i,i", v, v)]))
for f in (lambda: n("ij,jk->ik", a), lambda: n("ij,kl->ik", a, v), lambda: n("ij->ik", a), lambda: n("ij;j", a, v), lambda: n("", a), lambda: n("ij,jk->ik", a, tf.ones([3, 2])), lambda: n("ii->i", a), lambda: n("...i->...", a), lambda: n("ij,jk->ik", a, a, foo=1)):
    try: r = f(); show(str(r.shape))
    except Exception as e: show("raises " + type(e).__name__)
T = tf.tensordot; show(run([T(a, a, 1), T(a, a, 2), T(v, v, 0), T(a, v, [[1], [0]]), T(a, a, [[0], [0]]), T(a, a, [[0, 1], [1, 0]]), T(a, v, ((0,), (0,)))])); E(lambda: T(a, tf.ones([3]), 1)); E(lambda: T(a, a, [[0], [0, 1]])); E(lambda: T(a, a, -1)); E(lambda: T(a, a, [0])); E(lambda: T(tf.placeholder(tf.float32, [None, 2]), a, 1).shape)''')
c('num.conv_pool_shapes', r'''P = lambda *s: tf.placeholder(tf.float32, s); x = P(None, 7, 6, 2); k = tf.ones([3, 2, 2, 4]); C = tf.nn.conv2d
for f in (lambda: C(x, k, [1, 1, 1, 1], "SAME").shape, lambda: C(x, k, [1, 1, 1, 1], "VALID").shape, lambda: C(x, k, [1, 2, 3, 1], "SAME").shape, lambda: C(x, k, [1, 2, 3, 1], "VALID").shape, lambda: C(x, k, 2, "VALID").shape, lambda: C(x, k, [2, 1], "SAME").shape, lambda: C(x, k, [1, 1, 1, 1], [[0, 0], [1, 1], [2, 0], [0, 0]]).shape, lambda: C(P(None, None, None, 2), k, [1, 2, 2, 1], "SAME").shape, lambda: C(tf.placeholder(tf.float32), k, [1, 1, 1, 1], "SAME").shape, lambda: C(x, tf.ones([3, 3, 3, 4]), [1, 1, 1, 1], "SAME"), lambda: C(x, tf.ones([3, 3, 2]), [1, 1, 1, 1], "SAME"), lambda: C(x[0], k, [1, 1, 1, 1], "SAME"), lambda: C(x, k, [1, 1, 1, 1], "same"), lambda: C(x, k, [1, 1, 1, 1], "FULL"), lambda: C(x, k), lambda: C(x, k, [1, 1, 1], "SAME"), lambda: C(x, tf.ones([9, 9, 2, 1]), [1, 1, 1, 1], "VALID"), lambda: C(tf.ones([1, 4, 4, 1], tf.int32), tf.ones([2, 2, 1, 1], tf.int32), [1, 1, 1, 1], "SAME").shape, lambda: C(x, k, [1, 1, 1, 1], "SAME", dilations=[1, 2, 2, 1]).shape, lambda: C(x, k, [1, 1, 1, 1], "VALID", dilations=[1, 2, 2, 1]).shape, lambda: C(x, k, [1, 1, 1, 1], "SAME", data_format="bad"), lambda: C(x, k, [1, 0, 1, 1], "SAME"),
    lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME").shape, lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID").shape, lambda: tf.nn.avg_pool(x, [1, 3, 3, 1], [1, 1, 1, 1], "VALID").shape, lambda: tf.nn.avg_pool(x, 2, 2, "SAME").shape, lambda: tf.nn.max_pool(x, [1, 8, 8, 1], [1, 1, 1, 1], "VALID"), lambda: tf.nn.max_pool(x[0], [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "bad"), lambda: tf.nn.max_pool(x, [2, 2], [1, 2, 2, 1], "SAME").shape, lambda: tf.nn.max_pool(x, [1, 2, 2], [1, 2, 2, 1], "SAME"), lambda: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", name="mp").name, lambda: tf.nn.conv2d_transpose(tf.ones([1, 2, 2, 1]), tf.ones([2, 2, 3, 1]), [1, 4, 4, 3], [1, 2, 2, 1]).shape): E(f)''')
c('num.logic_and_comparison', r'''sess = tf.Session(); run = sess.run; t = tf.constant([True, False]); f = tf.constant([[True], [False]]); i = tf.constant([1, 2])
show(run([t & f, t | f, t ^ f, ~t, tf.logical_and(t, True), tf.logical_or(False, t), tf.logical_xor(t, t), tf.logical_not(f)])); show(run([i > 1, i >= [1, 3], i <= i, tf.equal(i, 1), tf.not_equal(i, [1, 5]), tf.equal(t, f), tf.equal("a", ["a", "b"])]))
for g in (lambda: t & 1, lambda: t & i, lambda: ~i, lambda: i & i, lambda: t < t, lambda: tf.less("a", "b"), lambda: i < 2.5, lambda: i < tf.constant(2.), lambda: tf.equal(i, 1.5), lambda: tf.logical_and(1, 0), lambda: tf.logical_not(1.), lambda: tf.greater(i, [1, 2, 3]), lambda: t + t, lambda: -t, lambda: t * 2, lambda: tf.equal(i, "a"), lambda: tf.reduce_all(i > 0), lambda: 1 < i, lambda: tf.less(1, 2)):
    try: r = g(); show([type(r).__name__, r.dtype.name, str(r.shape)])
    except Exception as e: show("raises " + type(e).__name__)''')
c('num.pow', r'''sess = tf.Session(); run = sess.run; i = tf.constant([2, -3]); f = tf.constant([2., -3.])
show(run([i ** 2, i ** 0, f ** 2, f ** 0.5, f ** -1, tf.pow(2, [0, 3]), 2. ** f, tf.pow(f, 3.), f ** f, tf.pow([0., 0., np.inf], [0., 2., -1.])])); E(lambda: i ** 0.5); E(lambda: run(tf.constant([2, 3]) ** tf.constant([1, -2]))); E(lambda: f ** i); E(lambda: tf.pow(2, f)); E(lambda: tf.constant(True) ** 2); E(lambda: run(tf.constant(2, tf.int64) ** 40)); E(lambda: run(tf.pow(tf.constant(3.), 2)))''')

# --- dtypes -------------------------------------------------------------------------------------
c('dtype.dtype_objects', r'''
f = tf.float32; v = tf.Variable(1.)
show([f.name, f.size, f.min, f.max, f.as_numpy_dtype is np.float32, f.is_floating, f.is_integer, f.is_bool, f.is_complex, bool(f.is_unsigned), f.is_numpy_compatible, f.base_dtype is f, f.real_dtype is f, f.as_datatype_enum]); show([tf.int32.min, tf.int32.max, tf.uint8.min, tf.uint8.max, tf.int64.max, tf.bool.size, tf.complex64.real_dtype.name, tf.int16.is_integer, bool(tf.uint8.is_unsigned), tf.string.name, tf.half.name, tf.double.name]); E(lambda: tf.bool.min); E(lambda: tf.string.min); E(lambda: tf.complex64.max); show(repr(f), str(f), v.dtype == f, v.dtype.base_dtype == f, v.dtype.is_compatible_with(f), f.is_compatible_with(v.dtype), f.is_compatible_with(tf.float64)); show(f == np.float32, f == "float32", f == np.dtype("float32"), f == 5, f != tf.float64, f == tf.float32, hash(f) == hash(tf.float32), f in [tf.float64, tf.float32], {f: 1}[tf.float32], f == None)''')
c('dtype.as_dtype', r'''
for x in ("float32", "float", "double", "half", "int32", "int", "bool", "string", "float32_ref", np.float32, np.int64, np.dtype("uint8"), np.dtype("<f8"), float, int, bool, str, bytes, complex, object, 1, 3, 101, "nope", None, 5.5, [], tf.int8, "int8", np.array([1.]).dtype, "complex64", np.str_, "S5"):
    try: show(tf.as_dtype(x).name)
    except Exception as e: show("raises " + type(e).__name__)''')
c('dtype.convert', r'''sess = tf.Session(); C = tf.convert_to_tensor
for x in (1, 1., True, "s", b"s", 1j, [1, 2], [1, 2.], [True, False], [[1], [2]], [], [[]], (1, 2), np.float64(1), np.float32(1), np.int8(1), [np.float64(1)], [np.int64(1)], np.ones(2), np.ones(2, "f"), np.array(["a"]), 2**31, 2**40, -2**31 - 1, 2**63, [2**40], np.array([True]), range(3), {1: 2}, None, [None], object(), [[1], [1, 2]], ["a", 1], [1, "a"], [1, True], [True, 1.], [tf.constant(1.), 2.], [tf.constant(1), 2], tf.float32, tf.TensorShape([1, 2]), tf.TensorShape([None]), tf.Dimension(3), slice(1), np.array([None]), set([1])):
    try: r = C(x); show([r.dtype.name, str(r.shape)])
    except Exception as e: show("raises " + type(e).__name__)''')
c('dtype.convert_with_dtype', r'''sess = tf.Session(); C = tf.convert_to_tensor
for x, d in ((1, tf.float32), (1., tf.int32), (True, tf.float32), (1, tf.bool), (0, tf.bool), ("a", tf.float32), (1, tf.string), ([1, 2], tf.float64), ([1., 2.], tf.float16), (np.ones(2), tf.float32), (np.ones(2), tf.int32), (np.array([1.5]), tf.int32), (np.array([1]), tf.bool), (1j, tf.float32), (1, tf.complex64), (tf.constant(1), tf.float32), (tf.constant(1.), tf.float32), (tf.constant(1.), "float32"), (tf.Variable(1.), tf.float32), (tf.Variable(1.), tf.int32), ([tf.constant(1.)], tf.float64), ([], tf.int32), (np.float64(2.5), tf.float32), (np.int64(3), tf.float32), (None, tf.float32), (np.array(["1"]), tf.float32), (b"a", tf.string), (np.array([True]), tf.int32)):
    try: r = C(x, d); show(r.dtype.name); v = r if r.op.type == "VariableV2" or r.name.startswith("Variable") else sess.run(r); show(v.dtype.name if isinstance(v, tf.Tensor) else v)
    except Exception as e: show("raises " + type(e).__name__)
show(C(1, preferred_dtype=tf.float32).dtype.name, C(1.5, preferred_dtype=tf.int32).dtype.name, C(1, dtype_hint=tf.float64).dtype.name, C([1], name="nm").name)''')
c('dtype.constant_shape', r'''sess = tf.Session(); K = tf.constant
for a, k in (((1., ), dict(shape=[2, 2])), (([1, 2], ), dict(shape=[4])), (([1, 2, 3, 4], ), dict(shape=[2, 2])), (([1, 2, 3], ), dict(shape=[2])), (([1, 2], ), dict(shape=[3], verify_shape=True)), (([1, 2], tf.float32, [2, 1]), {}), ((1, ), dict(shape=[])), (([1], ), dict(shape=[])), (([], ), dict(shape=[2])), ((5, ), dict(shape=[0])), (([1, 2], ), dict(shape=(2, ), verify_shape=True)), (("a", ), dict(shape=[2])), ((1, ), dict(shape=[None])), ((1, ), dict(shape=[-1])), ((1, ), dict(shape=3)), ((np.arange(4.), ), dict(shape=[2, 2], dtype=tf.float32)), ((True, ), dict(shape=[2])), ((None, ), {}), ((K(1.), ), {}), (([K(1.)], ), {})): E(lambda: sess.run(K(*a, **k)))
show(K(1, name="nm").name, K(1.5, tf.float64).dtype.name, K([[1, 2]]).op.type); big = K(np.zeros((100, 100))); show(str(big.shape), big.op.get_attr("dtype").name)''')
c('dtype.mixed_named_functions', r'''
f = tf.constant([1., 2.]); i = tf.constant([1, 2]); d = tf.constant([1., 2.], tf.float64); l = tf.constant([1, 2], tf.int64)
for g in (lambda: tf.add(f, 1), lambda: tf.add(f, 1.), lambda: tf.add(i, 1.), lambda: tf.multiply(2, f), lambda: tf.multiply(2., f), lambda: tf.multiply(f, 2), lambda: tf.subtract(f, d), lambda: tf.maximum(f, 1), lambda: tf.maximum(1., f), lambda: tf.minimum(i, 1), lambda: tf.pow(f, 2), lambda: tf.equal(f, 1), lambda: tf.equal(1, f), lambda: tf.less(f, i), lambda: tf.where(f > 1., f, i), lambda: tf.where(f > 1., f, f), lambda: tf.matmul([f], [[1], [2]]), lambda: tf.squared_difference(f, 1), lambda: tf.add_n([f, f]), lambda: tf.add_n([f, d]), lambda: tf.stack([f, d]), lambda: tf.concat([f, i], 0), lambda: tf.concat([f, [1, 2]], 0), lambda: tf.scalar_mul(2, f), lambda: tf.scalar_mul(i, f), lambda: tf.clip_by_value(f, 0, 1), lambda: tf.tensordot(f, i, 1), lambda: tf.assign(tf.Variable([1., 2.]), i), lambda: l + 1, lambda: l + i, lambda: l * 2.5, lambda: d * f, lambda: d * 2, lambda: tf.truediv(i, 2), lambda: tf.truediv(i, 2.), lambda: tf.div(f, 2), lambda: tf.floordiv(i, l), lambda: tf.mod(f, 2), lambda: tf.atan2(f, 1), lambda: tf.nn.bias_add([f], [1, 2]), lambda: tf.cross([1., 2., 3.], [1, 2, 3])):
    try: r = g(); show([r.dtype.base_dtype.name, str(r.shape)])
    except Exception as e: show("raises " + type(e).__name__)''')
c('dtype.index_types', r'''sess = tf.Session(); run = sess.run; x = tf.constant([[1., 2., 3.], [4., 5., 6.]]); L = lambda v: tf.constant(v, tf.int64)
for g in (lambda: run(x[L(1)]), lambda: run(x[L(0):L(1)]), lambda: run(x[tf.constant(1, tf.int8)]), lambda: run(x[np.int64(1), np.int32(0)]), lambda: x[1.], lambda: x["a"], lambda: x[None].shape, lambda: run(tf.gather(x, L([1]))), lambda: tf.gather(x, [1.]), lambda: run(tf.reshape(x, L([3, 2]))), lambda: tf.reshape(x, [3., 2.]), lambda: run(tf.reshape(x, np.array([6]))), lambda: run(tf.tile(x, L([1, 2]))), lambda: tf.tile(x, [1., 2.]), lambda: run(tf.reduce_sum(x, L(0))), lambda: run(tf.expand_dims(x, L(0))).shape, lambda: run(tf.transpose(x, L([1, 0]))), lambda: run(tf.one_hot(L([1]), 2)), lambda: tf.one_hot([1.], 2), lambda: run(tf.fill(L([2]), 1)), lambda: tf.fill([2.], 1), lambda: run(tf.zeros(L([2]))), lambda: tf.shape(x, out_type=tf.int64).dtype.name, lambda: tf.size(x, out_type=tf.int64).dtype.name, lambda: run(tf.slice(x, L([0, 1]), L([1, 2]))), lambda: tf.slice(x, [0., 0.], [1., 1.]), lambda: run(tf.pad(x, L([[0, 1], [0, 0]]))), lambda: x[True], lambda: x[[True, False]], lambda: x[np.array([1, 0])], lambda: run(tf.range(L(3))), lambda: run(tf.gather_nd(x, L([[0, 2]])))): E(g)''')
c('dtype.casts', r'''sess = tf.Session(); run = sess.run; i = tf.constant([0, 1, 300, -1]); f = tf.constant([-1.9, -.5, .5, 1.9]); b = tf.constant([True, False])
show(run([tf.cast(i, tf.uint8), tf.cast(i, tf.bool), tf.cast(i, tf.float32), tf.cast(i, tf.int8), tf.cast(f, tf.int32), tf.cast(f, tf.int64), tf.cast(f, tf.bool), tf.cast(f, tf.float16), tf.cast(b, tf.int32), tf.cast(b, tf.float64), tf.to_float(i), tf.to_double(b), tf.to_int32(f), tf.to_int64(f)])); show(run([tf.saturate_cast(i, tf.uint8), tf.bitcast(tf.constant(1.), tf.int32), tf.cast(16777217, tf.float32), tf.cast(tf.constant(1. / 3., tf.float64), tf.float32)])); show(tf.cast(f, tf.float32) is f, tf.cast(f, "float32") is f, tf.cast(2, tf.float32).dtype.name, tf.cast(np.ones(2), tf.int32).dtype.name, tf.cast([1, 2.], tf.bool).dtype.name); v = tf.Variable(1.); r = tf.cast(v, tf.float32); show(type(r).__name__, r.dtype.name, tf.cast(v, tf.float64).op.type); E(lambda: tf.cast(f, None)); E(lambda: tf.cast(f)); E(lambda: tf.bitcast(f, tf.int64)); show(run(tf.as_string([1, 2])), run(tf.string_to_number("2.5")))''')

# --- shapes -------------------------------------------------------------------------------------
c('shape.tensorshape_methods', r'''
S = tf.TensorShape; a = S([2, None, 3]); u = S(None)
for f in (lambda: a.ndims, lambda: a.rank, lambda: u.ndims, lambda: u.rank, lambda: len(a), lambda: len(u), lambda: a.as_list(), lambda: u.as_list(), lambda: str(a[0]), lambda: a[1:].as_list(), lambda: str(u[1:]), lambda: a[-1].value, lambda: a[5], lambda: u[0].value, lambda: a.num_elements(), lambda: S([2, 3]).num_elements(), lambda: S([]).num_elements(), lambda: u.num_elements(), lambda: a.is_fully_defined(), lambda: S([]).is_fully_defined(), lambda: u.is_fully_defined(), lambda: a.with_rank(3), lambda: a.with_rank(2), lambda: u.with_rank(2), lambda: a.with_rank_at_least(2), lambda: a.with_rank_at_least(4), lambda: a.with_rank_at_most(2), lambda: a.merge_with([2, 5, None]), lambda: a.merge_with([3, 5, 3]), lambda: a.merge_with([2, 5]), lambda: u.merge_with(a), lambda: a.concatenate([4]), lambda: a.concatenate(None), lambda: a.is_compatible_with([2, 9, 3]), lambda: a.is_compatible_with([2, 9]), lambda: a.is_compatible_with(u), lambda: a.assert_is_compatible_with([1, 1, 1]), lambda: a.assert_same_rank([1, 2]), lambda: a.assert_has_rank(3), lambda: a.assert_is_fully_defined(), lambda: [str(d) for d in a], lambda: [d for d in u], lambda: bool(S([])), lambda: bool(S(None)), lambda: bool(a), lambda: a.dims is None, lambda: u.dims, lambda: S(a), lambda: S(3), lambda: S([2, -1]), lambda: S(["a"]), lambda: S([2.5]), lambda: S([tf.Dimension(2)]), lambda: S((2, 3)) == [2, 3], lambda: S([2, 3]) != [2, 4], lambda: u == u, lambda: S([None]) == S([None]), lambda: hash(a), lambda: repr(a), lambda: str(u), lambda: a + [4], lambda: [4] + a, lambda: S([2, 3]).most_specific_compatible_shape([2, 4])): E(f)''')
c('shape.dimensions', r'''
D = tf.Dimension; a = D(7); n = D(None)
for f in (lambda: a + 1, lambda: 1 + a, lambda: a - 2, lambda: 9 - a, lambda: a * 2, lambda: 2 * a, lambda: a // 2, lambda: 15 // a, lambda: a % 3, lambda: n + 1, lambda: n * 0, lambda: n // 2, lambda: a / 2, lambda: a == 7, lambda: a == D(7), lambda: a != 8, lambda: n == 3, lambda: n == n, lambda: n != 1, lambda: a < 8, lambda: a >= 7, lambda: n < 3, lambda: int(a), lambda: int(n), lambda: list(range(10))[a], lambda: [0] * D(2).value, lambda: a.value, lambda: n.value, lambda: str(a), lambda: repr(a), lambda: str(n), lambda: repr(n), lambda: D(-1), lambda: D("3"), lambda: D(2.5), lambda: D("x"), lambda: D(D(4)), lambda: a.is_compatible_with(n), lambda: a.is_compatible_with(8), lambda: a.merge_with(n), lambda: a.merge_with(8), lambda: hash(a) == hash(7) or True, lambda: bool(a), lambda: float(a), lambda: tf.zeros([D(2), 3]).shape, lambda: tf.dimension_value(a), lambda: tf.dimension_at_index(tf.TensorShape([4, 5]), 1)):
    try: r = f(); show(r if isinstance(r, (bool, int, float, str, type(None), type(NotImplemented))) and not r is NotImplemented else str(r))
    except Exception as e: show("raises " + type(e).__name__)''')
c('shape.set_shape', r'''
p = tf.placeholder(tf.float32); q = tf.placeholder(tf.float32, [None, 3]); p.set_shape([None, None]); show(str(p.shape)); p.set_shape([2, None]); show(str(p.shape)); p.set_shape(tf.TensorShape([None, 4])); show(str(p.shape)); E(lambda: p.set_shape([3, 4])); E(lambda: p.set_shape([2])); p.set_shape(None); show(str(p.shape)); E(lambda: q.set_shape([5, 2])); q.set_shape((5, 3)); show(str(q.shape)); y = tf.identity(q); k = tf.constant([1., 2.]); E(lambda: k.set_shape([3])); k.set_shape([2]); E(lambda: p.set_shape(5)); E(lambda: p.set_shape("a")); e = tf.ensure_shape(tf.placeholder(tf.float32, [None, 2], name="e"), [3, None]); show(str(e.shape)); sess = tf.Session(); E(lambda: sess.run(e, {"e:0": np.ones((3, 2))}).shape); E(lambda: sess.run(e, {"e:0": np.ones((4, 2))})); E(lambda: tf.ensure_shape(k, [3])); show(y.get_shape().as_list(), q.shape[0] == 5, q.shape.ndims)''')
c('shape.static_inference', r'''
P = lambda *s: tf.placeholder(tf.float32, s); U = tf.placeholder(tf.float32); a = P(None, 3); b = P(4, None); d = P(1, 3)
for t in (a + b, a + d, b + 1., U + a, U * U, a > 0., tf.square(U), tf.where(a > 0., a, a), tf.matmul(b, a), tf.transpose(a), tf.transpose(U), tf.transpose(P(2, None, 3), [2, 0, 1]), tf.concat([a, d], 0), tf.concat([a, b], 1), tf.concat([U, a], 0), tf.stack([a, d]), tf.stack([a, a], 2), tf.expand_dims(a, 1), tf.expand_dims(U, 0), tf.squeeze(d), tf.squeeze(P(None, 1)), tf.squeeze(P(None, 1), [1]), tf.squeeze(U), tf.reduce_sum(a, 0), tf.reduce_sum(a), tf.reduce_sum(a, 1, keepdims=True), tf.reduce_mean(U, 0), tf.argmax(a, 1), tf.tile(a, [2, 2]), tf.pad(a, [[1, 1], [0, 2]]), tf.slice(a, [0, 1], [-1, 2]), tf.gather(a, [0, 1]), tf.gather(a, tf.placeholder(tf.int32, [5, None])), tf.gather(a, [0], axis=1), tf.one_hot(tf.placeholder(tf.int32, [None]), 4), tf.nn.softmax(a), tf.cumsum(b), tf.reverse(a, [0]), tf.split(P(None, 6), 3, 1)[1], tf.unstack(P(3, None))[0], tf.nn.top_k(a, 2)[0], tf.zeros_like(a), tf.shape(a), tf.shape(U), tf.size(U), tf.rank(U), tf.fill([2, 3], 1.), tf.zeros(tf.shape(a)), tf.zeros(tf.stack([tf.shape(a)[0], 7])), tf.reshape(a, [-1]), tf.reshape(a, [-1, 3, 1]), tf.reshape(a, tf.stack([tf.shape(a)[0], 3])), tf.reshape(U, [2, -1]), tf.reshape(a, tf.placeholder(tf.int32, [2])), tf.reshape(P(2, 6), [-1, 4]), tf.range(5), tf.range(tf.placeholder(tf.int32, [])), tf.ones([tf.placeholder(tf.int32, []), 2]), tf.eye(3), tf.random_normal([2, 2]), tf.boolean_mask(a, tf.placeholder(tf.bool, [None])), tf.where(a > 0.), tf.nn.bias_add(U, [1., 2.]), tf.add_n([a, P(None, None)]), tf.nn.l2_loss(U), tf.tensordot(a, P(3, None), 1), tf.broadcast_to(a, [2, 5, 3]), tf.identity(a), tf.space_to_depth(P(None, 4, 4, 1), 2), tf.cast(a, tf.int32), tf.sequence_mask(tf.placeholder(tf.int32, [None]), 4), tf.unique(P(None))[0], tf.linalg.trace(P(3, 3)), tf.cross(P(None, 3), P(None, 3))): show(str(t.shape))''')
c('shape.shape_size_rank', r'''
a = tf.placeholder(tf.float32, [None, 3]); k = tf.zeros([2, 3]); v = tf.Variable([1., 2.]); sess = init_session(); show(tf.shape(k).op.type, tf.size(k).op.type, tf.rank(a).op.type, tf.shape(a).op.type, tf.rank(tf.placeholder(tf.float32)).op.type); show(sess.run([tf.shape(k), tf.size(k), tf.rank(k), tf.shape(1.), tf.size([]), tf.rank(5), tf.shape(v), tf.shape([[]])])); show(sess.run([tf.shape(a), tf.size(a), tf.shape(a)[0], tf.rank(a)], {a: np.ones((4, 3))})); show(tf.shape(k, out_type=tf.int64).dtype.name, tf.shape(a, name="nm").name); show(sess.run(tf.shape_n([k, v]))); show(sess.run(tf.broadcast_dynamic_shape([2, 1], [3])), str(tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])))); E(lambda: tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3]))); E(lambda: tf.shape(None)); show(tf.get_static_value(tf.shape(k)), tf.get_static_value(a), tf.get_static_value(tf.constant([1, 2])), tf.get_static_value(tf.shape(k)[0]))''')
c('shape.reshape_family', r'''sess = tf.Session(); run = sess.run; x = tf.constant(np.arange(6)); y = tf.zeros([2, 1, 3, 1])
for f in (lambda: run(tf.reshape(x, [2, 3])), lambda: run(tf.reshape(x, (3, -1))), lambda: run(tf.reshape(x, [-1, 1])).shape, lambda: tf.reshape(x, [4, -1]), lambda: tf.reshape(x, [7]), lambda: tf.reshape(x, [[6]]), lambda: run(tf.reshape(x, -1)).shape, lambda: tf.reshape(x, []), lambda: run(tf.reshape(tf.zeros([0]), [0, 5])).shape, lambda: run(tf.reshape(tf.zeros([0, 2]), [-1, 2])).shape, lambda: tf.squeeze(y).shape, lambda: tf.squeeze(y, [1]).shape, lambda: tf.squeeze(y, -1).shape, lambda: tf.squeeze(y, [1, -1]).shape, lambda: tf.squeeze(y, 0), lambda: tf.squeeze(y, 7), lambda: tf.squeeze(y, squeeze_dims=[1]).shape, lambda: tf.squeeze(y, axis=1, squeeze_dims=1), lambda: tf.expand_dims(x, 0).shape, lambda: tf.expand_dims(x, -1).shape, lambda: tf.expand_dims(x, -2).shape, lambda: tf.expand_dims(x, 2), lambda: tf.expand_dims(x, -3), lambda: tf.expand_dims(x), lambda: tf.expand_dims(x, dim=1).shape, lambda: tf.expand_dims(3, 0).shape, lambda: tf.transpose(y).shape, lambda: tf.transpose(y, [3, 2, 1, 0]).shape, lambda: tf.transpose(y, [0, 1]), lambda: tf.transpose(y, [0, 1, 2, 4]), lambda: tf.transpose(3.).shape, lambda: run(tf.transpose([[1, 2], [3, 4]], [-1, 0])), lambda: tf.matrix_transpose(tf.zeros([5, 2, 3])).shape, lambda: tf.matrix_transpose([1.]), lambda: run(tf.broadcast_to([1, 2], [2, 2])), lambda: tf.broadcast_to([1, 2], [3]), lambda: run(tf.broadcast_to(1, [0, 2])).shape): E(f)''')
c('shape.join_and_cut', r'''sess = tf.Session(); run = sess.run; a = tf.ones([2, 3]); b = tf.zeros([2, 3]); sh = lambda ts: [q.shape.as_list() for q in ts]
for f in (lambda: tf.concat([a, b], 0).shape, lambda: tf.concat([a, b], -1).shape, lambda: tf.concat([a, b], 2), lambda: tf.concat([a, [1., 2.]], 0), lambda: tf.concat([a, tf.ones([2, 4])], 0), lambda: run(tf.concat([[1], [2]], 0)), lambda: tf.concat([a], 0).shape, lambda: tf.concat(a, 0).shape, lambda: tf.concat([1, 2], 0), lambda: tf.concat(values=[a, b], axis=1, name="cc").name, lambda: tf.stack([a, b]).shape, lambda: tf.stack([a, b], -1).shape, lambda: tf.stack([a, b], 3), lambda: tf.stack([a, tf.ones([3, 2])]), lambda: tf.stack(a).shape, lambda: run(tf.stack([1, 2])), lambda: tf.stack([]).shape, lambda: sh(tf.unstack(a)), lambda: sh(tf.unstack(a, axis=1)), lambda: sh(tf.unstack(a, 2)), lambda: tf.unstack(a, 3), lambda: tf.unstack(a, axis=2), lambda: tf.unstack(1.), lambda: sh(tf.unstack(tf.placeholder(tf.float32, [None, 2]), 3)), lambda: sh(tf.split(a, 3, 1)), lambda: sh(tf.split(a, 2)), lambda: sh(tf.split(a, [1, 2], 1)), lambda: sh(tf.split(a, [1, -1], -1)), lambda: tf.split(a, [1, 1], 1), lambda: tf.split(a, 2, 1), lambda: tf.split(a, 2, 2), lambda: tf.split(a, 0), lambda: type(tf.split(a, 1)).__name__, lambda: sh(tf.split(tf.placeholder(tf.float32, [None, 4]), 2)), lambda: tf.tile(a, [1, 2]).shape, lambda: tf.tile(a, [2]), lambda: tf.tile(a, 2), lambda: tf.tile(a, [1, -1]).shape, lambda: run(tf.tile([1, 2], [2])), lambda: run(tf.repeat([1, 2], [2, 1])), lambda: run(tf.repeat([[1, 2]], 2, axis=0)), lambda: run(tf.meshgrid([1, 2], [3, 4, 5]))[0], lambda: run(tf.meshgrid([1, 2], [3, 4, 5], indexing="ij"))[1]): E(f)''')
c('shape.pad_reverse_roll', r'''sess = tf.Session(); run = sess.run; x = tf.constant([[1, 2, 3], [4, 5, 6]])
for f in (lambda: run(tf.pad(x, [[1, 0], [0, 1]])), lambda: run(tf.pad(x, [[0, 0], [1, 1]], constant_values=9)), lambda: run(tf.pad(x, [[1, 1], [2, 0]], "REFLECT")), lambda: run(tf.pad(x, [[1, 1], [0, 2]], "symmetric")), lambda: tf.pad(x, [[1, 1]]), lambda: tf.pad(x, [[1, 1], [1, 1]], "bad"), lambda: run(tf.pad(x, [[2, 0], [0, 0]], "REFLECT")), lambda: tf.pad(x, [[-1, 0], [0, 0]]), lambda: run(tf.pad([1.], [[1, 1]], constant_values=.5)), lambda: run(tf.reverse(x, [1])), lambda: run(tf.reverse(x, [0, -1])), lambda: tf.reverse(x, [2]), lambda: tf.reverse(x, [0, 0]), lambda: tf.reverse(x, 0), lambda: run(tf.reverse(x, tf.constant([], tf.int32))), lambda: run(tf.roll(x, 1, 0)), lambda: run(tf.roll(x, [1, -1], [0, 1])), lambda: run(tf.reverse_sequence(x, [2, 3], seq_axis=1, batch_axis=0)), lambda: run(tf.sequence_mask([1, 3], 3)), lambda: run(tf.sequence_mask([[1], [0]])), lambda: run(tf.one_hot([0, 2], 3, axis=0)), lambda: run(tf.one_hot([1, -1, 7], 2, 5, 0)), lambda: run(tf.one_hot(1, 3)), lambda: tf.one_hot([1], -1), lambda: tf.one_hot([1], 2, on_value=1., off_value=0), lambda: run(tf.one_hot([1], 2, True, False)), lambda: run(tf.one_hot([0], 2, dtype=tf.int32)), lambda: tf.one_hot([0], 2, on_value=1., dtype=tf.int32)): E(f)''')
c('shape.indexing', r'''sess = tf.Session(); run = sess.run; x = tf.constant(np.arange(24).reshape(2, 3, 4)); i = tf.constant(1)
for f in (lambda: run(x[1, 2, 3]), lambda: run(x[-1, -1]), lambda: run(x[:, 1]), lambda: run(x[..., 0]), lambda: run(x[0, ..., 1]), lambda: run(x[1, ::2, ::-1]), lambda: run(x[:, :, 1:3][0]), lambda: run(x[0, 5:]).shape, lambda: run(x[0, -2:]), lambda: run(x[:, None, 0, 0]), lambda: run(x[tf.newaxis]).shape, lambda: run(x[..., tf.newaxis]).shape, lambda: run(x[i]), lambda: run(x[i, i:, 0]), lambda: run(x[0, :i + 1, 0]), lambda: run(x[:, tf.constant(0):2, 3]), lambda: x[2], lambda: x[0, -4], lambda: x[0, 0, 0, 0], lambda: x[..., 0, ...], lambda: x[0:1:0], lambda: run(x[3:1:-1]), lambda: run(x[1:0]).shape, lambda: run(x[(1, 0)]), lambda: run(x[[1, 0]]), lambda: run(x[x > 21]), lambda: run(tf.reduce_sum(x[x % 2 > 0])), lambda: run(x[tf.constant([True, False])]), lambda: x[tf.constant([0, 1])], lambda: x[1.5], lambda: x["k"], lambda: x[None, None].shape, lambda: x[:, i].shape, lambda: x[i:, :2].shape, lambda: tf.placeholder(tf.float32)[0].shape, lambda: tf.placeholder(tf.float32, [None, 3])[0].shape, lambda: tf.placeholder(tf.float32, [None, 3])[1:].shape, lambda: tf.placeholder(tf.float32, [None, 3])[7, 1].shape, lambda: tf.placeholder(tf.float32, [None, 3])[:, -1].shape, lambda: x[()].shape, lambda: run(tf.strided_slice(x, [0, 0, 0], [1, 2, 4], [1, 1, 2])), lambda: run(tf.strided_slice([1, 2, 3, 4], [-1], [-3], [-1])), lambda: tf.constant(5)[0], lambda: tf.constant("abc")[0]): E(f)
def put(): x[0] = 1
E(put); p = tf.placeholder(tf.int32, []); E(lambda: run(x[p], {p: 9})); E(lambda: run(x[p:, 0, 0], {p: 9}))''')
c('shape.gather_family', r'''sess = tf.Session(); run = sess.run; x = tf.constant([[1, 2], [3, 4], [5, 6]])
for f in (lambda: run(tf.gather(x, [2, 0])), lambda: run(tf.gather(x, 1)), lambda: run(tf.gather(x, [[0], [2]])), lambda: run(tf.gather(x, [1, 1], axis=1)), lambda: run(tf.gather(x, [0], axis=-1)), lambda: tf.gather(x, [0], axis=2), lambda: run(tf.gather(x, [3])), lambda: run(tf.gather(x, [-1])), lambda: run(tf.gather(x, np.zeros(0, np.int32))).shape, lambda: tf.gather(5, 0), lambda: run(tf.gather([[1, 2], [3, 4]], [[1], [0]], batch_dims=1)), lambda: run(tf.batch_gather([[1, 2], [3, 4]], [[1], [0]])), lambda: run(tf.gather_nd(x, [[0, 0], [2, 1]])), lambda: run(tf.gather_nd(x, [1])), lambda: run(tf.gather_nd(x, [[2]])), lambda: tf.gather_nd(x, [[0, 0, 0]]), lambda: run(tf.gather_nd(x, [[0, 5]])), lambda: run(tf.boolean_mask(x, [True, False, True])), lambda: run(tf.boolean_mask(x, [[True, False]] * 3)), lambda: run(tf.boolean_mask(x, [False, True], axis=1)), lambda: tf.boolean_mask(x, [True, False]), lambda: tf.boolean_mask(x, True), lambda: tf.boolean_mask(x, tf.placeholder(tf.bool)), lambda: run(tf.where([True, False, True])), lambda: run(tf.where([[True, False], [True, True]])), lambda: run(tf.where([True, False, True], x, -x)), lambda: tf.where([True, False], x, x), lambda: tf.where(True, x, x).shape, lambda: tf.where([True], [1], [[1]]), lambda: tf.where([True], 1), lambda: tf.where(tf.constant([True, False]), [1., 2.], 0.), lambda: run(tf.where_v2([True, False], 1., [5., 6.])), lambda: run(tf.nn.embedding_lookup(x, [2, 2])), lambda: run(tf.nn.embedding_lookup([x], 0)), lambda: run(tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2)), lambda: run(tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]])), lambda: run(tf.invert_permutation([2, 0, 1])), lambda: run(tf.searchsorted([1, 3, 5], [3, 4])), lambda: run(tf.unravel_index([5], [2, 3])), lambda: run(tf.scatter_nd([[1], [1]], [5, 6], [3])), lambda: run(tf.slice(x, [1, 0], [2, 1])), lambda: run(tf.slice(x, [1, 1], [-1, -1])), lambda: tf.slice(x, [0, 0], [4, 1]).shape, lambda: tf.slice(x, [0], [1])): E(f)''')
c('shape.run_time_errors', r'''p = tf.placeholder(tf.float32, name="p"); q = tf.placeholder(tf.float32, name="q"); i = tf.placeholder(tf.int32, name="i"); sess = tf.Session(); a = np.ones(2, "f"); b = np.ones(3, "f"); m = np.ones((2, 3), "f")
for t, d in ((p + q, {p: a, q: b}), (p * q, {p: m, q: a}), (p + q, {p: m, q: b}), (tf.matmul(p, q), {p: m, q: m}), (tf.reshape(p, i), {p: a, i: [3]}), (tf.reshape(p, i), {p: a, i: [-1, -1]}), (tf.reshape(p, i), {p: a, i: [-2]}), (tf.concat([p, q], 0), {p: m, q: a}), (tf.concat([p, q], 0), {p: m, q: np.ones((2, 2))}), (tf.concat([p, q], i), {p: a, q: b, i: 1}), (tf.stack([p, q]), {p: a, q: b}), (tf.add_n([p, q]), {p: a, q: b}), (tf.transpose(p, i), {p: m, i: [0, 0]}), (tf.transpose(p, i), {p: m, i: [0]}), (tf.expand_dims(p, i), {p: a, i: 5}), (tf.squeeze(p, [0]), {p: a}), (tf.split(p, 2, 0)[0], {p: b}), (tf.gather(p, i), {p: a, i: [0, 2]}), (tf.slice(p, i, [1]), {p: a, i: [4]}), (tf.tile(p, i), {p: a, i: [1, 1]}), (tf.pad(p, [[1, 1]]), {p: m}), (tf.reduce_sum(p, i), {p: a, i: 3}), (tf.fill(i, 1.), {i: [-1]}), (tf.range(i), {i: 3}), (tf.range(0, i, 0), {i: 3}), (tf.zeros(i), {i: [2, -1]}), (tf.one_hot(i, 2), {i: [0, 5]}), (p[0], {p: np.float32(1)}), (p[4], {p: a}), (tf.boolean_mask(p, [True, False]), {p: b}), (tf.broadcast_to(p, i), {p: a, i: [3]}), (tf.where(p > 0., p, q), {p: a, q: b}), (tf.squared_difference(p, q), {p: a, q: b}), (tf.unstack(p, 2)[0], {p: b}), (tf.argmax(p, i), {p: a, i: 1}), (tf.cumsum(p, i), {p: a, i: 1}), (tf.ones([i]), {i: 2})): E(lambda: sess.run(t, d))''')

# --- names --------------------------------------------------------------------------------------
c('name.case_and_suffixes', r'''
N = lambda n: tf.no_op(name=n).name
show([N("a"), N("A"), N("a"), N("a_1"), N("a_1"), N("A_1"), N("a"), N("a_3"), N("a"), N("b_1"), N("b"), N("b"), N("b"), N("a_1_1"), N("x"), N("X_1"), N("x"), N("x_01"), N("x_1_"), N("y."), N("Y."), N("0"), N("0")])''')
c('name.scopes', r'''
K = lambda n=None: tf.constant(1., name=n).name if n else tf.constant(1.).name; S = tf.name_scope; out = []
with S("a") as s1:
    out += [s1, K(), K("c")]
    with S("b") as s2: out += [s2, K()]
    with S("b") as s3: out += [s3, K()]
    with S(None) as s4: out += [s4, K()]
    with S("") as s5: out += [s5, K()]
    with S(s1) as s6: out += [s6, K("c")]
    with S(s2) as s7: out += [s7, K()]
with S("a") as s8: out += [s8, K("c")]
with S("a/") as s9: out += [s9, K("c"), K("c")]
with S("a/b") as t1: out += [t1, K()]
with S("A") as t2: out += [t2]
with S("q//") as t3: out += [t3, K()]
show(out); show(tf.get_default_graph().get_name_scope())''')
c('name.scope_arguments', r'''
x = tf.constant(1., name="x"); g = tf.Graph()
with g.as_default(): y = tf.constant(2., name="y")
with tf.name_scope(None, "deft", [x]) as a: pass
with tf.name_scope("given", "deft", [x]) as b: pass
with tf.name_scope(None, "deft", values=[5, x, [1]]) as d: pass
with tf.name_scope("other", values=[y]) as e: t = tf.constant(1.); show(t.graph is g, t.name, tf.get_default_graph() is g)
show(a, b, d, e); E(lambda: tf.name_scope(None, None, [x]).__enter__()); E(lambda: tf.name_scope("s", values=[x, y]).__enter__()); E(lambda: tf.name_scope().__enter__()); E(lambda: tf.name_scope("n", values=5).__enter__()); s_ = tf.name_scope("twice")
with s_ as p: pass
with s_ as q: pass
show(p, q); h = tf.name_scope("s"); show(h.name)''')
c('name.scope_bad', r'''
for n in ("ok", "ok/", "a/b", "a.b", "a-b", "a\\b", "_a", "-a", "/a", "a b", "a:0", "1a", ">x", "\u00e9", "a//b", "a/_b", ".a", "", None):
    try:
        with tf.name_scope(n) as s_: show([s_, tf.no_op(name="k").name])
    except Exception as e: show("raises " + type(e).__name__)
with tf.name_scope("in"):
    for n in ("_k", "-k", "/k", "\\k", ".k", "k", "k/l"):
        try: show(tf.no_op(name=n).name)
        except Exception as e: show("raises " + type(e).__name__)
    try:
        with tf.name_scope("_z") as s_: show(s_)
    except Exception as e: show("raises " + type(e).__name__)''')
c('name.explicit_slash', r'''
a = tf.constant(1., name="x/"); d = tf.constant(1., name="s/y"); show(names([a, d])); E(lambda: tf.constant(1., name="x/"))
with tf.name_scope("s") as s_: e = tf.constant(1., name="y"); f = tf.constant(1., name=s_); h = tf.constant(1., name="t/")
show(s_, names([e, f, h]))
with tf.name_scope("x"): show(tf.constant(1.).name)
with tf.name_scope("op"): pass
with tf.name_scope("op"): pass
show(tf.no_op(name="op").name, tf.no_op(name="op").name)''')
c('name.auto_functions', r'''
a = tf.constant([[1., 2.], [3., 4.]], name="a"); b = tf.constant([1., 2.], name="b"); i = tf.constant([1, 0], name="i"); t = tf.constant([True, False], name="t")
show(names([tf.add(a, a), tf.subtract(a, a), tf.multiply(a, a), tf.divide(a, a), tf.truediv(a, a), tf.div(a, a), tf.floordiv(a, a), tf.mod(a, a), tf.pow(a, a), tf.maximum(a, 0.), tf.minimum(a, 0.), tf.negative(a), tf.abs(a), tf.sign(a), tf.sqrt(a), tf.rsqrt(a), tf.log(a), tf.log1p(a), tf.sin(a), tf.floor(a), tf.ceil(a), tf.round(a), tf.equal(a, a), tf.not_equal(a, a), tf.less(a, a), tf.less_equal(a, a), tf.greater(a, a), tf.greater_equal(a, a), tf.logical_and(t, t), tf.logical_or(t, t), tf.logical_not(t), tf.squared_difference(a, a), tf.add_n([a, a]), tf.scalar_mul(2., a), tf.reciprocal(a), tf.square(a)]))
show(names([tf.reduce_prod(a), tf.reduce_max(a), tf.reduce_min(a), tf.reduce_all(t), tf.reduce_any(t), tf.argmin(a), tf.cumsum(a), tf.cumprod(a), tf.fill([2], 1.), tf.zeros_like(a), tf.ones_like(a), tf.eye(2), tf.linspace(0., 1., 3), tf.random_uniform([2]), tf.truncated_normal([2]), tf.random_shuffle(a), tf.shape(a), tf.size(a), tf.rank(a), tf.tile(a, [1, 1]), tf.pad(a, [[0, 0], [0, 0]]), tf.slice(a, [0, 0], [1, 1]), tf.squeeze(a), tf.stack([a, a]), tf.unstack(a)[1], tf.reverse(a, [0]), tf.gather_nd(a, [[0, 0]]), tf.boolean_mask(b, t), tf.one_hot(i, 2), tf.sequence_mask(i), tf.unique(b)[0], tf.stop_gradient(a), tf.check_numerics(a, ""), tf.invert_permutation(i), tf.placeholder_with_default(a, None), tf.identity(a), a[1], a[0, 1], tf.to_float(i), tf.saturate_cast(a, tf.int32)]))''')
c('name.auto_nn', r'''
a = tf.constant([[1., 2.], [3., 4.]], name="a"); b = tf.constant([1., 2.], name="b"); y = tf.constant([[1., 0.], [0., 1.]], name="y"); k = tf.ones([1, 4, 4, 1], name="k"); w = tf.ones([2, 2, 1, 1], name="w")
show(names([tf.nn.sigmoid(a), tf.nn.tanh(a), tf.nn.relu6(a), tf.nn.elu(a), tf.nn.selu(a), tf.nn.leaky_relu(a), tf.nn.softplus(a), tf.nn.softsign(a), tf.nn.log_softmax(a), tf.log_sigmoid(a), tf.nn.l2_loss(a), tf.nn.bias_add(a, b), tf.nn.conv2d(k, w, [1, 1, 1, 1], "SAME"), tf.nn.max_pool(k, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), tf.nn.avg_pool(k, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), tf.nn.top_k(a)[0], tf.nn.embedding_lookup(a, [0]), tf.einsum("ij,jk->ik", a, a), tf.matrix_transpose(a), tf.tensordot(a, a, 1), tf.reduce_logsumexp(a), tf.norm(a), tf.nn.l2_normalize(a, 0), tf.nn.moments(a, [0])[0], tf.nn.moments(a, [0])[1], tf.clip_by_value(a, 0., 1.), tf.clip_by_norm(a, 1.), tf.clip_by_global_norm([a], 1.)[0][0], tf.clip_by_global_norm([a], 1.)[1], tf.global_norm([a])]))
show(names([tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=a), tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=a), tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=a), tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=a), tf.nn.weighted_cross_entropy_with_logits(y, a, 2.), tf.nn.dropout(a, .5), tf.nn.xw_plus_b(a, a, b), tf.nn.in_top_k(a, [0, 1], 1), tf.nn.zero_fraction(a), tf.count_nonzero(a), tf.math.reduce_std(a), tf.math.reduce_variance(a), tf.group(a.op), tf.no_op(), tf.tuple([a])[0], tf.Print(a, [a]), tf.py_func(lambda q: q, [a], tf.float32), tf.nn.swish(a), tf.nn.crelu(a), tf.cross([1., 0., 0.], [0., 1., 0.]), tf.trace(a), tf.accumulate_n([a, a]), tf.nn.batch_normalization(a, b, b, None, None, .1)]))''')
c('name.of_arguments', r'''
x = tf.placeholder(tf.float32, [None, 2], name="x"); y = x * 2. + 1.; z = 3. - y; s_ = tf.reduce_sum(z, 1); m = tf.matmul(x, [[1.], [2.]], name="m"); r = tf.reshape(m, [-1]); t = tf.transpose(x); e = tf.expand_dims(r, 0); show(names(tf.get_default_graph().get_operations())); show([names(q.op.inputs) for q in (y, z, s_, m, r)])''')
c('name.linear_model_graph', r'''
x = tf.placeholder(tf.float32, [None, 3], name="x")
with tf.name_scope("layer"): w = tf.Variable(tf.zeros([3, 2]), name="w"); b = tf.Variable(tf.zeros([2]), name="b"); h = tf.nn.relu(tf.matmul(x, w) + b, name="h")
with tf.name_scope("loss"): l = tf.reduce_mean(tf.square(h), name="value")
show(names([w, b, h, l])); show([o.name for o in tf.get_default_graph().get_operations() if not o.name.startswith("layer/w/") and not o.name.startswith("layer/b/")]); t = tf.train.GradientDescentOptimizer(.1).minimize(l); show(t.name, tf.global_variables_initializer().name, sorted(set(o.name.split("/")[0] for o in tf.get_default_graph().get_operations())))''')
c('name.multi_output', r'''
a = tf.constant([1., 2., 3.], name="a"); show(names(tf.split(a, 3))); show(names(tf.split(a, [1, 2], name="sv"))); show(names(tf.unstack(a))); show(names(tf.nn.top_k(a, 2))); show(names(tf.unique(a))); show(names(tf.meshgrid(a, a))); show(names(tf.nn.moments(a, 0, name="mo"))); show(names(tf.tuple([a, a]))); show(names(tf.identity_n([a, a]))); show(names(tf.clip_by_global_norm([a, a], 1., name="cl")[0])); show(names(tf.gradients(a * a, [a])), names(tf.py_func(lambda q: (q, q), [a], [tf.float32, tf.float32], name="pf")))''')

# --- collections --------------------------------------------------------------------------------
c('coll.basics', r'''
g = tf.get_default_graph(); a = tf.constant(1., name="a"); b = tf.constant(2., name="s/b"); tf.add_to_collection("k", a); tf.add_to_collection("k", b); tf.add_to_collection("k", a); tf.add_to_collection("k", 5); l = tf.get_collection("k"); show([q if isinstance(q, int) else q.name for q in l]); l.append(9); show(len(tf.get_collection("k"))); r = tf.get_collection_ref("k"); r.append(10); show(len(tf.get_collection("k"))); del r[:]; show(tf.get_collection("k")); show(tf.get_collection("none")); show(tf.get_collection_ref("fresh")); show(sorted(g.get_all_collection_keys())); g.add_to_collections(["m", "n", "m"], 7); show(g.get_collection("m"), g.get_collection("n")); tf.add_to_collections("word", 1); show(g.get_collection("word"), g.get_collection("w")); g.clear_collection("m"); show(g.get_collection("m")); g.clear_collection("never"); tf.add_to_collection(("t", 1), 3); show(tf.get_collection(("t", 1))); E(lambda: tf.add_to_collection(["l"], 3)); show(tf.get_collection(None)); E(lambda: g.add_to_collections(5, 1))''')
c('coll.scope_filter', r'''
a = tf.constant(1., name="a"); b = tf.constant(1., name="ab/c"); d = tf.constant(1., name="d"); v = tf.Variable(1., name="ab/v"); [tf.add_to_collection("k", q) for q in (a, b, d, v, 5, "ab", a.op)]; N = lambda s_: [q if isinstance(q, (int, str)) else q.name for q in tf.get_collection("k", s_)]
show(N(None), N("a"), N("ab/"), N("b"), N(".*b"), N("d$"), N(""), N("a|d"), N("a:0"), N("(?i)A"))''')
c('coll.variables_by_scope', r'''
v = tf.Variable(1., name="xa")
with tf.name_scope("x"): w = tf.Variable(1., name="w"); u = tf.Variable(1., name="u", trainable=False)
show(names(tf.global_variables("x")), names(tf.global_variables("x/")), names(tf.trainable_variables("x/")), names(tf.trainable_variables(scope="nope")), names(tf.global_variables(scope="x/w"))); show(names(tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="x/"))); g = tf.Graph()
with g.as_default(): show(tf.global_variables(), tf.trainable_variables())
show(names(g.get_collection("variables")), names(w.graph.get_collection("variables"))); l = tf.global_variables(); l.pop(); show(len(tf.global_variables()))''')
c('coll.graph_keys', r'''
K = tf.GraphKeys; show([(n, getattr(K, n)) for n in sorted(dir(K)) if n.isupper() and not n.startswith("_")])''')
c('coll.who_adds_what', r'''
g = tf.get_default_graph(); keys = lambda: sorted((k, len(g.get_collection(k))) for k in g.get_all_collection_keys() if not isinstance(k, tuple))
show(keys()); tf.constant(1.); tf.placeholder(tf.float32); show(keys()); v = tf.Variable(1.); show(keys()); tf.Variable(1., trainable=False); show(keys()); s_ = tf.train.get_or_create_global_step(); show(keys()); t = tf.train.MomentumOptimizer(.1, .9).minimize(v * v); show(keys()); tf.group(t); tf.global_variables_initializer(); show(keys())''')

# --- seeds --------------------------------------------------------------------------------------
c('seed.numbers', r'''
tf.set_random_seed(42); sess = tf.Session(); R = lambda x: np.round(sess.run(x), 4)
show(R(tf.random_uniform([3], seed=7))); show(R(tf.random_uniform([2, 2], -1., 1., seed=7))); show(R(tf.random_normal([4], seed=7))); show(R(tf.random_normal([3], 10., 2., seed=1))); show(R(tf.truncated_normal([4], seed=7))); show(sess.run(tf.random_uniform([6], 0, 10, tf.int32, seed=7))); show(sess.run(tf.random_shuffle([0, 1, 2, 3, 4, 5], seed=7))); show(R(tf.random_uniform([3], dtype=tf.float64, seed=7))); show(R(tf.random_uniform([], seed=2**31 - 1))); show(R(tf.random_normal([2], seed=0)))''')
c('seed.run_after_run', r'''
tf.set_random_seed(1); u = tf.random_uniform([2], seed=3); n = tf.random_normal([2], seed=3); i = tf.random_uniform([4], 0, 100, tf.int32, seed=3); s1 = tf.Session(); s2 = tf.Session(); a = [[np.round(x, 4) for x in s1.run([u, n, i])] for _ in range(3)]; [show(x) for x in a]; b = [[np.round(x, 4) for x in s2.run([u, n, i])] for _ in range(3)]; show(all((p == q).all() for x, y in zip(a, b) for p, q in zip(x, y)))''')
c('seed.get_seed_pairs', r'''
G = tf.get_seed; show(G(None), G(0), G(5), G(-1), G(2**40)); tf.set_random_seed(0); show(G(None)); show(G(0), G(5)); tf.set_random_seed(9); show(G(None)); tf.constant(1.); tf.constant(1.); show(G(None), G(3)); tf.set_random_seed(None); show(G(None), G(3)); tf.set_random_seed(3); tf.reset_default_graph(); show(G(None)); show(tf.get_default_graph().seed); tf.set_random_seed(4); show(tf.get_default_graph().seed)
with tf.Graph().as_default(): show(G(1)); show(tf.get_default_graph().seed)''')
c('seed.op_attributes', r'''
tf.set_random_seed(5); a = tf.random_normal([2]); b = tf.random_normal([2], seed=8); d = tf.random_uniform([2]); f = [o for o in tf.get_default_graph().get_operations() if o.type in ("RandomStandardNormal", "RandomUniform")]; show([(o.type, o.get_attr("seed"), o.get_attr("seed2")) for o in f])''')
c('seed.two_graphs_alike', r'''
def build(extra=0):
    with tf.Graph().as_default():
        tf.set_random_seed(11); [tf.constant(1.) for _ in range(extra)]; a = tf.random_uniform([2]); b = tf.random_uniform([2]); v = tf.Variable(tf.random_normal([2])); s_ = init_session(); return [s_.run(q).tolist() for q in (a, b, v, a)]
p, q, r = build(), build(), build(3); show(p == q, p == r, p[0] == p[1], p[0] == p[3]); show(np.round(p[0], 4), np.round(p[2], 4))''')
c('seed.same_seed_other_shapes', r'''
sess = tf.Session(); u = lambda s_: sess.run(tf.random_uniform(s_, seed=5)); a, b, d = u([2]), u([6]), u([3, 2]); show(bool((a == b[:2]).all()), bool((b == d.ravel()).all())); n = lambda s_: sess.run(tf.random_normal(s_, seed=5)); show(bool((n([4]) == n([8])[:4]).all())); show(u([0]).shape, u([2, 0]).shape, u([]).shape); p = tf.placeholder(tf.int32, [None]); r = tf.random_uniform(p, seed=5); show(str(r.shape)); s2 = tf.Session(); show(bool((s2.run(r, {p: [6]}) == b).all()))''')
c('seed.arguments', r'''
sess = tf.Session(); U = tf.random_uniform
for f in (lambda: U([2], 0, 5), lambda: U([2], dtype=tf.int32), lambda: U([2], 0, 5, tf.int32).dtype.name, lambda: U([2], 1., 1., seed=1), lambda: sess.run(U([2], 1., 1., seed=1)), lambda: sess.run(U([2], 5, 5, tf.int32)), lambda: sess.run(U([2], 5, 3, tf.int32)), lambda: U([2.]), lambda: U(3).shape, lambda: U([-1]), lambda: U([2], dtype=tf.bool), lambda: U([2], dtype=tf.int8, maxval=5), lambda: U([2], 0, 5, tf.int64).dtype.name, lambda: U([2], dtype=tf.float16).dtype.name, lambda: tf.random_normal([2], dtype=tf.int32), lambda: tf.random_normal([2], dtype=tf.float64).dtype.name, lambda: sess.run(tf.random_normal([2], 3., 0.)), lambda: sess.run(tf.random_normal([2, 2], [1., 2.], 0.)), lambda: tf.random_shuffle(1.), lambda: tf.random_normal([2], name="rn").name, lambda: U([2], name="ru").name, lambda: U([2], seed="a"), lambda: U([2], seed=1.5), lambda: tf.random_crop(tf.zeros([4, 4]), [2, 3]).shape, lambda: sess.run(tf.random_crop(tf.zeros([2, 2]), [3, 2])), lambda: sess.run(tf.multinomial([[0., -1e9]], 4, seed=1)), lambda: tf.random.categorical([[0., 0.]], 3).shape, lambda: bool(abs(sess.run(tf.truncated_normal([1000], seed=1))).max() <= 2.), lambda: bool((sess.run(U([1000], 2, 7, tf.int32, seed=1)) < 7).all()), lambda: sorted(sess.run(tf.random_shuffle([3, 1, 2], seed=1)).tolist())):
    try: r = f(); show(r if not isinstance(r, tf.Tensor) else [r.dtype.name, str(r.shape)])
    except Exception as e: show("raises " + type(e).__name__)''')
c('seed.initialisers', r'''
I = tf.initializers; sess = tf.Session(); out = []
for i in (tf.random_normal_initializer(seed=1), tf.random_uniform_initializer(-1., 1., seed=1), tf.truncated_normal_initializer(seed=1), tf.glorot_uniform_initializer(seed=1), tf.glorot_normal_initializer(seed=1), tf.variance_scaling_initializer(seed=1), I.he_normal(seed=1), I.lecun_uniform(seed=1), tf.uniform_unit_scaling_initializer(seed=1)): show(np.round(sess.run(i([2, 2])), 4))
show(bool((sess.run(tf.glorot_uniform_initializer(seed=1)([2, 2])) == sess.run(tf.glorot_uniform_initializer(seed=1)([2, 2]))).all())); q = tf.glorot_uniform_initializer(seed=1); show(bool((sess.run(q([2, 2])) == sess.run(q([2, 2]))).all())); show([x(( 2,)).dtype.name for x in (tf.zeros_initializer(), tf.ones_initializer(tf.int32), tf.constant_initializer(2))])''')
c('seed.dropout_mask', r'''
tf.set_random_seed(3); x = tf.ones([8]); d = tf.nn.dropout(x, rate=.5, seed=4); g = tf.gradients(d * d, x)[0]; sess = tf.Session(); a, b = sess.run([d, g]); show(a); show(bool((b == 2. * a * a).all())); show(sess.run(d)); s2 = tf.Session(); show(bool((s2.run(d) == a).all())); e = tf.nn.dropout(x, keep_prob=.5, seed=4); show(sess.run(e))''')

# --- the rest -----------------------------------------------------------------------------------
c('misc.decays', r'''
g = tf.Variable(0); sess = init_session(); T = tf.train; R = lambda f, ss: [round(float(sess.run(f, {g: s_})), 5) for s_ in ss]
show(R(T.natural_exp_decay(1., g, 10, .5, staircase=True), [0, 9, 10, 20])); show(R(T.inverse_time_decay(1., g, 10, .5, staircase=True), [0, 9, 10, 20])); show(R(T.polynomial_decay(1., g, 10, .1, power=2.), [0, 5, 10, 11])); show(R(T.polynomial_decay(1., g, 10, .1, power=.5, cycle=True), [0, 10, 11, 21])); show(R(T.cosine_decay_restarts(1., g, 10), [0, 5, 9, 10, 20, 29])); show(R(T.cosine_decay_restarts(1., g, 10, t_mul=1., m_mul=.5, alpha=.1), [0, 10, 15, 20])); show(R(T.linear_cosine_decay(1., g, 10), [0, 5, 10, 15])); show(R(T.exponential_decay(.1, g, 3, .5), [1, 2, 3])); show(R(T.piecewise_constant_decay(g, [1, 2], [3., 2., 1.]), [0, 1, 2, 3])); show(R(T.exponential_decay(1., 20, 10, .5), [0])); show(T.exponential_decay(1., g, 10, .5).name, T.exponential_decay(1., g, 10, .5, name="nm").name, T.cosine_decay(1., g, 10).dtype.name)''')
c('misc.decay_errors', r'''
g = tf.Variable(0); f = tf.Variable(0.); T = tf.train
for q in (lambda: T.exponential_decay(1., None, 10, .5), lambda: T.polynomial_decay(1., None, 10), lambda: T.natural_exp_decay(1., None, 10, .5), lambda: T.inverse_time_decay(1., None, 10, .5), lambda: T.cosine_decay(1., None, 10), lambda: T.piecewise_constant(g, [1], [1.]), lambda: T.piecewise_constant(g, [1, 2], [1., 2, 3]), lambda: T.piecewise_constant(g, [1.5], [1., 2.]).dtype.name, lambda: T.piecewise_constant(f, [1], [1., 2.]).dtype.name, lambda: T.piecewise_constant(f, [1.], [1, 2]).dtype.name, lambda: T.exponential_decay(1, g, 10, .5).dtype.name, lambda: T.exponential_decay(tf.constant(1., tf.float64), g, 10, .5).dtype.name, lambda: T.exponential_decay(1., g), lambda: T.polynomial_decay(1., f, 10).dtype.name):
    try: show(q() if isinstance(q(), str) else "ok")
    except Exception as e: show("raises " + type(e).__name__)''')
c('misc.exponential_moving_average', r'''
v = tf.Variable(10., name="v"); w = tf.Variable([1., 2.], name="w"); e = tf.train.ExponentialMovingAverage(.5); up = e.apply([v, w]); show(up.type, up.name, e.average(v).name, e.average_name(v), names(tf.global_variables()), names(tf.trainable_variables()), names(tf.moving_average_variables())); sess = init_session(); show(sess.run([e.average(v), e.average(w)])); sess.run(v.assign(20.)); sess.run(up); show(sess.run([v, e.average(v)])); sess.run(up); show(sess.run(e.average(v))); u = tf.Variable(1.); show(e.average(u)); n = tf.Variable(4.); e2 = tf.train.ExponentialMovingAverage(.9, num_updates=n, name="Av"); up2 = e2.apply([v]); sess.run(v.initializer); sess.run(tf.global_variables_initializer()); sess.run(v.assign(30.)); sess.run(up2); show(np.round(sess.run(e2.average(v)), 4), e2.average(v).name); t = tf.constant(4.) * v; e3 = tf.train.ExponentialMovingAverage(.5, zero_debias=True); up3 = e3.apply([t]); sess.run(tf.global_variables_initializer()); sess.run(up3); show(sess.run(e3.average(t))); sess.run(up3); show(np.round(sess.run(e3.average(t)), 4)); E(lambda: e.apply([tf.Variable(1)])); show(sorted(e.variables_to_restore()))''')
c('misc.py_func', r'''
sess = tf.Session(); P = tf.py_func; x = tf.constant([1., 2.]); f = P(lambda a: a * 2, [x], tf.float32); show(sess.run(f), str(f.shape), f.op.type); a, b = P(lambda q: (q + 1, np.int64(len(q))), [x], [tf.float32, tf.int64]); show(sess.run([a, b])); l = P(lambda q: [q], [x], [tf.float32]); show(type(l).__name__, sess.run(l)); seen = []; n = P(lambda q: seen.append(q.tolist()), [x], []); show(type(n).__name__, sess.run(n)); show(seen); s_ = P(lambda q: "ab", [x], tf.string); show(sess.run(s_)); i = P(lambda p, q: p + q, [1, 2.5], tf.float32); E(lambda: sess.run(i)); E(lambda: sess.run(P(lambda q: q.astype("d"), [x], tf.float32))); E(lambda: sess.run(P(lambda q: (q, q), [x], tf.float32))); E(lambda: sess.run(P(lambda q: q, [x], [tf.float32, tf.float32]))); E(lambda: sess.run(P(lambda: 1, [x], tf.int64))); E(lambda: sess.run(P(lambda q: None, [x], tf.float32))); E(lambda: sess.run(P(lambda q: 5, [x], tf.int64))); E(lambda: sess.run(P(lambda q: 5., [x], tf.float64))); show(tf.gradients(f, x)); show(type(sess.run(P(lambda q: type(q).__name__, [tf.constant(1.)], tf.string))).__name__, sess.run(P(lambda q: type(q).__name__, [x], tf.string)))''')
c('misc.py_func_errors', r'''
sess = tf.Session(); x = tf.constant([1., 2.])
def bad(k):
    def f(q): raise k("from inside")
    return tf.py_func(f, [x], tf.float32)
for k in (ValueError, TypeError, KeyError, ZeroDivisionError, RuntimeError, StopIteration, NotImplementedError, MemoryError, AssertionError, IndexError):
    try: sess.run(bad(k))
    except Exception as e: show([k.__name__, type(e).__name__, "from inside" in str(e)])
show(sess.run(tf.py_func(lambda q: q[::-1], [x], tf.float32))); v = tf.Variable(0.); sess.run(v.initializer)
with tf.control_dependencies([v.assign_add(1.)]): y = bad(ValueError)
E(lambda: tf.py_func(5, [x], tf.float32)); E(lambda: tf.py_func(lambda q: q, x, tf.float32)); p = tf.py_func(lambda q: q * 0. + 7., [x], tf.float32, stateful=False, name="named"); show(p.name, p.op.type, sess.run(p))
m = np.array([5., 6.], "f"); z = tf.py_func(lambda: m, [], tf.float32); r = sess.run(z); m[:] = 0; show(r.shape); keep = []; w = tf.py_func(lambda q: keep.append(q) or q, [x * 1.], tf.float32); a = sess.run(w); show(a, len(keep))''')
c('misc.print_passes_through', r'''
x = tf.constant([1., 2.]); y = tf.Print(x, [x, tf.shape(x)], message="m: ", first_n=0, summarize=1); sess = tf.Session(); show(sess.run(y), y.name, y.op.type, y.dtype.name, str(y.shape)); show(sess.run(tf.gradients(y * y, x))); E(lambda: tf.Print(x, 5)); E(lambda: tf.Print(x)); show(sess.run(tf.Print(3, [], "", 0))); i = tf.identity(x); show(sess.run(tf.Print(i, [i], first_n=0)))''')
c('misc.asserts', r'''
sess = tf.Session(); run = sess.run; p = tf.placeholder(tf.float32, name="p"); x = tf.constant([1., 2.])
for f in (lambda: tf.Assert(True, ["x"]), lambda: tf.Assert(False, ["x"]), lambda: run(tf.Assert(tf.constant(True), [x])), lambda: run(tf.Assert(tf.constant(False), ["msg", x, 5])), lambda: run(tf.Assert(p > 1., [p, "end"]), {p: 0.}), lambda: run(tf.Assert(p > 1., [p]), {p: [0., 2.]}), lambda: run(tf.assert_equal(x, x)), lambda: tf.assert_equal(x, [1., 3.]), lambda: run(tf.assert_equal(p, x), {p: [1., 5.]}), lambda: tf.assert_less(1, 2), lambda: tf.assert_less(2, 1), lambda: run(tf.assert_less(p, 1.), {p: 2.}), lambda: tf.assert_positive(-1.), lambda: tf.assert_non_negative([0, 1]), lambda: tf.assert_greater_equal(1, 2, message="hm"), lambda: tf.assert_rank(x, 1), lambda: tf.assert_rank(x, 2), lambda: run(tf.assert_rank(p, 1), {p: 1.}), lambda: tf.assert_rank_at_least(x, 2), lambda: tf.assert_rank_in(x, (0, 1)), lambda: tf.assert_type(x, tf.int32), lambda: tf.assert_integer(x), lambda: tf.assert_none_equal(1, 1), lambda: tf.assert_near(1., 1.0000001), lambda: tf.assert_near(1., 2.), lambda: tf.assert_scalar(x), lambda: tf.assert_negative([1]), lambda: tf.assert_equal(1, 1.)):
    try: r = f(); show("ok" if r is not None else None)
    except Exception as e: show("raises " + type(e).__name__)''')
c('misc.check_numerics', r'''
sess = tf.Session(); p = tf.placeholder(tf.float32, name="p"); y = tf.check_numerics(p, "the p", name="c"); E(lambda: sess.run(y, {p: [1., 2.]})); E(lambda: sess.run(y, {p: [1., np.nan]})); E(lambda: sess.run(y, {p: np.inf})); E(lambda: sess.run(y, {p: [-np.inf, np.nan]})); x = tf.constant(2.); show(sess.run(tf.gradients(tf.check_numerics(x * x, ""), x))); E(lambda: tf.check_numerics(tf.constant(1), "")); E(lambda: tf.check_numerics(x)); E(lambda: sess.run(tf.verify_tensor_all_finite(p, "msg"), {p: np.nan})); E(lambda: sess.run(tf.verify_tensor_all_finite(p, "msg"), {p: 3.})); a = tf.add_check_numerics_ops(); show(type(a).__name__, a.type)''')
c('misc.error_classes', r'''
e = tf.errors; show([(n, getattr(e, n).__mro__[1].__name__, e.error_code_from_exception_type(getattr(e, n))) for n in ("CancelledError", "UnknownError", "InvalidArgumentError", "DeadlineExceededError", "NotFoundError", "AlreadyExistsError", "PermissionDeniedError", "UnauthenticatedError", "ResourceExhaustedError", "FailedPreconditionError", "AbortedError", "OutOfRangeError", "UnimplementedError", "InternalError", "UnavailableError", "DataLossError")]); show(e.OpError is tf.OpError, issubclass(e.InvalidArgumentError, ValueError), e.exception_type_from_error_code(9).__name__, [getattr(e, n) for n in ("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "OUT_OF_RANGE", "DATA_LOSS")]); o = tf.no_op(name="o"); x = e.InvalidArgumentError(o.node_def, o, "text"); show(x.message, x.error_code, x.op is o, x.node_def.name); y = e.NotFoundError(None, None, "gone"); show(str(y), y.op, y.node_def); E(lambda: e.InvalidArgumentError("x")); E(lambda: e.exception_type_from_error_code(77))''')
c('misc.ranges', r'''sess = tf.Session(); run = sess.run
for f in (lambda: run(tf.range(4)), lambda: run(tf.range(2, 8, 3)), lambda: run(tf.range(5, 1, -2)), lambda: run(tf.range(0., 1., .25)), lambda: run(tf.range(0)), lambda: run(tf.range(3, 3)), lambda: tf.range(5, 1), lambda: tf.range(1, 5, 0), lambda: tf.range(5, 1, 1), lambda: run(tf.range(3, dtype=tf.float32)), lambda: run(tf.range(1, 4, delta=1.5)), lambda: tf.range([1, 2]), lambda: run(tf.range(np.int64(2))), lambda: tf.range(tf.constant(1), 2.).dtype.name, lambda: tf.range(3, name="rg").name, lambda: run(tf.linspace(0., 1., 5)), lambda: run(tf.linspace(3., 3., 2)), lambda: run(tf.linspace(1., 0., 3)), lambda: run(tf.linspace(5., 9., 1)), lambda: tf.linspace(0., 1., 0), lambda: tf.linspace(0, 1, 3), lambda: tf.lin_space(0., 1., 3).name, lambda: run(tf.eye(2)), lambda: run(tf.eye(2, 3)), lambda: run(tf.eye(1, batch_shape=[2])).shape, lambda: run(tf.eye(2, dtype=tf.int32)), lambda: tf.eye(-1), lambda: run(tf.zeros([2], tf.int32)), lambda: run(tf.ones([1, 2], tf.bool)), lambda: run(tf.zeros([1], tf.string)), lambda: run(tf.zeros([])), lambda: run(tf.ones(())), lambda: run(tf.fill([2], "a")), lambda: run(tf.fill([], 3)), lambda: tf.fill([2], [1, 2]), lambda: tf.fill(2, 1), lambda: run(tf.zeros_like([1, 2])), lambda: run(tf.ones_like([1., 2.], tf.int32)), lambda: run(tf.zeros_like("a")), lambda: run(tf.ones_like([True])), lambda: run(tf.diag([1, 2])), lambda: run(tf.diag_part([[1, 2], [3, 4]]))): E(f)''')
c('misc.bincount_confusion', r'''sess = tf.Session(); run = sess.run
for f in (lambda: run(tf.bincount([1, 1, 3])), lambda: run(tf.bincount([1, 1, 3], minlength=6)), lambda: run(tf.bincount([1, 5], maxlength=3)), lambda: run(tf.bincount([0, 1], weights=[.5, 2.])), lambda: run(tf.confusion_matrix([0, 1, 1], [0, 1, 0])), lambda: run(tf.confusion_matrix([0], [1], num_classes=3)), lambda: run(tf.confusion_matrix([0, 1], [1, 1], weights=[2, 3])), lambda: run(tf.confusion_matrix([0, 3], [0, 1], num_classes=2)), lambda: run(tf.confusion_matrix([-1], [0])), lambda: run(tf.histogram_fixed_width([0., .4, 1., 5.], [0., 1.], 2)), lambda: run(tf.accumulate_n([[1, 2], [3, 4]])), lambda: run(tf.add_n([[1., 2.], [3., 4.]])), lambda: run(tf.add_n([5])), lambda: tf.add_n([[1.], [1., 2.]]), lambda: run(tf.trace([[1., 2.], [3., 4.]])), lambda: run(tf.cross([1., 0., 0.], [0., 1., 0.])), lambda: tf.cross([1., 2.], [3., 4.]), lambda: run(tf.math.polyval([1., 2., 3.], 2.)), lambda: run(tf.is_non_decreasing([1, 1, 2])), lambda: run(tf.is_strictly_increasing([1, 1, 2])), lambda: run(tf.is_strictly_increasing([])), lambda: run(tf.unsorted_segment_sum([1., 2., 3.], [0, 2, 0], 3)), lambda: run(tf.segment_sum([1., 2., 3.], [0, 0, 2]))): E(f)''')
c('misc.constants_and_versions', r'''
show(tf.newaxis is None, tf.executing_eagerly(), tf.float32.name); show(tf.is_numeric_tensor(tf.constant(1)), tf.is_numeric_tensor(tf.constant("a")), tf.is_numeric_tensor(5)); show(tf.negative(1).dtype.name, tf.identity(5).dtype.name, tf.math.add(1, 2).dtype.name, tf.math.reduce_sum is tf.reduce_sum, tf.nn.sigmoid is tf.sigmoid, tf.arg_max is tf.argmax, tf.random.normal is tf.random_normal, tf.linalg.matmul is tf.matmul, tf.train.piecewise_constant is tf.train.piecewise_constant_decay, tf.math.floormod is tf.mod, tf.matrix_transpose is tf.linalg.transpose, tf.initializers.zeros is tf.zeros_initializer, tf.math.argmax is tf.argmax, tf.where is tf.where_v2)''')
