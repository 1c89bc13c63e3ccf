from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "cse.worklist"
    label = "worklist"
    verbose_name = "Work list"
