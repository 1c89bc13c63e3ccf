from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "cse.clocks"
    label = "clocks"
    verbose_name = "Clocks"

    def ready(self) -> None:
        from cse.clocks.home import notices_panel
        from cse.worklist.panels import register_home_panel

        register_home_panel("notices", notices_panel)
