from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "cse.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from cse.access import checks  # noqa: F401  registers the system checks
