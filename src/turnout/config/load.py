"""File and environment → Settings, or every reason why not."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Final, Literal

import msgspec

from turnout.catalog.routers import ROUTERS
from turnout.catalog.spoken import is_spoken
from turnout.config.environment import CONFIG_FILE, misspelt, overlay
from turnout.config.file import TomlFile, read_toml
from turnout.config.observing import Telemetry
from turnout.config.positions import KeyPath, dotted, line_near
from turnout.config.prices import price_faults
from turnout.config.problems import ConfigError, Problem
from turnout.config.search import Search
from turnout.config.secret import Secret
from turnout.config.settings import (
    Local,
    ProviderSettings,
    Proxies,
    Sections,
    Settings,
    Switch,
)
from turnout.config.shape import read_struct
from turnout.config.site import OperatorSettings
from turnout.config.switches import (
    Sources,
    address_fault,
    referred_variable,
    resolved_headers,
    switches,
    unset_variable,
)
from turnout.core.money import NANO_PER_USD, nusd_from_usd
from turnout.identity.passwords import LONGEST, SHORTEST
from turnout.providers import PROVIDERS
from turnout.upstream.target import Ways

DEFAULT_FILE: Final = Path("turnout.toml")
_MODEL: Final = re.compile(r"[^/\s]+/[^/\s]+\Z")
_ORIGIN: Final = re.compile(r"\*|https?://[^/\s]+\Z")
_NO_FILE: Final = TomlFile(DEFAULT_FILE, {}, {})


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The configuration in force.

    Args:
        path: The file named on the command line. Without it TURNOUT_CONFIG names one, and without
            that `turnout.toml` in the current folder is read when it is there.
        environ: The environment; a variable TURNOUT_<SECTION>_<SETTING> wins over the file.

    Raises:
        ConfigError: With all faults, each with file, line, field, and what is allowed.
    """
    named = path or (Path(environ[CONFIG_FILE]) if environ.get(CONFIG_FILE) else None)
    where = named or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    return resolve(read_toml(where) if where is not None else None, environ)


def resolve(file: TomlFile | None, environ: Mapping[str, str]) -> Settings:
    """As `load`, for a file that has been read."""
    faults = _Faults(file or _NO_FILE)
    tree = msgspec.convert(faults.file.tree, dict[str, object])
    faults.origins = overlay(tree, environ)
    sections = read_struct(Sections, tree, faults.refuse)
    faults.shape_is_read()
    _check_sections(sections, faults)
    sources = Sources(
        environ=environ,
        known=PROVIDERS,
        refuse=faults.refuse,
        refuse_variable=faults.refuse_variable,
        warn=faults.warn,
    )
    found = switches(sections.providers, sections.local, sources)
    _check_sides(found, faults)
    proxies = _proxies(sections.proxies, environ, faults)
    search = _search(sections.search, environ, faults)
    telemetry = _telemetry(sections.telemetry, sources)
    operator = _operator(sections.operator, environ, faults)
    if faults.problems:
        raise ConfigError(faults.problems)
    changed = msgspec.structs.replace(
        sections,
        data_dir=_beside(faults, sections.data_dir, "data_dir"),
        local=_local(sections.local, faults),
        proxies=proxies,
        search=search,
        telemetry=telemetry,
        operator=operator,
    )
    return Settings(
        **{name: getattr(changed, name) for name in Sections.__struct_fields__},
        file=file.path if file is not None else None,
        file_date=file.date if file is not None else "",
        switches=found,
        warnings=(*faults.warnings, *misspelt(environ)),
        said=faults.said(),
    )


