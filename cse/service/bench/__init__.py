"""Ratios, measured in one run: ours against hand-written SQL that returns the same rows.

Absolute times mean nothing on a borrowed machine; a ratio of two things timed alternately does
(docs/performance.md).
"""
