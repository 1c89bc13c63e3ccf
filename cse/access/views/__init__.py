"""Pages of access: each loads what its reader may see, checks, and calls one act or query."""
