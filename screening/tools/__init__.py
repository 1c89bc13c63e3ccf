"""Screening tools as versioned data (DEC-22): a board adds a version or retires a row here.

``definition`` says what a tool is, ``loader`` reads and checks the files beside it. Pure: no
Django, no model.
"""
