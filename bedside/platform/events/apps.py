from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "bedside.platform.events"
    label = "events"
