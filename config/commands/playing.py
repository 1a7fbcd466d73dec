"""demo and replay: the live code in virtual time."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from config.commands.printing import GOOD, USAGE, WRONG, complain, failing, print_json, say
from config.container import build_strategies
from config.demo import case_for, demonstrate
from config.load import load
from config.models import Settings
from config.registry import Registry, registry
from config.replay import ReplayOptions, Stage, play_candles, request_data
from config.request import read_request
from config.virtual import VirtualAccount
from core.alert_text import title
from core.engine.playback import Played, played_json, summary
from core.errors import ConfigError
from core.gate import Limits
from core.instrument import Instrument
from core.mirror import Following
from core.money import decimal
from core.words import iso
from plugins.exchanges.paper.market.candles import Order
from plugins.exchanges.paper.market.csv import read_candles, read_funding
from plugins.exchanges.paper.settings import PaperAccountSettings, PaperVenueSettings
from plugins.strategies.conservative.strategy import Conservative
from ports.ladder import LadderSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayArguments:
    """What the command line says about a replay; numbers still as text."""

    request: Path
    candles: Path
    config: Path | None = None
    path: str = "ohlc"
    latency_ms: int = 0
    slippage_bps: str = "0"
    volume_share: str | None = None
    funding: Path | None = None
    repeat: bool = False


@failing
def demo(seed: int, case: str | None, *, as_json: bool) -> int:
    """Play one demonstration."""
    chosen = case_for(seed, case)
    played = demonstrate(chosen)
    if as_json:
        print_json(played_json(played, request_data(played.request)))
    else:
        say(f"Demo {chosen.name!r}: {chosen.about}.")
        _tell(played)
    return WRONG if played.violations or played.run.open_trades() or played.refused else GOOD


@failing
def replay(asked: ReplayArguments, *, as_json: bool) -> int:
    """Play a request against candles."""
    stage = _stage(asked.config)
    request = read_request(asked.request, identity=f"replay-{asked.request.stem}", at=0)
    played = play_candles(request, read_candles(asked.candles), stage, _options(asked))
    if played.refused:
        return complain(played.refused, USAGE, as_json=as_json)
    if as_json:
        print_json(played_json(played, request_data(request)))
    else:
        _tell(played)
    return WRONG if played.violations else GOOD


def _options(asked: ReplayArguments) -> ReplayOptions:
    problems = []
    if asked.path not in list(Order):
        problems.append(f"--path is ohlc, worst or best, not {asked.path!r}")
    share = None if asked.volume_share is None else _number("--volume-share", asked.volume_share, problems)
    if share is not None and not 0 < share <= 1:
        problems.append(f"--volume-share lies above 0 and at most at 1, not at {share}")
    slippage = _number("--slippage-bps", asked.slippage_bps, problems)
    if slippage < 0:
        problems.append("--slippage-bps is not negative")
    if problems:
        raise ConfigError(tuple(problems))
    return ReplayOptions(
        order=Order(asked.path),
        latency_ms=asked.latency_ms,
        slippage_bps=slippage,
        volume_share=share,
        funding=() if asked.funding is None else read_funding(asked.funding),
        repeat=asked.repeat,
    )


def _number(option: str, value: str, problems: list[str]) -> Decimal:
    try:
        return decimal(value)
    except ValueError as error:
        problems.append(f"{option}: {error}")
        return Decimal(0)


def _stage(config: Path | None) -> Stage:
    if config is None:
        return Stage(
            accounts=(
                VirtualAccount(name="main", balance=Decimal(10_000)),
                VirtualAccount(name="mirror", balance=Decimal(3_300), following=Following(leader="main")),
            ),
            leader="main",
            instruments=_instruments(PaperVenueSettings()),
            strategies={"conservative": Conservative("conservative", LadderSettings().rules())},
            limits=Limits(),
        )
    found = registry()
    return configured_stage(load(config, found), found)


def _instruments(settings: PaperVenueSettings) -> dict[str, Instrument]:
    return {name: each.instrument(name) for name, each in settings.all_instruments().items()}


def configured_stage(settings: Settings, found: Registry) -> Stage:
    """The accounts of a configuration, all played by the embedded venue (`balance` or 10,000)."""
    venue = settings.sections.get("venue")
    return Stage(
        accounts=tuple(_virtual(name, settings) for name in settings.accounts),
        leader=settings.leaders[0],
        instruments=_instruments(venue if isinstance(venue, PaperVenueSettings) else PaperVenueSettings()),
        strategies=build_strategies(settings, found),
        limits=settings.top.limits.limits(),
    )


def _virtual(name: str, settings: Settings) -> VirtualAccount:
    account = settings.accounts[name]
    paper = account.chosen.settings
    chosen = paper if isinstance(paper, PaperAccountSettings) else PaperAccountSettings()
    return VirtualAccount(
        name=name,
        balance=chosen.balance,
        following=account.following,
        taker=chosen.taker,
        maker=chosen.maker,
        hedge=chosen.hedge,
    )


def _tell(played: Played) -> None:
    told = played.run.tape.alerts
    days = {iso(alert.at)[:10] for alert in told}
    for alert in told:
        at = iso(alert.at)[:19].replace("T", " ")
        say(f"{at if len(days) > 1 else at[11:]} {title(alert)}")
    say("")
    for line in summary(played):
        say(line)
    for violation in played.violations:
        say(f"VIOLATION {violation.account} {violation.invariant}: {violation.detail}")
    say(f"{played.bars} bars, {played.cpu_seconds} CPU-seconds, {len(played.violations)} violations")
