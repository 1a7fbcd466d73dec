"""What this package offers to Tandem."""

from collections.abc import Sequence

from ports.hooks import Adapter, hookimpl
from tandem_example.notebook import Notebook, NotebookSettings
from tandem_example.worthwhile import Worthwhile, WorthwhileSettings


@hookimpl
def tandem_notifiers() -> Sequence[Adapter]:
    return (Adapter("notebook", NotebookSettings, Notebook),)


@hookimpl
def tandem_strategies() -> Sequence[Adapter]:
    return (Adapter("worthwhile", WorthwhileSettings, Worthwhile),)
