"""What belongs to an account: a part of `World`."""

from functools import cached_property

from organizations.models import Reminder
from organizations.services import own_token_create
from tests.support.clients import user_with


class AccountRows:
    """Needs `tree`."""

    @cached_property
    def apitoken(self):
        user = user_with("officer", self.tree.county)
        return own_token_create(actor=user, name="标记令牌", days=30)[0]

    @cached_property
    def reminder(self):
        user = user_with("officer", self.tree.county)
        return Reminder._base_manager.create(
            user=user, kind="job_failed", key="标记", params={"job": "assessments.rank", "error": "标记原因"}
        )
