from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "cse.people"
    label = "people"
    verbose_name = "People"
