from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "cse.worklist"
    label = "worklist"
    verbose_name = "Work list"

    def ready(self) -> None:
        from cse.children.panels import register_panel
        from cse.worklist.waiting_panel import waiting_panel

        register_panel("waiting", waiting_panel, position=5)
