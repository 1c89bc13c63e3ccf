from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "cse.signin"
    label = "signin"
    verbose_name = "Sign-in"

    def ready(self) -> None:
        from cse.signin import records  # noqa: F401  every sign-in act is written down
