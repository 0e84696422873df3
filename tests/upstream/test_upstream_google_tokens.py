"""Google's tokens, from a token server on loopback and a service account made for the test."""

import asyncio
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs

import msgspec
import pytest
from scripted import OnLoop, Peer, Upstream, failure, sized

from turnout.core.errors import FailureKind
from turnout.upstream.credentials.google import PAUSE_S, RENEW_BEFORE_S, SPARE_S, GoogleTokens
from turnout.upstream.credentials.signer import Unsigned

REQUEST = Unsigned(
    method="POST", url="https://aiplatform.googleapis.com/v1/x", headers=(), body=b""
)
HOUR_S = 3600.0


class HandClock:
    """Time as a test sets it; the wall clock is the machine's plus what passed by hand."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def unix_ms(self) -> int:
        """As the library sees it: the machine's own."""
        import time  # noqa: PLC0415 (the one test that needs the machine's date)

        return round(time.time() * 1000)

    def now_s(self) -> float:
        """Seconds that have passed by hand."""
        return self.passed_s


class TokenServer:
    """Answers with token 1, 2, …; or with what `instead` holds."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.instead: bytes | None = None
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(self, peer: Peer) -> None:
        """One connection."""
        while True:
            request = await peer.request()
            self.asked.append(parse_qs(request.partition(b"\r\n\r\n")[2].decode()))
            await self.hold.wait()
            token = {"access_token": f"token-{len(self.asked)}", "expires_in": HOUR_S}
            await peer.say(
                self.instead or sized(msgspec.json.encode(token), "Content-Type: application/json")
            )


@pytest.fixture(scope="module")
def private_key(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A service account's key, good for nothing else."""
    file = tmp_path_factory.mktemp("key") / "key.pem"
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return file.read_text()


def account(tmp_path: Path, key: str, server: Upstream, **more: str) -> str:
    """The file of a service account whose token server is that one."""
    file = tmp_path / "account.json"
    info = {
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "1",
        "private_key": key,
        "client_email": "gateway@p.iam.gserviceaccount.com",
        "token_uri": f"http://127.0.0.1:{server.port}/token",
        **more,
    }
    file.write_bytes(msgspec.json.encode(info))
    return str(file)


def bearer(headers: Sequence[tuple[str, str]]) -> str:
    """The token among the headers."""
    return dict(headers)["authorization"].removeprefix("Bearer ")


async def next_token(tokens: GoogleTokens, old: str) -> str:
    """The token that follows that one, as soon as it is there."""
    for _ in range(500):
        if (token := bearer(await tokens.sign(REQUEST, 5))) != old:
            return token
        await asyncio.sleep(0.01)
    raise AssertionError("no other token came")


