from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "cse.service"
    label = "service"
    verbose_name = "Running the service"
