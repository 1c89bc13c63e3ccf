from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "cse.worklist"
    label = "worklist"
    verbose_name = "Work list"

    def ready(self) -> None:
        from cse.children.panels import register_panel
        from cse.worklist.next_steps import next_steps
        from cse.worklist.panels import register_home_panel
        from cse.worklist.waiting_panel import waiting_panel

        register_home_panel("next steps", next_steps)
        register_panel("waiting", waiting_panel, position=5)
