"""The site's own tables: who is signed in, and which logout tokens were already used."""

from django.conf import settings
from django.db import models


class KeycloakSession(models.Model):
    """One signed-in browser: the Django session it belongs to and what Keycloak said about it last."""

    session_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the session key, never the key
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sub = models.CharField(max_length=255, db_index=True)
    sid = models.CharField(max_length=255, db_index=True)
    username = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    roles = models.JSONField(default=list)
    refresh_token = models.TextField()  # sealed, see portal.sign_in.sealing
    id_token = models.TextField()  # sealed
    started_at = models.DateTimeField(db_index=True)
    last_seen_at = models.DateTimeField(db_index=True)
    checked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # who refreshes now: the claim works across processes

    def __str__(self) -> str:
        return f"session of {self.sub} since {self.started_at:%Y-%m-%d %H:%M}Z"


class UsedLogoutToken(models.Model):
    """A back-channel logout token that was obeyed; the same one is not obeyed again."""

    jti_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti_hash
