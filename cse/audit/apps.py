from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "cse.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from cse.audit import checks, history  # noqa: F401  registers checks and the signal
        from cse.audit.guards import install_after_migrate

        post_migrate.connect(install_after_migrate, dispatch_uid="cse.audit.guards")
