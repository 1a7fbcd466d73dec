"""What may be asked of a service: every part of it that answers, put together."""

from collections.abc import Mapping

from config import VERSION
from config.container import Container
from config.models import Settings
from config.request import request_from_text
from core.engine.audit import Audit
from core.engine.choices import Choices
from core.engine.control import Handler
from core.engine.desk import Desk
from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.modes import Modes
from core.engine.pictures import Pictures
from core.engine.repairing import Repairs
from core.engine.service import Service
from core.engine.statistics import Statistics
from core.engine.steering import Steering
from core.request import Request


def desk_of(settings: Settings, service: Service) -> Desk:
    """The front desk of a service."""
    return Desk(service, _reader, profile=settings.path, version=VERSION)


def pictures_of(container: Container, settings: Settings) -> Pictures:
    """The pictures of a service, by the painter that was chosen."""
    return Pictures(container.service(), container.painter(), settings.top.timezone)


def handlers_of(desk: Desk, service: Service, statistics: Statistics | None = None) -> Mapping[str, Handler]:
    """All that may be asked of a service and its desk."""
    repairs = Repairs(service)
    handover = Handover(service, repairs, _reader)
    parts = (
        Steering(service),
        Choices(service),
        Audit(service),
        repairs,
        handover,
        Emergency(service, repairs, handover),
        Modes(service, repairs),
        statistics or Statistics(service),
    )
    return {name: handler for part in (desk, *parts) for name, handler in part.handlers().items()}


def _reader(text_or_yaml: str, identity: str, at: int) -> Request:
    return request_from_text(text_or_yaml, identity=identity, at=at)
