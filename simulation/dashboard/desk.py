"""The desk: computes what pages want in the background, and stops when nobody wants it any more.

A page asks for the courses of its settings again and again while it shows them. What it asked for before and no
longer asks for is dropped at once; of what all pages want, the course with the fewest futures goes first, so that
every new move has a first answer soon. Pages that set the same share a course, and what two settings have in
common is simulated once. Nothing here knows the page.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from simulation.dashboard.course import Course, Key
from simulation.dashboard.past import Pasts
from simulation.scenario import Study

MOST = 1000  # futures of a setting
FORGOTTEN = 20.0  # seconds after which a page that has not asked again is taken to be gone
KEPT = 12_000  # futures of all settings in memory, some 30 kB each


class _Wanted(NamedTuple):
    courses: tuple[Course, ...]
    seen: float


class Desk:
    """Worker threads over the courses that pages want: the compiled engine lets go of Python's lock."""

    def __init__(
        self, threads: int = 2, most: int = MOST, seed: int = 1, forgotten: float = FORGOTTEN
    ) -> None:
        self.most, self.seed = most, seed
        self._forgotten = forgotten
        self._news = threading.Condition()
        self._courses: OrderedDict[Key, Course] = OrderedDict()
        self._wanted: dict[str, _Wanted] = {}
        self._pasts = Pasts()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"desk-{number}", daemon=True)
            for number in range(threads)
        ]
        for one in self._threads:
            one.start()

    # --- what pages ask for

    def want(self, who: str, studies: Sequence[Study]) -> tuple[Course, ...]:
        """The courses of some studies; ``who`` wants these and no others from now on."""
        with self._news:
            found = tuple(self._course(one) for one in studies)
            self._wanted[who] = _Wanted(found, time.monotonic())
            self._forget_old_courses()
            self._news.notify_all()
        return found

    def wait(self, course: Course, futures: int, seconds: float) -> None:
        """Wait until a course has so many futures, at most so long."""
        with self._news:
            self._news.wait_for(lambda: course.n >= min(futures, self.most), seconds)

    def leave(self, who: str) -> None:
        """Someone wants nothing any more."""
        with self._news:
            self._wanted.pop(who, None)

    def close(self) -> None:
        """End the threads, after the futures that they are at."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        for one in self._threads:
            one.join()

    @property
    def held(self) -> int:
        """How many futures are in memory."""
        with self._news:
            return sum(one.begun for one in self._courses.values())

    @property
    def pages(self) -> int:
        """How many pages want something."""
        with self._news:
            self._forget_old_pages()
            return len(self._wanted)

    # --- with the lock

    def _course(self, study: Study) -> Course:
        key = Course.key_of(study, self.seed)
        if key not in self._courses:
            self._courses[key] = Course(study, self.seed, key, self.most)
        self._courses.move_to_end(key)
        return self._courses[key]

    def _forget_old_pages(self) -> None:
        now = time.monotonic()
        for who in [who for who, one in self._wanted.items() if now - one.seen > self._forgotten]:
            del self._wanted[who]

    def _forget_old_courses(self) -> None:
        """Let go of the courses asked for longest ago, when memory holds too many futures."""
        used = {course.key for one in self._wanted.values() for course in one.courses}
        held = sum(one.begun for one in self._courses.values())
        for key in [key for key in self._courses if key not in used]:
            if held <= KEPT:
                return
            held -= self._courses.pop(key).begun

    def _next(self) -> tuple[Course, int] | None:
        """The course with the fewest futures of all that is wanted, and its next replicate."""
        self._forget_old_pages()
        wanted = itertools.chain.from_iterable(one.courses for one in self._wanted.values())
        open_ones = [one for one in wanted if one.begun < self.most]
        if not open_ones:
            return None
        first = min(open_ones, key=lambda one: one.begun)
        return first, first.begin()

    # --- on the threads

    def _work(self) -> None:
        while True:
            with self._news:
                found = self._next()
                while found is None and not self._closed:
                    self._news.wait(1.0)
                    found = self._next()
                if self._closed or found is None:
                    return
            course, replicate = found
            future = course.simulate(replicate, self._pasts)
            with self._news:
                course.add(future)
                self._news.notify_all()
