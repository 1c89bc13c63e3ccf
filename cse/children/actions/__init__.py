"""The acts on a child's record."""
