"""The upstream pool that the settings describe."""

from turnout.config.settings import Settings
from turnout.upstream.pool import Pool


def pool_for(settings: Settings) -> Pool:
    """A pool that goes through the configured proxies; close it with `aclose`."""
    proxies = {"https": settings.proxies.https, "http": settings.proxies.http}
    return Pool(
        proxies={scheme: proxy.reveal() for scheme, proxy in proxies.items() if proxy is not None},
        no_proxy=",".join(settings.proxies.no_proxy),
    )
