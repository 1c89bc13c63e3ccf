from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "cse.clocks"
    label = "clocks"
    verbose_name = "Clocks"
