"""What a document may cost. Stated to people before they export, and held while rendering."""

from __future__ import annotations

#: Characters of text that one document may hold: about 150 pages.
LARGEST_TEXT = 400_000

#: Seconds that one rendering may take before it is ended.
RENDER_SECONDS = 240

#: Bytes of memory that one rendering may add to the process it starts from.
RENDER_MEMORY = 1_500 * 1024 * 1024

#: Hours for which the rendered file can be fetched; the register's row stays for good.
DOWNLOAD_HOURS = 24

#: Bytes of a file offered for comparison on the verification page.
LARGEST_UPLOAD = 20 * 1024 * 1024

#: Codes that are not in the register which one person may try in a quarter of an hour.
WRONG_CODES = 10
