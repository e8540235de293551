"""nginx in front of several servers, with the example that the documents give."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.serving import Server, free_port, wait_for

_EXAMPLE = Path(__file__).parents[2] / "docs" / "nginx.conf"
_AROUND = """\
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    include {folder}/report-qa.conf;
}}
"""


@contextmanager
def balance(folder: Path, servers: Sequence[Server], *, is_sticky: bool = True) -> Iterator[str]:
    """Run the example over servers on a free port, and give its address.

    Args:
        folder: where nginx may write.
        servers: in place of the example's.
        is_sticky: whether a browser stays with a server, as in the example.
    """
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        assert "CI" not in os.environ, "no nginx: install Debian's package nginx"
        pytest.skip("no nginx on this machine: install it to test several servers")
    example, port = _EXAMPLE.read_text(encoding="utf-8"), free_port()
    lines = "".join(
        f"    server {server.url.removeprefix('http://')} max_fails=1 fail_timeout=10s;\n"
        for server in servers
    )
    example, n_upstreams = re.subn(r"(?:^    server 127.*\n)+", lines, example, flags=re.MULTILINE)
    example, n_addresses = re.subn("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{port};", example)
    assert (n_upstreams, n_addresses) == (1, 1)
    if not is_sticky:
        example, n_hashes = re.subn(r"^    hash .*\n", "", example, flags=re.MULTILINE)
        assert n_hashes == 1
    (folder / "report-qa.conf").write_text(example, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user), encoding="utf-8")
    command = [nginx, "-p", str(folder), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process, folder / "errors")
        yield url
    finally:
        process.terminate()
        process.wait()
