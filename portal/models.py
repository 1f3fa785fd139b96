"""The site's own tables: who is signed in, used logout tokens, who looked at what, when the clock was right."""

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


class AccessRow(models.Model):
    """One answer with data: who was given what, when, and from where it was asked. Only ever added to.

    No personal data of customers: ids of orders, partners and models, and customers' pseudonyms. Triggers of the
    database refuse every change (portal.access_log.triggers); rows leave by `manage.py purge_access_log` alone.
    """

    person = models.CharField(max_length=255)  # Keycloak's lasting id
    seq = models.BigIntegerField()  # 1, 2, 3 … for each person
    at = models.DateTimeField(db_index=True)
    username = models.CharField(max_length=255)
    roles = models.CharField(max_length=100)  # the portal's words, separated by spaces
    session = models.CharField(max_length=16)  # the beginning of the session row's hash: one sitting
    kind = models.CharField(max_length=20)  # see portal.access_log.routes
    form = models.CharField(max_length=10)  # "html", "part", "refresh", "json" or "csv"
    meter = models.CharField(max_length=10)  # the limit it counts against, "" for none
    cost = models.SmallIntegerField(default=1)  # how many answers it counts for there
    ids = models.TextField()  # what was asked for, separated by spaces
    more = models.IntegerField()  # how many further entries were no ids: their text is not kept
    address = models.CharField(max_length=45)
    request_id = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)  # see portal.access_log.chain

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "seq"), name="access_person_seq"),)
        indexes = (models.Index(fields=("person", "meter", "at"), name="access_limits"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z {self.person} {self.kind} {self.ids}"


class ClockMark(models.Model):
    """When a purge last found the clock right: the wall clock beside the machine's own seconds since it started."""

    at = models.DateTimeField()
    boot = models.CharField(max_length=64)  # which start of the machine, "" where it cannot be known
    up = models.FloatField()  # seconds since that start

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z"
