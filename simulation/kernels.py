"""Compiled functions and the folder in which they are kept between runs.

numba's own cache does not notice an edit in another file, nor another compiler. Here kernels lie in a folder
named by the hash of all source of this package and of the versions that compile it: an edited rule is never
stale, and a second run starts without compiling. A folder that cannot be written only costs the time to
compile again.
"""

import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite
import numba
import numpy as np
from numba import njit

from simulation.source import ROOT, hash_of

config: Any = numba.config
JIT_DISABLED = bool(config.DISABLE_JIT)  # NUMBA_DISABLE_JIT: kernels are run as plain Python

Function = TypeVar("Function", bound=Callable[..., Any])


def cache_folder() -> Path:
    """Where kernels and reused results are kept: ``CARRIERSIM_CACHE_DIR``, or the user's cache folder."""
    chosen = os.environ.get("CARRIERSIM_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "carriersim"


# What a kernel can reach. Anything else may be edited without compiling again.
_REACHABLE = ("rules", "engines", "draws.py", "decisions.py", "kernels.py")


def _reachable() -> tuple[Path, ...]:
    files: list[Path] = []
    for name in _REACHABLE:
        path = ROOT / name
        files += [path] if path.is_file() else path.glob("*.py")
    return tuple(sorted([*files, *(ROOT / "engines/compiled").rglob("*.py")]))


def _kernel_folder() -> Path:
    versions = (
        platform.python_version(),
        platform.machine(),
        np.__version__,
        numba.__version__,
        llvmlite.__version__,
        str(config.BOUNDSCHECK),
    )
    name = hashlib.sha256("\n".join((hash_of(_reachable()), *versions)).encode()).hexdigest()[:24]
    return cache_folder() / "kernels" / name


def kernel(function: Function) -> Function:
    """Compile a function when it is first called (without the GIL), and keep it in the kernel folder."""
    return _compiled(function)


def inner_kernel(function: Function) -> Function:
    """Compile a function that only borrows the arrays it is given: it makes none and keeps none.

    Counting who holds them would then cost more than most of its work, so it is left out (``_nrt`` is numba's
    own switch for that). A function that does make an array fails to compile.
    """
    return _compiled(function, _nrt=False)


def _compiled(function: Function, **options: Any) -> Function:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kernel_folder())
    try:
        return cast(Function, njit(nogil=True, cache=True, **options)(function))
    except (RuntimeError, OSError):  # the folder cannot be written: compile in every process
        return cast(Function, njit(nogil=True, **options)(function))
    finally:
        config.CACHE_DIR = before
