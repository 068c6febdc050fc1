"""The keys from which tokens of the API are derived, for the faces that make them."""

from ..config import Config
from ..framework.signing import derived


def keys(config: Config) -> list[bytes]:
    """One for each secret key, the newest first."""
    return [derived(secret, "access tokens") for secret in config.secret_keys]
