"""What this room adds to the admin: Wagtail registers the viewset itself; the policy is ours."""

from core.scoped import register_policy

from .models import User

register_policy(User)