class _Faults:
    """Collects what is wrong, and knows where each setting came from."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.origins: Mapping[KeyPath, str] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._refused: list[KeyPath] = []
        self._misshapen: tuple[KeyPath, ...] = ()

    def said(self) -> Mapping[str, Literal["file", "environment"]]:
        """What is not left to the defaults, and who says it; a variable wins over the file."""
        said: dict[str, Literal["file", "environment"]] = {}
        for path in self.file.lines:
            said[dotted(path)] = "file"
        for path in self.origins:
            said[dotted(path)] = "environment"
        return said

    def shape_is_read(self) -> None:
        """From here on, a fault that may follow from an earlier one inside it is not told again."""
        self._misshapen = tuple(self._refused)

    def refuse(self, path: KeyPath, message: str) -> None:
        if any(inner[: len(path)] == path for inner in self._misshapen):
            return
        self._refused.append(path)
        self.problems.append(self._problem(path, message))

    def refuse_variable(self, name: str, message: str) -> None:
        self.problems.append(Problem(source="environment", field=name, message=message))

    def warn(self, path: KeyPath, message: str) -> None:
        self.warnings.append(self._problem(path, message))

    def _problem(self, path: KeyPath, message: str) -> Problem:
        variable = self.origins.get(path) or self.origins.get(path[:-1])
        if variable is not None:
            return Problem(source="environment", field=variable, message=message)
        line = line_near(self.file.lines, path)
        return Problem(source=str(self.file.path), line=line, field=dotted(path), message=message)


def _beside(faults: _Faults, path: Path, *setting: str) -> Path:
    """A path that a file says is relative to that file; any other to the current folder."""
    said_by_file = setting in faults.file.lines and setting not in faults.origins
    return faults.file.path.parent / path if said_by_file else path


def _local(local: Local, faults: _Faults) -> Local:
    if local.model_file is None:
        return local
    near = _beside(faults, local.model_file, "local", "model_file")
    return msgspec.structs.replace(local, model_file=near)


# ── what a type cannot say ──────────────────────────────────────────────────────────────────────


def _check_sections(sections: Sections, faults: _Faults) -> None:
    default = sections.models.default
    if default is not None and not _MODEL.match(default):
        faults.refuse(("models", "default"), 'expected a model as "author/slug"')
    for slug in sections.routing.exacto.pins:
        if not _MODEL.match(slug):
            faults.refuse(("routing", "exacto", "pins", slug), 'expected a model as "author/slug"')
    for index, origin in enumerate(sections.server.cors_origins):
        if not _ORIGIN.match(origin):
            text = 'expected "*" or an origin such as https://chat.example.com'
            faults.refuse(("server", "cors_origins", index), text)
    for index, host in enumerate(sections.media.allowed_hosts):
        if (fault := _network_fault(host)) is not None:
            faults.refuse(("media", "allowed_hosts", index), fault)
    budget = sections.probes.daily_usd * NANO_PER_USD
    if budget != budget.to_integral_value():
        faults.refuse(("probes", "daily_usd"), "expected no more than nine decimals of a USD")
    for slug, provider in sections.providers.items():
        _check_models(("providers", slug, "models"), provider, faults)


def _check_models(path: KeyPath, provider: ProviderSettings, faults: _Faults) -> None:
    if not isinstance(provider.models, tuple):
        return
    seen: set[str] = set()
    for index, model in enumerate(provider.models):
        place = (*path, index)
        if not _MODEL.match(model.id):
            text = 'expected a model as "author/slug", for example "meta-llama/llama-3.3-70b"'
            faults.refuse((*place, "id"), text)
        if model.id in ROUTERS:
            faults.refuse((*place, "id"), "is the name of a router, which picks among models")
        if model.id in seen:
            faults.refuse((*place, "id"), "is listed twice for this provider")
        seen.add(model.id)
        if model.price is not None:
            for field, fault in price_faults(model.price):
                faults.refuse((*place, "price", field), fault)


def _check_sides(found: Mapping[str, Switch], faults: _Faults) -> None:
    """No endpoint that its provider could not be asked for."""
    for slug, switch in found.items():
        for index, model in enumerate(switch.models):
            upstream = model.upstream or model.id.partition("/")[2]
            if not is_spoken(upstream, model.outputs or (), switch.provider, model.dialect):
                made = ", ".join(model.outputs or ())
                text = f"{switch.provider.name} cannot be asked for {made}: no API of it is known"
                faults.refuse(("providers", slug, "models", index, "outputs"), text)


def _network_fault(host: str) -> str | None:
    """Why an entry with a slash is no network; None for hosts, and for networks that are right."""
    if "/" not in host:
        return None
    try:
        ip_network(host)
    except ValueError:
        return 'expected a host such as files.lan, or a network such as "10.1.0.0/16"'
    return None


def _search(search: Search, environ: Mapping[str, str], faults: _Faults) -> Search:
    """The section with its key looked up, when all that its engine needs is there."""
    key = search.api_key
    referred = None if key is None else referred_variable(key)
    if referred is not None:
        if not environ.get(referred):
            faults.refuse(("search", "api_key"), unset_variable(referred))
        key = Secret(environ.get(referred, ""))
    if search.engine == "searxng" and search.base_url is None:
        faults.refuse(("search", "base_url"), "is needed: where your SearXNG answers")
    if search.engine not in (None, "searxng") and key is None:
        faults.refuse(("search", "api_key"), f'is needed for the engine "{search.engine}"')
    if search.base_url is not None and not _ORIGIN.match(search.base_url.rstrip("/")):
        faults.refuse(("search", "base_url"), "expected an address such as http://searx.lan:8080")
    try:
        if nusd_from_usd(search.price) < 0:
            faults.refuse(("search", "price"), "expected 0 or more USD")
    except (ValueError, ArithmeticError):
        faults.refuse(("search", "price"), "expected USD with at most 9 decimals")
    return msgspec.structs.replace(search, api_key=key)


def _proxies(proxies: Proxies, environ: Mapping[str, str], faults: _Faults) -> Proxies:
    """The file's, else the variables that every HTTP client knows, in either case."""

    def usual(name: str) -> str:
        return environ.get(name) or environ.get(name.lower()) or ""

    def said(name: str, secret: Secret | None) -> Secret:
        if secret is None:
            return Secret(usual(f"{name.upper()}_PROXY"))
        referred = referred_variable(secret)
        if referred is not None and not environ.get(referred):
            faults.refuse(("proxies", name), unset_variable(referred))
        return secret if referred is None else Secret(environ.get(referred, ""))

    https, http = said("https", proxies.https), said("http", proxies.http)
    for name, proxy in (("https", https), ("http", http)):
        try:
            Ways({name: proxy.reveal()}, "")
        except ValueError as error:
            text = f"expected an address such as http://host:3128; {error}"
            if getattr(proxies, name) is not None:
                faults.refuse(("proxies", name), text)
            else:
                faults.refuse_variable(f"{name.upper()}_PROXY", text)
    listed = tuple(host.strip() for host in usual("NO_PROXY").split(",") if host.strip())
    return Proxies(
        https=https if https.reveal() else None,
        http=http if http.reveal() else None,
        no_proxy=proxies.no_proxy or listed,
    )


def _telemetry(telemetry: Telemetry, sources: Sources) -> Telemetry:
    url = telemetry.traces_url
    if url is not None and (fault := address_fault(url)) is not None:
        sources.refuse(("telemetry", "traces_url"), fault)
    headers = resolved_headers(("telemetry",), telemetry.headers, sources)
    return msgspec.structs.replace(telemetry, headers=dict(headers))


def _operator(
    operator: OperatorSettings, environ: Mapping[str, str], faults: _Faults
) -> OperatorSettings:
    password, path = operator.password, ("operator", "password")
    if password is None:
        return operator
    referred = referred_variable(password)
    if referred is not None:
        if not environ.get(referred):
            faults.refuse(path, unset_variable(referred))
            return operator
        password = Secret(environ[referred])
    if not SHORTEST <= len(password.reveal()) <= LONGEST:
        faults.refuse(path, f"expected {SHORTEST} to {LONGEST} characters")
    return OperatorSettings(password=password)
