from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    label = "referrals"
    verbose_name = "Referrals"

    def ready(self) -> None:
        from cse.children.queries.timeline import keep_off_timeline
        from referrals import arising, documents, held, orphans, panels, somebody_else
        from referrals.clocks import register
        from referrals.timeline import ACTS

        register()
        panels.register()
        arising.register()
        somebody_else.register()
        orphans.register()
        held.register()
        documents.register()
        _when_something_is_new()
        for act in ACTS:
            keep_off_timeline(act)


def _when_something_is_new() -> None:
    """What makes something owed: a level, a screen, a date of birth (DEC-13), a mistake undone."""
    from cse.children.told import when_birth_changes, when_level_changes
    from referrals.actions import deciding_again, overtaken, owed, raised
    from referrals.actions.helping import screened_again
    from referrals.actions.looked_after import single_assessment_taken_back
    from referrals.actions.notes import screen_completed
    from screening.assessments.told import when_assessment_changes, when_statutory_taken_back
    from screening.told import when_assessed

    when_level_changes("referrals", overtaken.level_changed)
    when_assessed("referrals", overtaken.screen_assessed)
    when_assessed("outstanding screens", screen_completed)
    when_assessed("after early help", screened_again)
    when_level_changes("referrals owed", owed.level_changed)
    when_assessed("referrals owed", owed.screen_assessed)
    when_birth_changes("referrals", overtaken.birth_changed)
    when_birth_changes("referrals that were sent", raised.birth_changed)
    when_assessment_changes("referrals", overtaken.assessment_changed)
    when_assessment_changes("referrals owed", owed.assessment_changed)
    when_level_changes("drafts of decisions", deciding_again.level_changed)
    when_assessed("drafts of decisions", deciding_again.screen_assessed)
    when_birth_changes("drafts of decisions", deciding_again.birth_changed)
    when_assessment_changes("drafts of decisions", deciding_again.assessment_changed)
    when_statutory_taken_back("referrals owed", single_assessment_taken_back)
