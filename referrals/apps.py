from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    label = "referrals"
    verbose_name = "Referrals"

    def ready(self) -> None:
        from cse.children.queries.timeline import keep_off_timeline
        from referrals.clocks import register
        from referrals.timeline import ACTS

        register()
        for act in ACTS:
            keep_off_timeline(act)
