from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "cse.documents"
    label = "documents"
    verbose_name = "Documents"
