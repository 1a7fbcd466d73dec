"""The one thread of a store. It keeps no process: what waits for a disk that hangs would, in a pool's thread (J2)."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class OneThread(Executor):
    """Carries out what it is given, one after another, in a thread that dies with the process."""

    def __init__(self, name: str) -> None:
        """It waits for work from now on."""
        self._given: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(
        self, work: Callable[_Arguments, _Result], /, *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> Future[_Result]:
        """See Executor.submit."""
        future: Future[_Result] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(*arguments, **named)
            except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        self._given.put(run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor has it
        """See Executor.shutdown; all that was given before is done first."""
        self._given.put(None)
        if wait:
            self._thread.join()

    def _run(self) -> None:
        while (run := self._given.get()) is not None:
            run()
            del run  # what it was about is kept by nobody while the thread waits
