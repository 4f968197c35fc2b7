from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "bedside.platform.notify"
    label = "notify"
