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
show(sess.run(P(u=[a, a], v=Q({"k": a})))); show(sess.run([P(a, (a,)), P(a, ())])); r = sess.run(L([a, a])); show(type(r).__name__, list(r)) show(sess.run(((((a,),),),)))''')
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
x = sess.run(v); x[0] = 50.; show(sess.run(v)); y = sess.run(v); sess.run(add); show(y); z = sess.run(add); sess.run(add); show(z); n = np.array([5., 6.], np.float32); v.load(n, sess); n[:] = 0; show(sess.run(v))''')
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
p = tf.placeholder(tf.float32, [2]); v = tf.Variable([0., 0.]); a = v.assign(p); y = tf.identity(p); sess = init_session(); x = np.array([1., 2.], np.float32); sess.run(a, {p: x}); r = sess.run(y, {p: x}); x[:] = 9.; show(sess.run(v), r); x.flags.writeable = False; show(sess.run(p * 2., {p: x})); f = sess.run(y, {p: x}); show(f.flags.writeable)''')
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
v = tf.Variable([1., 2.], name="v"); x = tf.constant(1.); sess = tf.Session(); E(lambda: sess.run(v)); E(lambda: sess.run(v * 2.)); E(lambda: sess.run(v.assign_add([1., 1.]))); E(lambda: sess.run(v.assign_sub([1., 1.]))); E(lambda: sess.run(tf.scatter_add(v, [0], [1.]))); E(lambda: sess.run(tf.train.GradientDescentOptimizer(.1).minimize(tf.reduce_sum(v)))); show(sess.run(x)); show(sess.run(tf.shape(v)) if False else sess.run(tf.is_variable_initialized(v))); show(sess.run(v.assign([3., 4.]))); show(sess.run(tf.is_variable_initialized(v))); show(sess.run(v.initialized_value()))''')
c('var.report_and_assert', r'''
a = tf.Variable(1., name="a"); b = tf.Variable(2., name="b", use_resource=True); d = tf.Variable(3., collections=[tf.GraphKeys.LOCAL_VARIABLES], name="d"); r = tf.report_uninitialized_variables(); r2 = tf.report_uninitialized_variables([b, a]); q = tf.assert_variables_initialized([a]); s1 = tf.Session(); s2 = tf.Session(); show(s1.run([r, r2])); E(lambda: s1.run(q)); s1.run([a.initializer, d.initializer]); show(s1.run([r, r2])); s1.run(q); s1.run(b.initializer); show(s1.run(r)); show(s2.run(r2)); show(s1.run(tf.is_variable_initialized(b)), s2.run(tf.is_variable_initialized(b)))''')
c('var.assign_family', r'''
v = tf.Variable([1., 2.]); sess = init_session(); show(sess.run(v.assign([3., 4.]))); show(sess.run(v.assign_add([1., 1.]))); show(sess.run(v.assign_sub([2., 2.]))); show(sess.run(tf.assign(v, v * 2.))); show(sess.run(tf.assign_add(v, [1, 1]))); show(sess.run(tf.assign_sub(v, v))); show(sess.run(tf.assign(v, [9., 9.], use_locking=True, name="set"))); show(tf.assign(v, [1., 1.], name="named").op.name, v.assign([1., 1.]).op.type, v.assign_add([1., 1.]).op.type, v.assign_sub([1., 1.]).op.type); show(sess.run(v)); E(lambda: v.assign(1.)); E(lambda: v.assign_add(1.)); E(lambda: v.assign([[1., 2.]])); E(lambda: tf.assign(tf.constant([1., 2.]), [1., 2.])); E(lambda: tf.assign_add(5., 1.)); E(lambda: v.assign(None))''')
c('var.assign_chained', r'''
v = tf.Variable(1.); a = tf.assign(v, 5.); b = tf.assign_add(a, 2.); d = tf.assign(b, b * 10.); sess = init_session(); show(sess.run(d)); show(sess.run(v)); show(str(a.dtype), str(b.dtype)); sess.run(v.initializer); show(sess.run(a.op)); show(sess.run(v)); e = v.assign_add(v); sess.run(v.initializer); show([float(sess.run(e)) for _ in range(5)]); f = v.assign(v - 1.); show([float(sess.run(f)) for _ in range(3)])''')
c('var.scatter_family', r'''
v = tf.Variable([[1., 1.], [2., 2.], [3., 3.]]); sess = tf.Session(); i = tf.global_variables_initializer()
for f, a in ((tf.scatter_update, ([0], [[9., 8.]])), (tf.scatter_add, ([1, 1], [[1., 0.], [10., 0.]])), (tf.scatter_sub, ([2], [[1., 2.]])), (tf.scatter_mul, ([0, 0], [[2., 3.], [5., 1.]])), (tf.scatter_div, ([1], [[2., 4.]])), (tf.scatter_max, ([0, 1], [[5., 0.], [0., 7.]])), (tf.scatter_min, ([2], [[0., 9.]])), (tf.scatter_nd_update, ([[0, 1], [2, 0]], [7., 6.])), (tf.scatter_nd_add, ([[0], [0]], [[1., 1.], [2., 2.]])), (tf.scatter_nd_sub, ([[1]], [[1., 2.]]))):
    sess.run(i); show(sess.run(f(v, *a))); show(sess.run(v))
E(lambda: sess.run(tf.scatter_update(v, [3], [[1., 1.]]))); E(lambda: sess.run(tf.scatter_add(v, [-1], [[1., 1.]]))); E(lambda: tf.scatter_update(v, [0], [[1., 1., 1.]])); E(lambda: tf.scatter_update(v, [0.], [[1., 1.]])); E(lambda: tf.scatter_update(v, [0, 1], [[1., 1.]])); E(lambda: tf.scatter_add(tf.constant([1.]), [0], [1.])); sess.run(i); show(sess.run(tf.scatter_update(v, [], np.zeros((0, 2), "f")))); show(sess.run(tf.scatter_add(v, 1, [5., 5.])))''')
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
a = tf.py_func(f, [1.], tf.float64); b = tf.py_func(f, [2.], tf.float64); ta, tb = tf.tuple([a, b]); sess = tf.Session(); show(sess.run(ta)); show(sorted(log)); show(sorted(names(ta.op.control_inputs))); show(ta.name, tb.name, ta.op.type)''')
c('order.minimize_then_read', r'''
for ur in (False, True):
    w = tf.Variable(2., use_resource=ur); loss = w * w; t = tf.train.GradientDescentOptimizer(.25).minimize(loss)
    with tf.control_dependencies([t]): after = w.read_value(); loss2 = tf.square(after)
    sess = tf.Session(); sess.run(w.initializer); show(sess.run([loss2, after])); show(sess.run(w)); sess.run(w.initializer); show(sess.run([loss, t])); show(sess.run(loss)); out = set()
    for _ in range(30): sess.run(w.initializer); out.add(tuple(float(q) for q in sess.run([loss, t.name if False else after])))
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
