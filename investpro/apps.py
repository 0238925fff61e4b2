from django.apps import AppConfig


class InvestproConfig(AppConfig):
    name = "investpro"
    label = "investpro"
