from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "bedside.platform.ui"
    label = "ui"
