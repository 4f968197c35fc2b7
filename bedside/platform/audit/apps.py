from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "bedside.platform.audit"
    label = "audit"
