"""The names of devices, which are noted on operations and have no effect."""

from __future__ import annotations

__all__ = ["merge_devices"]

_PARTS = ("job", "replica", "task", "device")


def merge_devices(outer: str, inner: str) -> str:
    """One name out of two in TF 1.15's full form; what `inner` says comes first.

    Raises:
      ValueError: if one is malformed.

    >>> merge_devices("/job:worker/cpu:0", "/gpu:1")
    '/job:worker/device:GPU:1'
    """
    parts = _parsed(outer) | _parsed(inner)
    return "".join(f"/{part}:{parts[part]}" for part in _PARTS if part in parts)


def _parsed(name: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for item in filter(None, name.split("/")):
        key, *rest = item.split(":")
        if key == "device" and len(rest) == 2:
            parts[key] = f"{rest[0].upper()}:{rest[1]}"
        elif key.upper() in ("CPU", "GPU") and len(rest) <= 1:
            parts["device"] = f"{key.upper()}:{rest[0] if rest else '*'}"
        elif key == "job" and len(rest) == 1:
            parts[key] = rest[0]
        elif key in ("replica", "task") and len(rest) == 1:
            parts[key] = str(int(rest[0]))
        else:
            raise ValueError(f"Unknown attribute: {key!r} in {name!r}")
    return parts
