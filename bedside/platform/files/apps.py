from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "bedside.platform.files"
    label = "files"
