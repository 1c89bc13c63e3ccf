"""The Oxfordshire Risk Assessment and the Wiltshire Comprehensive screen: local forms (DEC-27).

Neither handbook contains its form. Ours asks only what the handbooks and today's field name: an
analysis of each domain beside the screen's own answers, five factors of history, strengths, the
views of child and parent, and a conclusion. What agencies contribute stands beside it, unaltered.
"""
