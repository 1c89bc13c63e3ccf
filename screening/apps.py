from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "screening"
    label = "screening"
    verbose_name = "Screening"

    def ready(self) -> None:
        from screening import documents

        documents.register()

        from cse.access.capabilities import Capability
        from cse.children.panels import Tab, register_panel, register_tab
        from cse.children.queries.telling import Told, tell_on_timeline
        from cse.children.queries.timeline import keep_off_timeline
        from cse.children.told import when_birth_changes
        from cse.worklist import kinds
        from cse.worklist.handing import register_asking_again
        from screening.actions.asking import ask_again
        from screening.actions.births import birth_changed
        from screening.assessments.panel import assessment_way_on, assessments_panel
        from screening.standing import screens_panel
        from screening.ways_on import register_way_on

        register_tab(Tab("Screens", "screening:child", Capability.SEE_SCREEN, position=20))
        register_tab(
            Tab("Assessments", "screening:assessments", Capability.SEE_ASSESSMENT, position=25)
        )
        register_panel("screens", screens_panel, position=10)
        register_panel("assessments", assessments_panel, position=12)
        register_way_on("assessment", assessment_way_on)
        when_birth_changes("screening", birth_changed)
        for kind in (kinds.COUNTERSIGN, kinds.APPROVE_LEVEL, kinds.DUTY_ADDED, kinds.DUTY_TAKEN):
            register_asking_again(kind, ask_again)
        tell_on_timeline("screening.screen", Told("screening:show", of_child=False))
        tell_on_timeline("screening.riskassessment", Told("screening:assessment", of_child=False))
        tell_on_timeline(
            "screening.statutoryassessment", Told("screening:statutory", of_child=False)
        )
        # Who was asked, and by whom, stands with the assessment itself.
        for act in ("assessment saved", "contribution kept"):
            keep_off_timeline(act)
        # It was sent to somebody: that stands with what was sent, for those who see that.
        keep_off_timeline("unfinished screen copied")
        # Autosave makes one every few seconds; who changed what is in the draft's own history.
        keep_off_timeline("screen saved")
