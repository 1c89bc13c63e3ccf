from django.apps import AppConfig


class InterfaceConfig(AppConfig):
    name = "cse.interface"
    label = "interface"
    verbose_name = "Pages and words"
