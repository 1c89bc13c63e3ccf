from django.apps import AppConfig


class ChildrenConfig(AppConfig):
    name = "cse.children"
    label = "children"
    verbose_name = "Children"

    def ready(self) -> None:
        from cse.children.links import links_panel
        from cse.children.panels import register_panel

        register_panel("links", links_panel, position=40)
