from . import account, audit, people, units, users

__all__ = ["account", "audit", "people", "units", "users"]
