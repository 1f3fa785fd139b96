"""What can go wrong between the portal and Keycloak, named for what a caller can do.

SignInError
├── KeycloakUnavailableError   nobody's fault here: try later (no answer, 5xx, HTML, our own secret refused)
├── GrantOverError             Keycloak says that this sign-in has ended: sign in again
└── TokenRefusedError          a token or an answer is not what it claims to be: refuse it
    └── UnknownKeyError        signed with a key that Keycloak does not publish (or not yet: it may have been rotated)
"""


class SignInError(Exception):
    """Root of the tree."""


class KeycloakUnavailableError(SignInError):
    """Keycloak gave no usable answer; says nothing about the person."""


class GrantOverError(SignInError):
    """Keycloak answered `invalid_grant`: the session, code or refresh token has ended."""


class TokenRefusedError(SignInError):
    """A token failed one of the checks. `reason` is one word for the log, the message says it to a person.

    Neither ever quotes the token: whoever forges one would write into the log.
    """

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(said)
        self.reason = reason


class UnknownKeyError(TokenRefusedError):
    """The token names a key that the realm does not publish."""

    def __init__(self) -> None:
        super().__init__("key_unknown", "signed with a key that the realm does not publish")
