"""Timing two things alternately, and saying how they compare."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Times of one job over many runs, in milliseconds."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def once(job: Job) -> float:
    """Milliseconds of one run."""
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


def alternately(pairs: Sequence[tuple[Job, Job]], rounds: int) -> tuple[Timing, Timing]:
    """Time ours and the floor in turns, the best of three for each pair and round.

    Whatever the machine does meanwhile happens to both. Each pair is run once before to warm
    connections and caches.
    """
    for ours, floor in pairs:
        ours(), floor()
    mine: list[float] = []
    theirs: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            for ours, floor in pairs:
                first, second = (ours, floor) if number % 2 == 0 else (floor, ours)
                one = min(once(first) for _ in range(3))
                other = min(once(second) for _ in range(3))
                mine.append(one if first is ours else other)
                theirs.append(other if first is ours else one)
    finally:
        gc.enable()
    return Timing(tuple(mine)), Timing(tuple(theirs))


@dataclass(frozen=True)
class Result:
    """One line of the table: a ratio and the most it may be."""

    name: str
    ratio: float
    limit: float
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.ratio <= self.limit

    def line(self) -> str:
        """As it is printed."""
        mark = "ok  " if self.holds else "OVER"
        return (
            f"{mark}  {self.name:<58} {self.ratio:6.2f} x   at most {self.limit:.2f}  {self.detail}"
        )


def compare(name: str, ours: Timing, floor: Timing, limit: float) -> Result:
    """Medians against each other."""
    detail = f"({ours.median:.2f} ms against {floor.median:.2f} ms)"
    return Result(name, ours.median / floor.median, limit, detail)


def spread(name: str, ours: Timing, limit: float = 2.0) -> Result:
    """The 95th percentile against the median."""
    return Result(f"{name}: 95th against median", ours.p95 / ours.median, limit)
