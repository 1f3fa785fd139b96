"""The only authentication backend: it knows who is signed in and lets nobody in by a password."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User


class KeycloakOnlyBackend(BaseBackend):
    """Loads people that the Keycloak sign-in created; `authenticate` stays BaseBackend's, which accepts nothing."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active person of that key."""
        return get_user_model().objects.filter(pk=user_id, is_active=True).first()
