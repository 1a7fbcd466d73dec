"""Composition root and command line. Every command is thin: parse, ask, print, exit 0 = good, 1 = wrong, 2 = usage."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

ROOMS = ("core", "ports", "plugins", "config")


def _beside() -> None:
    """The rooms must lie beside this file: another package of the same name would be run in their place."""
    here = Path(__file__).resolve().parent
    for room in ROOMS:
        found = __import__(room).__file__
        if found is None or Path(found).resolve().parent.parent != here:
            sys.exit(f"tandem: package {room!r} was found at {found}, not beside {here}/app.py; remove the other one")


_beside()

from config import commands  # noqa: E402 - only once the rooms are known to be ours
from config.commands.printing import logs_to_stderr  # noqa: E402 - as above
from core.request import Merge  # noqa: E402 - as above

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Tandem: one plan, many accounts, never unprotected."
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Account = Annotated[str | None, typer.Option("--account", help="Only this account.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
TradeArgument = Annotated[str, typer.Argument(help="A trade id, or a symbol.")]
DEFAULT = commands.DEFAULT_CONFIG


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Picks one of the cases.")] = 0,
    case: Annotated[str | None, typer.Option(help="Play this case.")] = None,
    json_: Json = False,
) -> None:
    """A whole conservative trade on main and mirror at the embedded venue, in virtual time."""
    _end(commands.demo(seed, case, as_json=json_))


@app.command()
def replay(
    request: Annotated[Path, typer.Option("--request", help="The request file.")],
    candles: Annotated[Path, typer.Option("--candles", help="CSV with datetime, open, high, low, close, volume.")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Accounts and strategies from here.")] = None,
    path: Annotated[str, typer.Option(help="Way through a candle: ohlc, worst or best.")] = "ohlc",
    latency_ms: Annotated[int, typer.Option(min=0, help="Commands reach the venue so much later.")] = 0,
    slippage_bps: Annotated[str, typer.Option(help="Worsens market and stop fills.")] = "0",
    volume_share: Annotated[str | None, typer.Option(help="Part of each candle's volume to be had, 0 to 1.")] = None,
    funding: Annotated[Path | None, typer.Option(help="CSV with date and rate.")] = None,
    repeat: Annotated[bool, typer.Option("--repeat", help="Open again whenever no trade is live.")] = False,
    json_: Json = False,
) -> None:
    """Run a request against recorded candles with the live code."""
    asked = commands.ReplayArguments(
        request=request,
        candles=candles,
        config=config,
        path=path,
        latency_ms=latency_ms,
        slippage_bps=slippage_bps,
        volume_share=volume_share,
        funding=funding,
        repeat=repeat,
    )
    _end(commands.replay(asked, as_json=json_))


@app.command()
def run(config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT) -> None:
    """Run the service until it is stopped (Ctrl-C or SIGTERM); protection stays at the venue."""
    _end(commands.run(config))


@app.command()
def check(config: Annotated[Path, typer.Argument(help="The configuration file.")], json_: Json = False) -> None:
    """Check a configuration and explain every problem at once."""
    _end(commands.check(config, as_json=json_))


@app.command()
def plan(
    config: Annotated[Path, typer.Argument(help="The configuration file.")],
    request: Annotated[Path, typer.Argument(help="The request file.")],
    json_: Json = False,
) -> None:
    """Show the exact orders that each account would get; send nothing."""
    _end(commands.plan(config, request, as_json=json_))


@app.command()
def plugins(json_: Json = False) -> None:
    """List the adapters with their settings."""
    _end(commands.plugins(as_json=json_))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    _end(commands.print_schema())


@app.command()
def setup(target: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("tandem.yaml")) -> None:
    """Ask a few questions and write a checked configuration."""
    _end(commands.run_setup(target))


@app.command(name="import-env")
def import_env(
    source: Annotated[Path, typer.Argument(help="The reference bot's .env file.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the configuration here instead of printing it.")
    ] = None,
    json_: Json = False,
) -> None:
    """Turn the reference bot's .env into a configuration and say what became of each name; secrets are only named."""
    _end(commands.import_env(source, to, as_json=json_))


def _read(what: str, config: Path, *, as_json: bool, arguments: Mapping[str, Any] | None = None) -> None:
    _end(commands.show(what, config, dict(arguments or {}), as_json=as_json))


