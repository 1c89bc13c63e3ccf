"""Which methods an address answers, read from what stands before its view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

#: Django's `require_http_methods` keeps its list here (and `require_GET` and its like with it).
_LIST = "request_method_list"
#: What pages and forms send; the service takes no other (`RefusedMethodMiddleware`).
KNOWN = ("GET", "HEAD", "POST")


def allowed_methods(view: Callable[..., Any]) -> list[str]:
    """The methods a view answers; all that a browser sends where nothing narrows them."""
    return declared_methods(view) or list(KNOWN)


def declared_methods(view: Callable[..., Any]) -> list[str]:
    """The methods that a view's class or a decorator names; none where nothing does."""
    holder = getattr(view, "view_class", None)
    if holder is not None:
        # Django gives a class that has `get` its `head` when a request comes.
        methods = {"HEAD": "get"}
        return [name for name in KNOWN if hasattr(holder, methods.get(name, name.lower()))]
    for layer in _layers(view):
        code = getattr(layer, "__code__", None)
        if code is not None and _LIST in code.co_freevars:
            cells = layer.__closure__ or ()
            return list(cells[code.co_freevars.index(_LIST)].cell_contents)
    return []


def _layers(view: Any) -> Iterator[Any]:
    """The view and, one by one, what its decorators stand before."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)
