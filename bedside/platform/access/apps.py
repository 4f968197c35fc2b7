from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "bedside.platform.access"
    label = "access"
