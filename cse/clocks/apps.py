from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "cse.clocks"
    label = "clocks"
    verbose_name = "Clocks"

    def ready(self) -> None:
        from django.db.models import F, Value

        from cse.children.queries.telling import Told, tell_on_timeline
        from cse.clocks.home import notices_panel
        from cse.clocks.kinds import title_of
        from cse.worklist.panels import register_home_panel

        register_home_panel("notices", notices_panel)
        kind = Told(columns=(F("kind"), Value("")), words=lambda key, _: title_of(key))
        tell_on_timeline("clocks.clock", kind)