def test_token_is_asked_for_once_and_shared(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """Ten requests at once ask one question; its answer serves those after them too."""

    async def main() -> None:
        server = TokenServer()
        async with Upstream(server) as up:
            tokens = GoogleTokens(account(tmp_path, private_key, up), clock=HandClock())
            signed = await asyncio.gather(*(tokens.sign(REQUEST, 5) for _ in range(10)))
            signed.append(await tokens.sign(REQUEST, 5))
            assert {bearer(headers) for headers in signed} == {"token-1"}
            (asked,) = server.asked
            assert asked["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]

    on_loop(main())


def test_token_is_renewed_before_its_end_without_a_wait(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """Near its end the old token is used on while the next is fetched; past it one waits."""

    async def main() -> None:
        server, clock = TokenServer(), HandClock()
        async with Upstream(server) as up:
            tokens = GoogleTokens(account(tmp_path, private_key, up), clock=clock)
            assert bearer(await tokens.sign(REQUEST, 5)) == "token-1"
            clock.passed_s = HOUR_S - RENEW_BEFORE_S + 5
            assert bearer(await tokens.sign(REQUEST, 5)) == "token-1"
            assert await next_token(tokens, "token-1") == "token-2"
            clock.passed_s += HOUR_S - SPARE_S + 5
            assert bearer(await tokens.sign(REQUEST, 5)) == "token-3"

    on_loop(main())


def test_failed_renewal_leaves_the_old_token_in_use(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """While the old token is good a token server that refuses hurts nobody, and is not pestered."""

    async def main() -> None:
        server, clock = TokenServer(), HandClock()
        async with Upstream(server) as up:
            tokens = GoogleTokens(account(tmp_path, private_key, up), clock=clock)
            await tokens.sign(REQUEST, 5)
            server.instead = sized(b'{"error":"invalid_grant"}', status="400 Bad Request")
            clock.passed_s = HOUR_S - RENEW_BEFORE_S + 5
            for _ in range(50):
                assert bearer(await tokens.sign(REQUEST, 5)) == "token-1"
                await asyncio.sleep(0.01)
            assert len(server.asked) == 2
            server.instead = None
            clock.passed_s += PAUSE_S + 1
            assert await next_token(tokens, "token-1") == "token-3"

    on_loop(main())


def test_refused_credentials_are_auth_and_say_no_name(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """Our fault, not the caller's; the server's words, which name accounts, are not repeated."""

    async def main() -> None:
        server = TokenServer()
        told = b'{"error":"invalid_grant","error_description":"Invalid grant: gateway@p unknown"}'
        server.instead = sized(told, "Content-Type: application/json", status="400 Bad Request")
        async with Upstream(server) as up:
            tokens = GoogleTokens(account(tmp_path, private_key, up), clock=HandClock())
            error = await failure(tokens.sign(REQUEST, 5))
        assert (error.kind, error.code) == (FailureKind.AUTH, "invalid_grant")
        assert "gateway@p" not in str(error)

    on_loop(main())


def test_token_server_that_is_gone_is_a_network_failure(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """Another endpoint may serve meanwhile."""

    async def main() -> None:
        async with Upstream(TokenServer()) as up:
            file = account(tmp_path, private_key, up)
        error = await failure(GoogleTokens(file, clock=HandClock()).sign(REQUEST, 20))
        assert error.kind is FailureKind.NETWORK
        assert "127.0.0.1" not in error.message

    on_loop(main())


def test_wait_for_a_token_ends_with_the_requests_own_deadline(
    on_loop: OnLoop, tmp_path: Path, private_key: str
) -> None:
    """One that may not wait leaves; the question goes on and serves the next."""

    async def main() -> None:
        server = TokenServer()
        server.hold.clear()
        async with Upstream(server) as up:
            tokens = GoogleTokens(account(tmp_path, private_key, up), clock=HandClock())
            error = await failure(tokens.sign(REQUEST, 0.05))
            assert error.kind is FailureKind.CONNECT_TIMEOUT
            server.hold.set()
            assert bearer(await tokens.sign(REQUEST, 5)) == "token-1"
            assert len(server.asked) == 1

    on_loop(main())


def test_workload_identity_exchanges_its_file_for_a_token(on_loop: OnLoop, tmp_path: Path) -> None:
    """The token that a cluster puts into a file goes to the exchange that the file names."""

    async def main() -> None:
        server = TokenServer()
        async with Upstream(server) as up:
            (tmp_path / "cluster-token").write_text("from-the-cluster")
            info = {
                "type": "external_account",
                "audience": "//iam.googleapis.com/projects/1/x",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": f"http://127.0.0.1:{up.port}/token",
                "quota_project_id": "paying",
                "credential_source": {"file": str(tmp_path / "cluster-token")},
            }
            file = tmp_path / "identity.json"
            file.write_bytes(msgspec.json.encode(info))
            signed = await GoogleTokens(str(file), clock=HandClock()).sign(REQUEST, 5)
        assert bearer(signed) == "token-1"
        assert dict(signed)["x-goog-user-project"] == "paying"
        assert server.asked[0]["subject_token"] == ["from-the-cluster"]

    on_loop(main())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"type":"service_account"}', '{"type":"x"}']
)
def test_file_that_holds_no_credentials_is_auth(on_loop: OnLoop, tmp_path: Path, text: str) -> None:
    """Neither a crash nor the caller's fault, and the path is not told."""

    async def main() -> None:
        file = tmp_path / "broken.json"
        file.write_text(text)
        for path in (str(file), str(tmp_path / "not-there.json")):
            error = await failure(GoogleTokens(path, clock=HandClock()).sign(REQUEST, 5))
            assert error.kind is FailureKind.AUTH
            assert "json" not in error.message

    on_loop(main())
