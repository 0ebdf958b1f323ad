"""Runs cases of behaviour: short programs whose outcomes TensorFlow 1.15 has recorded.

A case is (id, source).  In its source `show(x)` records a value and `E(f)` what `f()` gives or
raises; the value of a last line that is an expression is recorded, too; an exception ends the case
and is its last outcome.  Outcomes are plain data, as in tests/data/tf115_cases*.json.
"""

from __future__ import annotations

import ast
import collections
import os
import re
import tempfile
import threading
import warnings
from pathlib import Path

import numpy as np

import tinyflow as tf


def run_case(case_id: str, source: str) -> list:
    """The outcomes, computed in a thread of its own: the default graph is per thread."""
    outcomes: list = []
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        home = Path.cwd()
        os.chdir(folder)
        thread = threading.Thread(target=_run, args=(case_id, source.strip("\n"), folder, outcomes))
        thread.start()
        thread.join()
        os.chdir(home)
    return outcomes


def _run(case_id: str, source: str, folder: str, outcomes: list) -> None:
    def show(*values):
        outcomes.extend(encode(value, folder) for value in values)

    def attempt(function, lines=1):
        try:
            value = function()
        except Exception as error:
            outcomes.append(_failure(error, folder))
            return None
        show(value)
        return value

    def init_session():
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        return session

    scope = {
        "tf": tf, "np": np, "os": os, "collections": collections, "TMP": folder,
        "show": show, "E": attempt,
        "names": lambda tensors: [t.name for t in tensors], "init_session": init_session,
    }  # fmt: skip
    body, last = _split(source)
    try:
        exec(compile(body, case_id, "exec"), scope)
        if last is not None:
            value = eval(compile(last, case_id, "eval"), scope)
            if not _records(last.body):
                show(value)
    except Exception as error:
        outcomes.append(_failure(error, folder))
    finally:
        for name in ("sess", "s", "s1", "s2"):
            if hasattr(scope.get(name), "close"):
                scope[name].close()


def _split(source):
    """The statements, and the last one apart if it is an expression."""
    body = ast.parse(source)
    if isinstance(body.body[-1], ast.Expr):
        return body, ast.Expression(body.body.pop().value)
    return body, None


def _records(expression):
    function = getattr(expression, "func", None)
    return isinstance(function, ast.Name) and function.id in ("show", "E")


def _failure(error, folder):
    message = getattr(error, "message", None) or str(error)
    first = (message.splitlines() or [""])[0]
    return {"raise": _clean(f"{type(error).__name__}: {first}", folder)}


def _clean(text, folder):
    return re.sub(r"0x[0-9a-f]{6,}", "0x", text).replace(folder, "TMP")


def encode(x, folder=""):
    """A value as plain data."""
    if isinstance(x, np.ndarray | np.generic):
        return _encode_array(x)
    if x is None or isinstance(x, bool):
        return x
    if isinstance(x, str):
        return x.replace(folder, "TMP") if folder else x
    if isinstance(x, int):
        return {"py": "int", "v": x}
    if isinstance(x, float):
        return {"py": "float", "v": repr(x)}
    if isinstance(x, bytes):
        return {"py": "bytes", "v": x.decode("latin1")}
    if isinstance(x, dict):
        return {"dict": type(x).__name__, "v": [[repr(k), encode(v, folder)] for k, v in x.items()]}
    if hasattr(x, "_fields"):
        pairs = zip(x._fields, x, strict=True)
        return {"namedtuple": type(x).__name__, "v": [[key, encode(v, folder)] for key, v in pairs]}
    if isinstance(x, list | tuple):
        return {"seq": type(x).__name__, "v": [encode(v, folder) for v in x]}
    return {"obj": type(x).__name__, "v": _clean(str(x), folder)}


def _encode_array(x):
    array = np.asarray(x)
    kind = array.dtype.name if isinstance(x, np.generic) else "ndarray"
    values = [repr(item) for item in array.ravel().tolist()]
    if array.dtype.kind not in "OSU" and array.size > 64:
        values = ["..."]
    return {"np": kind, "dtype": str(array.dtype), "shape": list(array.shape), "v": values}


def comparable(outcome):
    """What must agree: of an error its class, of anything else all."""
    if isinstance(outcome, dict) and "raise" in outcome:
        return "raises " + outcome["raise"].split(":")[0]
    return outcome


def differing(theirs: list, ours: list) -> dict[int, tuple]:
    """The outcomes that differ, by number: (theirs, ours).

    Where one of the two ends early, by an error, that is one difference and not one for each
    outcome that is missing.
    """
    theirs, ours = [*map(comparable, theirs)], [*map(comparable, ours)]
    shared = min(len(theirs), len(ours))
    found = {i: (theirs[i], ours[i]) for i in range(shared) if theirs[i] != ours[i]}
    if len(theirs) != len(ours) and shared - 1 not in found:
        found[shared] = (theirs[shared:], ours[shared:])
    return found
