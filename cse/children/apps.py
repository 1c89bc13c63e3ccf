from django.apps import AppConfig


class ChildrenConfig(AppConfig):
    name = "cse.children"
    label = "children"
    verbose_name = "Children"
