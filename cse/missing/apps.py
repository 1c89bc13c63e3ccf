from django.apps import AppConfig


class MissingConfig(AppConfig):
    name = "cse.missing"
    label = "missing"
    verbose_name = "Missing episodes"

    def ready(self) -> None:
        from cse.access.capabilities import Capability
        from cse.children.panels import Tab, register_panel, register_tab
        from cse.children.queries.telling import Told, tell_on_timeline
        from cse.missing.actions import ask_others
        from cse.missing.clocks import register
        from cse.missing.panels import missing_panel
        from cse.worklist import kinds
        from cse.worklist.handing import register_asking_again

        register()
        for kind in (kinds.ALLOCATE_INTERVIEW, kinds.HOLD_INTERVIEW):
            register_asking_again(kind, ask_others)
        register_tab(Tab("Missing", "missing:child", Capability.SEE_MISSING, position=25))
        register_panel("missing", missing_panel, position=20)
        tell_on_timeline("missing.missingepisode", Told("missing:episode", of_child=False))