@app.command()
def status(
    config: ConfigFile = DEFAULT,
    health: Annotated[
        bool, typer.Option("--health", help="How well the service is, with advice; exit 1 when anything isn't.")
    ] = False,
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="With --health: look so far back.")] = 30,
    json_: Json = False,
) -> None:
    """Everything that is: accounts, trades, latest alerts."""
    _read("health" if health else "status", config, as_json=json_, arguments={"minutes": minutes})


@app.command()
def positions(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Open positions."""
    _read("positions", config, as_json=json_)


@app.command()
def orders(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Working orders of ours."""
    _read("orders", config, as_json=json_)


@app.command()
def trades(
    trade: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None,
    config: ConfigFile = DEFAULT,
    limit: Limit = 20,
    json_: Json = False,
) -> None:
    """Live and ended trades, or one of them in full."""
    _read("trades", config, as_json=json_, arguments={"trade": trade, "limit": limit})


@app.command()
def monitors(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Each live trade's supervision: phase, protection, last fact, difference."""
    _read("monitors", config, as_json=json_)


@app.command()
def alerts(config: ConfigFile = DEFAULT, limit: Limit = 20, json_: Json = False) -> None:
    """The latest alerts, newest first."""
    _read("alerts", config, as_json=json_, arguments={"limit": limit})


alert_rules = typer.Typer(help="People's own alerts: what to tell when.")
app.add_typer(alert_rules, name="alert-rules")
RuleId = Annotated[str, typer.Argument(help="The rule's id.")]


@alert_rules.callback(invoke_without_command=True)
def alert_rules_(context: typer.Context, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """People's own alerts on price, position and risk: list them (without a word more), add, on, off, remove."""
    if context.invoked_subcommand is None:
        _end(commands.alert_rules(config, as_json=json_))


@alert_rules.command(name="add")
def alert_rules_add(
    kind: Annotated[str, typer.Argument(help="What to watch for: see the list.")],
    value: Annotated[str, typer.Argument(help="The price, USDT, percent or number.")],
    symbol: Annotated[str | None, typer.Option(help="The symbol; needed for prices.")] = None,
    account: Account = None,
    once: Annotated[bool, typer.Option("--once", help="Tell once, then switch it off.")] = False,
    note: Annotated[str, typer.Option(help="Words of your own that are told with it.")] = "",
    config: ConfigFile = DEFAULT,
    json_: Json = False,
) -> None:
    """Tell me when: looked at every 30 s, quiet for 30 minutes after each time."""
    wish = {"kind": kind, "value": value, "symbol": symbol, "account": account, "repeat": not once, "note": note}
    _end(commands.alert_rule(config, "add", wish, as_json=json_))


@alert_rules.command(name="on")
def alert_rules_on(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Switch a rule on; it is awake at once."""
    _end(commands.alert_rule(config, "change", {"id": rule, "enabled": True}, as_json=json_))


@alert_rules.command(name="off")
def alert_rules_off(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Switch a rule off; it is kept."""
    _end(commands.alert_rule(config, "change", {"id": rule, "enabled": False}, as_json=json_))


@alert_rules.command(name="remove")
def alert_rules_remove(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Forget a rule."""
    _end(commands.alert_rule(config, "remove", {"id": rule}, as_json=json_))


@app.command()
def report(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """The daily report, of the last 24 hours to now."""
    _end(commands.report(config, as_json=json_))


stats = typer.Typer(help="What closed trades came to.")
app.add_typer(stats, name="stats")
Period = Annotated[str | None, typer.Option("--period", help="A period's number or label, or all.")]


@stats.callback(invoke_without_command=True)
def stats_(
    context: typer.Context,
    config: ConfigFile = DEFAULT,
    period: Period = None,
    account: Account = None,
    json_: Json = False,
) -> None:
    """What closed trades came to: show (the same without it), reset, export."""
    if context.invoked_subcommand is None:
        _end(commands.stats(config, period, account, as_json=json_))


@stats.command(name="show")
def stats_show(
    config: ConfigFile = DEFAULT, period: Period = None, account: Account = None, json_: Json = False
) -> None:
    """The figures of the period that goes on, or of another."""
    _end(commands.stats(config, period, account, as_json=json_))


@stats.command(name="reset")
def stats_reset(
    config: ConfigFile = DEFAULT,
    label: Annotated[str | None, typer.Option("--label", help="What the new period is called.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Begin a new period with the balances of now; the ones before are kept."""
    _end(commands.stats_reset(config, label, dry_run=dry_run, yes=yes, as_json=json_))


@stats.command(name="export")
def stats_export(
    config: ConfigFile = DEFAULT,
    period: Period = None,
    account: Account = None,
    out: Annotated[Path | None, typer.Option("--out", help="Into this file, which must not be there yet.")] = None,
    json_: Json = False,
) -> None:
    """Every ended trade of a period as CSV, a row for each account."""
    _end(commands.stats_export(config, period, account, out, as_json=json_))


@app.command()
def audited(config: ConfigFile = DEFAULT, limit: Limit = 20, json_: Json = False) -> None:
    """Who did what, newest first: every act from the command line and the front ends, and what came of it."""
    _read("audited", config, as_json=json_, arguments={"limit": limit})


@app.command(name="open")
def open_(
    request: Annotated[Path, typer.Argument(help="The request file.")],
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    yes_really: Annotated[
        bool,
        typer.Option("--yes-really", help="Also accept what would be asked about, such as a limit that fills at once."),
    ] = False,
    merge: Annotated[
        Merge | None,
        typer.Option(help="Add to the trade that is there: keep its stop and take-profits, or replace them."),
    ] = None,
    json_: Json = False,
) -> None:
    """Open a trade on an account and its mirrors, or add to the one that is there: preview, confirmation, go."""
    asked = commands.Opening(
        request=request, account=account, dry_run=dry_run, yes=yes, confirmed=yes_really, merge=merge
    )
    _end(commands.open_trade(config, asked, as_json=json_))


def _act(config: Path, act: commands.Acting, *, as_json: bool) -> None:
    _end(commands.act(config, act, as_json=as_json))


@app.command()
def close(
    trade: TradeArgument,
    config: ConfigFile = DEFAULT,
    account: Account = None,
    quantity: Annotated[str | None, typer.Option(help="Close only so much (base units).")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Close a trade at market on every account that holds it, or a part of it."""
    kind = "close" if quantity is None else "reduce"
    act = commands.Acting(kind=kind, trade=trade, account=account, quantity=quantity, dry_run=dry_run, yes=yes)
    _act(config, act, as_json=json_)


@app.command(name="move-stop")
def move_stop(
    trade: TradeArgument,
    price: Annotated[str, typer.Argument(help="The new stop.")],
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Move a trade's stop."""
    act = commands.Acting(kind="move_stop", trade=trade, account=account, price=price, dry_run=dry_run, yes=yes)
    _act(config, act, as_json=json_)


@app.command(name="cancel-entries")
def cancel_entries(
    trade: TradeArgument,
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Cancel a trade's unfilled entries; what is filled goes on."""
    act = commands.Acting(kind="cancel_entries", trade=trade, account=account, dry_run=dry_run, yes=yes)
    _act(config, act, as_json=json_)


@app.command()
def reload(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Let the running service read its configuration again, as SIGHUP does; says what needs a restart."""
    _end(commands.reload(config, as_json=json_))


@app.command()
def adopt(
    account: Annotated[str, typer.Argument(help="The account that holds it.")],
    symbol: Annotated[str, typer.Argument(help="The symbol.")],
    request: Annotated[
        Path | None, typer.Option("--request", help="The plan, as a request file; its one entry is the price paid.")
    ] = None,
    order: Annotated[
        list[str] | None, typer.Option("--order", help="Cancel this order of somebody else's; may be repeated.")
    ] = None,
    config: ConfigFile = DEFAULT,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Take over a position that isn't Tandem's: first see what is there, then bind it to a plan."""
    asked = commands.Adopting(
        account=account, symbol=symbol, request=request, orders=tuple(order or ()), dry_run=dry_run, yes=yes
    )
    _end(commands.adopt(config, asked, as_json=json_))


@app.command()
def release(
    trade: TradeArgument,
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Give a trade's position back with its stop: our orders go, nothing is closed, nobody watches over it then."""
    _end(commands.release(config, trade, account, dry_run=dry_run, yes=yes, as_json=json_))


@app.command()
def mode(
    account: Annotated[str, typer.Argument(help="The account.")],
    to: Annotated[str | None, typer.Argument(help="one_way or hedge; without it the mode is only shown.")] = None,
    symbol: Annotated[str | None, typer.Option(help="The symbol whose mode it is.")] = None,
    config: ConfigFile = DEFAULT,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Show or switch a symbol's position mode; only while it is flat and without orders."""
    wanted = None if to is None else to.replace("-", "_")
    asked = commands.Switching(account=account, symbol=symbol, to=wanted, dry_run=dry_run, yes=yes)
    _end(commands.mode(config, asked, as_json=json_))


@app.command()
def emergency(
    config: ConfigFile = DEFAULT,
    account: Account = None,
    all_accounts: Annotated[bool, typer.Option("--all-accounts", help="Every account.")] = False,
    foreign: Annotated[
        bool, typer.Option("--foreign", help="Also what isn't Tandem's: it is adopted, then closed.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    yes_really: Annotated[
        bool, typer.Option("--yes-really", help="Don't ask about what isn't Tandem's either.")
    ] = False,
    json_: Json = False,
) -> None:
    """Cancel and close all that is ours, now, and see that it is flat; the dry run lists exactly what it touches."""
    asked = commands.Emptying(
        account=account,
        all_accounts=all_accounts,
        foreign=foreign,
        dry_run=dry_run,
        yes=yes,
        yes_foreign=yes_really,
    )
    _end(commands.emergency(config, asked, as_json=json_))


@app.command()
def watch(
    config: ConfigFile = DEFAULT,
    every: Annotated[float, typer.Option(min=0.2, max=3600, help="Seconds between two looks.")] = 2,
    count: Annotated[int | None, typer.Option(min=1, help="So many looks, then end; with --json one.")] = None,
    json_: Json = False,
) -> None:
    """The status again and again, until Ctrl-C."""
    _end(commands.watch(config, every, count, as_json=json_))


Out = Annotated[Path, typer.Option("--out", "-o", help="Where the picture goes (PNG).")]


@app.command()
def chart(
    trade: TradeArgument,
    out: Out = Path("chart.png"),
    config: ConfigFile = DEFAULT,
    account: Account = None,
    interval: Annotated[int | None, typer.Option(help="Minutes of a candle; what fits the trade unless given.")] = None,
    json_: Json = False,
) -> None:
    """A picture of a trade, live or ended: candles, entries, take-profits, stop, fills."""
    asked = {"trade": trade, "account": account, "interval": interval}
    _end(commands.picture(config, "chart", asked, out, as_json=json_))


@app.command()
def equity(
    out: Out = Path("equity.png"),
    config: ConfigFile = DEFAULT,
    account: Account = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days, today the last.")] = 30,
    json_: Json = False,
) -> None:
    """A picture of what ended trades earned: the curve with its drawdown, and each day."""
    _end(commands.picture(config, "equity", {"account": account, "days": days}, out, as_json=json_))


@app.command()
def pause(config: ConfigFile = DEFAULT, account: Account = None, json_: Json = False) -> None:
    """Take no new entries; exits go on as ever."""
    _end(commands.pause(config, account, paused=True, as_json=json_))


@app.command()
def resume(config: ConfigFile = DEFAULT, account: Account = None, json_: Json = False) -> None:
    """Take new entries again."""
    _end(commands.pause(config, account, paused=False, as_json=json_))


@app.command()
def verify(
    topic: Annotated[
        str | None, typer.Argument(help="tp-limits, closure, mirror, sl-coverage or ledger; all of them unless named.")
    ] = None,
    config: ConfigFile = DEFAULT,
    json_: Json = False,
) -> None:
    """Check what must always hold, over the running service and a fresh look at the venue; changes nothing."""
    _end(commands.verify(config, topic, as_json=json_))


mirror = typer.Typer(no_args_is_help=True, help="Mirrors against their leaders.")
app.add_typer(mirror, name="mirror")


@mirror.command(name="diff")
def mirror_diff(config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Each leader's trade beside its mirrors', and what explains a difference; exit 1 when nothing does."""
    _end(commands.mirror_diff(config, as_json=json_))


@app.command()
def doctor(
    config: ConfigFile = DEFAULT,
    check_all: Annotated[
        bool, typer.Option("--check-all", help="Also every ended trade's journal, and the venues.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Let the running service look at its venues and reconcile now.")
    ] = False,
    probe: Annotated[bool, typer.Option("--probe", help="Also ask each venue: reach, clock, key.")] = False,
    json_: Json = False,
) -> None:
    """What is wrong here and what would mend it: configuration, files, store, service, accounts, invariants."""
    asked = commands.Examination(check_all=check_all, probe=probe, fix=fix)
    _end(commands.doctor(config, asked, as_json=json_))


@app.command(name="clean-up")
def clean_up(
    config: ConfigFile = DEFAULT,
    account: Account = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """List orders of ours that serve no live trade; with --yes the service's own reconcile takes them out."""
    _end(commands.clean_up(config, account, act=yes and not dry_run, as_json=json_))


@app.command()
def venue(
    config: Annotated[Path | None, typer.Argument(help="Accounts, keys and instruments from here.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    market: Annotated[str, typer.Option(help="still, synthetic, or a CSV file of candles.")] = "synthetic",
    symbol: Annotated[str, typer.Option(help="Whose candles the file holds.")] = "BTCUSDT",
    faults: Annotated[Path | None, typer.Option(help="JSON file of faults.")] = None,
    storm: Annotated[int | None, typer.Option(help="Seed of a storm of faults.")] = None,
    latency_ms: Annotated[int, typer.Option(min=0, help="A round trip takes so much longer.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic market.")] = 1,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="No rate limits.")] = False,
    allow_remote: Annotated[bool, typer.Option("--allow-remote", help="Listen beyond loopback.")] = False,
) -> None:
    """The embedded venue as a server that speaks Bybit's V5 protocol; one JSON line tells its addresses and keys."""
    from config.commands.venue import VenueArguments
    from config.commands.venue import venue as serve

    asked = VenueArguments(
        config=config,
        host=host,
        port=port,
        market=market,
        symbol=symbol,
        faults=faults,
        storm=storm,
        latency_ms=latency_ms,
        seed=seed,
        limits=not no_limits,
        remote=allow_remote,
    )
    _end(serve(asked))


@app.command()
def simulate(
    seeds: Annotated[str, typer.Option(help="Which storms, half open: A:B.")] = "0:200",
    fresh: Annotated[int | None, typer.Option(min=1, help="Instead, so many new seeds, by this commit.")] = None,
    scenario: Annotated[str | None, typer.Option(help="One named situation; with --crash its sweep.")] = None,
    crash: Annotated[bool, typer.Option("--crash", help="Die at every point of every scenario, and compare.")] = False,
    mishaps: Annotated[
        bool, typer.Option("--mishaps", help="Let each thing of every scenario go wrong, once.")
    ] = False,
    double: Annotated[int, typer.Option(min=0, help="With --crash: so many pairs of points each, besides.")] = 0,
    mutant: Annotated[str | None, typer.Option(help="Apply one deliberate defect: 0 when it is caught.")] = None,
    accounts: Annotated[int, typer.Option(min=1, max=3, help="1 = main alone, 2 = with a mirror, 3 = with two.")] = 2,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 = one for each core.")] = 1,
    shrink: Annotated[Path | None, typer.Option(help="Save each failing storm, made small, in this directory.")] = None,
    demand: Annotated[bool, typer.Option("--demand", help="Fail also when a listed situation never occurred.")] = False,
    ring: Annotated[str, typer.Option(help="a = the machines (fast), b = the whole service (seeds only).")] = "a",
    json_: Json = False,
) -> None:
    """Play storms of faults, crashes and people around the real trading code; print every violation with its seed."""
    asked = commands.Storms(
        seeds=seeds,
        fresh=fresh,
        scenario=scenario,
        crash=crash,
        mishaps=mishaps,
        double=double,
        mutant=mutant,
        accounts=accounts,
        jobs=jobs,
        shrink=shrink,
        demand=demand,
        ring=ring,
    )
    _end(commands.simulate(asked, as_json=json_))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="replay, decide, audit, pictures, reaction, open, idle or storm.")],
    rtt_ms: Annotated[int, typer.Option(min=1, max=5_000, help="The round trip that the venue adds.")] = 40,
    trades: Annotated[int, typer.Option(min=1, max=999, help="Trades open on the wire.")] = 100,
    json_: Json = False,
) -> None:
    """Measure speed and print figures."""
    _end(commands.bench(name, rtt_ms=rtt_ms, trades=trades, as_json=json_))


@app.command()
def backup(
    config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT,
    to: Annotated[Path | None, typer.Option("--to", help="Into this file, which must not be there yet.")] = None,
    json_: Json = False,
) -> None:
    """Copy the store into a file, whether the service runs or not."""
    _end(commands.backup(config, to, as_json=json_))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    config: Annotated[Path, typer.Argument(help="The configuration file.")] = DEFAULT,
    dry_run: DryRun = False,
    json_: Json = False,
) -> None:
    """Check a backup and put it in the store's place; what was there is kept. Not while the service runs."""
    _end(commands.restore(file, config, dry_run=dry_run, as_json=json_))


def _end(code: int) -> None:
    raise typer.Exit(code)


def main() -> None:
    """The console script."""
    logs_to_stderr()
    app()


if __name__ == "__main__":
    main()
