"""Subresource Integrity (W3C): what a script must be, said beside its address, so that a browser runs nothing else."""

import hashlib
from base64 import b64encode
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage


def integrity(name: str) -> str:
    """Return the SHA-384 of a static file as it is served: as collected, or as it lies in static/ where nothing is.

    Raises FileNotFoundError for a file that is not there.
    """
    collected = getattr(staticfiles_storage, "stored_name", None)  # only a storage that hashes names serves these
    if collected:
        with staticfiles_storage.open(collected(name)) as file:
            content: bytes = file.read()
    elif found := finders.find(name):
        content = Path(found).read_bytes()
    else:
        raise FileNotFoundError(name)
    return f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}"
