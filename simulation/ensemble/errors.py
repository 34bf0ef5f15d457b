"""What can go wrong with a cluster, told without importing Dask."""

from typing import Any


class ClusterError(Exception):
    """A Dask cluster cannot do a job. ``reason`` is one word for programs.

    The ``extra`` that brings Dask is not installed, the ``address`` cannot be used, the workers have other
    ``source`` code, or the scheduler or all workers were ``lost``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        """Both arguments, so that it can come from a worker."""
        return ClusterError, (self.reason, str(self))
