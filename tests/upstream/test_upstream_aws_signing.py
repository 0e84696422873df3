"""Signatures for AWS, checked on a real socket by a second writing of Signature Version 4."""

import asyncio
import hashlib
import hmac
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from scripted import OnLoop, Peer, Upstream, failure, sized

from turnout.config.load import load
from turnout.config.signers import Signers
from turnout.core.errors import FailureKind
from turnout.dialects.bedrock_converse.request import path_of
from turnout.upstream.credentials.aws import AwsSigner, Keys, region_of
from turnout.upstream.credentials.signer import Unsigned
from turnout.upstream.pool import Pool

KEYS = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
BODY = '{"messages":[{"role":"user","content":[{"text":"Zürich"}]}]}'.encode()
MODELS = (
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "us.amazon.nova-2-lite-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3",
)


def expected(request: bytes, secret: str, region: str) -> str:
    """The signature that the service would compute from what it received.

    By docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
    """
    head, _, body = request.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    method, target, _ = line.split(" ")
    headers = {n.lower(): v.strip() for n, _, v in (one.partition(":") for one in rest)}
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    canonical = "\n".join(
        (
            method,
            quote(target, safe="/-_.~"),  # once more, as for every service but S3
            "",
            *(f"{name}:{headers[name]}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        )
    )
    date = headers["x-amz-date"]
    scope = f"{date[:8]}/{region}/bedrock/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for word in (date[:8], region, "bedrock", "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


async def received(signer: AwsSigner, path: str) -> bytes:
    """A signed request as it comes out of the gateway's own client."""
    seen: list[bytes] = []

    async def handler(peer: Peer) -> None:
        seen.append(await peer.request())
        await peer.say(sized(b"{}"))

    pool = Pool()
    async with Upstream(handler) as upstream:
        url = f"http://127.0.0.1:{upstream.port}{path}"
        headers: list[tuple[str, str]] = [("content-type", "application/json"), ("x-app", "a  b")]
        unsigned = Unsigned(method="POST", url=url, headers=tuple(headers), body=BODY)
        headers += await signer.sign(unsigned, 5.0)
        exchange = await pool.send(url, headers=headers, body=BODY, method="POST", connect_s=5.0)
        await exchange.head(5.0)
        while await exchange.read(5.0):
            pass
        await pool.aclose()
    return seen[0]


@pytest.mark.parametrize("model", MODELS)
def test_signature_is_what_the_service_computes(on_loop: OnLoop, model: str) -> None:
    """Over the very bytes that arrive: escaped model ids, host with port, body beyond ASCII."""
    signer = AwsSigner(KEYS, region="eu-central-1")
    request = on_loop(received(signer, path_of(model, stream=True)))
    authorization = next(
        line for line in request.decode().split("\r\n") if line.lower().startswith("authorization")
    )
    assert "Credential=AKIDEXAMPLE/" in authorization
    assert "/eu-central-1/bedrock/aws4_request" in authorization
    signature = authorization.partition("Signature=")[2]
    assert signature == expected(request, KEYS.secret_key, "eu-central-1")


def signed(
    signer: AwsSigner, url: str = "https://bedrock-runtime.us-west-2.amazonaws.com/x"
) -> dict[str, str]:
    """The headers for some request."""
    unsigned = Unsigned(method="POST", url=url, headers=(), body=b"{}")
    return dict(asyncio.run(signer.sign(unsigned, 5.0)))


def test_temporary_keys_bring_their_token() -> None:
    """It is a header of its own, and it is signed."""
    headers = signed(AwsSigner(Keys("AK", "SK", "the-token")))
    assert headers["x-amz-security-token"] == "the-token"
    assert "x-amz-security-token" in headers["authorization"]
    assert "/us-west-2/bedrock/" in headers["authorization"]


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"),
        ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/model/x", "us-gov-west-1"),
        ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("https://vpce-0a-b.bedrock-runtime.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("http://127.0.0.1:8080/x", None),
        ("https://proxy.example.com/bedrock-runtime.x.y", None),
    ],
)
def test_region_is_read_from_the_address(url: str, region: str | None) -> None:
    """So that a base_url for another region signs for that region."""
    assert region_of(url) == region


def test_no_region_is_our_fault_and_says_so() -> None:
    """An address of one's own needs AWS_REGION."""
    unsigned = Unsigned(method="POST", url="http://127.0.0.1:1/x", headers=(), body=b"")

    async def ask() -> None:
        error = await failure(AwsSigner(KEYS).sign(unsigned, 1.0))
        assert (error.kind, error.message) == (
            FailureKind.AUTH,
            "The gateway was told no AWS region.",
        )

    asyncio.run(ask())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nothing says who we are."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return tmp_path


def test_profile_of_the_shared_files_is_found(alone: Path) -> None:
    """The usual chain, with a name."""
    (alone / "credentials").write_text(
        "[work]\naws_access_key_id = AKWORK\naws_secret_access_key = s\n"
    )
    assert "AKWORK/" in signed(AwsSigner(profile="work"))["authorization"]


def test_nobody_is_a_typed_failure(alone: Path) -> None:
    """Never a 401 of the caller's."""
    assert alone.exists()
    unsigned = Unsigned(method="POST", url="https://x/", headers=(), body=b"")

    async def ask(signer: AwsSigner) -> None:
        error = await failure(signer.sign(unsigned, 5.0))
        assert error.kind is FailureKind.AUTH
        assert "AWS" in error.message

    asyncio.run(ask(AwsSigner(region="us-east-1")))
    asyncio.run(ask(AwsSigner(profile="missing", region="us-east-1")))


def container(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's role is told by a server, as in a container."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{port}/role")


def role(number: int, expires: str) -> bytes:
    """What such a server says."""
    told = {
        "AccessKeyId": f"AKROLE{number}",
        "SecretAccessKey": "s",
        "Token": f"token-{number}",
        "Expiration": expires,
    }
    return sized(msgspec.json.encode(told), "Content-Type: application/json")


def test_role_is_fetched_once_for_all_and_kept(
    on_loop: OnLoop, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten that wait share one question; later ones ask nothing."""
    assert alone.exists()
    asked: list[bytes] = []

    async def handler(peer: Peer) -> None:
        while True:
            asked.append(await peer.request())
            await peer.say(role(len(asked), "2099-01-01T00:00:00Z"))

    async def ask() -> list[Sequence[tuple[str, str]]]:
        async with Upstream(handler) as upstream:
            container(upstream.port, monkeypatch)
            signer = AwsSigner(region="us-east-1")
            unsigned = Unsigned(method="POST", url="https://x/", headers=(), body=b"")
            first = await asyncio.gather(*(signer.sign(unsigned, 5.0) for _ in range(10)))
            return [*first, await signer.sign(unsigned, 5.0)]

    told = on_loop(ask())
    assert {dict(headers)["x-amz-security-token"] for headers in told} == {"token-1"}
    assert len(asked) == 1


def test_role_near_its_end_is_used_on_while_the_next_comes(
    on_loop: OnLoop, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No caller waits for a renewal that is early."""
    assert alone.exists()
    asked: list[bytes] = []

    async def handler(peer: Peer) -> None:
        while True:
            asked.append(await peer.request())
            # The library renews at once what it finds so near to its end, so this comes twice.
            await peer.say(role(len(asked), soon() if len(asked) <= 2 else "2099-01-01T00:00:00Z"))

    async def ask() -> list[str]:
        async with Upstream(handler) as upstream:
            container(upstream.port, monkeypatch)
            signer = AwsSigner(region="us-east-1")
            unsigned = Unsigned(method="POST", url="https://x/", headers=(), body=b"")
            tokens: list[str] = []
            while "token-3" not in tokens and len(tokens) < 200:
                tokens.append(dict(await signer.sign(unsigned, 5.0))["x-amz-security-token"])
                await asyncio.sleep(0.01)
            return tokens

    tokens = on_loop(ask())
    assert tokens[:2] == ["token-2", "token-2"]
    assert tokens[-1] == "token-3"


def soon() -> str:
    """Eleven minutes from now: early enough to renew, late enough to use."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 (the one use of the date)

    return (datetime.now(UTC) + timedelta(minutes=11)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_slow_role_is_given_up_in_time(
    on_loop: OnLoop, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline is the caller's, not the library's."""
    assert alone.exists()
    let_go = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.request()
        await let_go.wait()
        await peer.say(role(1, "2099-01-01T00:00:00Z"))

    async def ask() -> None:
        async with Upstream(handler) as upstream:
            container(upstream.port, monkeypatch)
            unsigned = Unsigned(method="POST", url="https://x/", headers=(), body=b"")
            signer = AwsSigner(region="us-east-1")
            error = await failure(signer.sign(unsigned, 0.3))
            assert error.kind is FailureKind.CONNECT_TIMEOUT
            let_go.set()
            await signer.sign(unsigned, 5.0)

    on_loop(ask())


def test_library_comes_in_with_its_provider_only() -> None:
    """Starting without Bedrock costs nothing of botocore's, which is large."""
    code = (
        "import sys, turnout.app.server, turnout.providers;"
        "from turnout.config.signers import Signers;"
        "from turnout.config.load import load;"
        "assert 'botocore' not in sys.modules;"
        "on = load(None, {'AWS_ACCESS_KEY_ID': 'a', 'AWS_SECRET_ACCESS_KEY': 's',"
        " 'AWS_REGION': 'eu-west-1'});"
        "assert list(Signers().of(on)) == ['amazon-bedrock'];"
        "assert on.switches['amazon-bedrock'].base_url"
        " == 'https://bedrock-runtime.eu-west-1.amazonaws.com';"
        "assert 'botocore' in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr


def test_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway starts, other providers serve, and the failure says what to install."""
    monkeypatch.setitem(sys.modules, "turnout.upstream.credentials.aws", None)
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"}
    signer = Signers().of(load(None, keys))["amazon-bedrock"]
    unsigned = Unsigned(method="POST", url="https://x/", headers=(), body=b"")

    async def ask() -> None:
        error = await failure(signer.sign(unsigned, 1.0))
        assert error.kind is FailureKind.AUTH
        assert 'pip install "turnout[aws]"' in error.message

    asyncio.run(ask())
