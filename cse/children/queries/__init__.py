"""What the pages about children ask; everything starts from the scope (D-SHR-01)."""

from cse.children.queries.mine import MyChild, MyChildren, my_children

__all__ = ["MyChild", "MyChildren", "my_children"]
