"""Milvus 2.3.5 on this machine, to be measured: in one process, or in nine as a cluster.

A cluster has etcd (Debian's `etcd-server`) and a message broker beside it. The broker is the
one that librdkafka brings for its own tests. It keeps the newest 5 MB of each topic, so whoever
loads must leave the readers time. A real cluster has Kafka or Pulsar instead, and an object
store instead of a folder.
"""

import json
import lzma
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from index.errors import LibraryError, ReportQaError
from index.milvus.address import read_address
from index.milvus.server import Server

STANDALONE = ("standalone",)
CLUSTER = (
    "rootcoord", "datacoord", "querycoord", "indexnode", "datanode",
    "querynode", "querynode", "querynode", "proxy",
)  # fmt: skip

_READY_SECONDS = 120.0
_PORTS = range(15_000, 30_000)
_LISTENERS = (
    "rootcoord", "datacoord", "querycoord", "indexnode", "datanode", "querynode", "proxy",
)  # fmt: skip

_BROKER = """
import time
from confluent_kafka import Producer
producer = Producer({"test.mock.num.brokers": 1})
(broker,) = producer.list_topics(timeout=10).brokers.values()
print(f"{broker.host}:{broker.port}", flush=True)
while True:
    time.sleep(60)
"""


class ServerError(ReportQaError):
    """A server cannot be started here."""


class Milvus:
    """The processes of one server, with their data in a folder.

    Attributes:
        processes: by name: the role, and its number where there are several.
    """

    def __init__(
        self,
        folder: Path,
        roles: Sequence[str],
        *,
        session_seconds: int = 30,
        settings: Mapping[str, str] = MappingProxyType({}),
        access: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Unpack the programs; nothing is started yet.

        Args:
            folder: empty, or that of an earlier start.
            roles: STANDALONE or CLUSTER.
            session_seconds: a process that is silent for so long is given up by the others.
            settings: of Milvus, besides: `a.b` of its file is ``A_B``.
            access: QA_INDEX_TOKEN and the like, where those settings ask for it.
        """
        self._folder = folder
        self._roles = tuple(roles)
        self._session_seconds = session_seconds
        self._own_settings = settings
        self._access = access
        self._port = free_ports(1)[0]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("bin", "configs", "logs", "data"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _unpack_programs(folder)

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start all processes and wait until the server answers.

        Raises:
            ServerError: it does not, or a program is not installed.
        """
        settings = self._settings()
        seen: Counter[str] = Counter()
        for role in self._roles:
            seen[role] += 1
            several = self._roles.count(role) > 1
            self._start_role(role, f"{role}-{seen[role]}" if several else role, settings)
        deadline = time.monotonic() + _READY_SECONDS
        while not answers(self.address, self._access):
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                self.stop()
                raise ServerError(
                    f"{', '.join(ended) or 'the server'} did not start: see {self._folder / 'logs'}"
                )
            time.sleep(0.5)

    def query_node(self, number: int) -> str:
        """The name of the query node that the cluster calls by a number."""
        for name in self.processes:
            log = (self._folder / "logs" / f"{name}.log").read_text(errors="replace")
            if re.search(rf"\[name=querynode\] \[address=[^]]*\] \[id={number}\]", log):
                return name
        raise ServerError(f"no query node has the number {number}: see {self._folder / 'logs'}")

    def n_forgotten(self) -> int:
        """How often a process wanted of the broker what it did not keep any more."""
        logs = [*(self._folder / "logs").glob("*.log")]
        return sum(log.read_text(errors="replace").count("Offset out of range") for log in logs)

    def kill(self, name: str) -> None:
        """End one process as a power cut would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End all processes."""
        for name in reversed(list(self.processes)):
            self.kill(name)

    def resident_bytes(self) -> int:
        """Memory of all its processes."""
        return sum(_bytes_of("VmRSS", process.pid) for process in self.processes.values())

    def disk_bytes(self) -> int:
        """What it keeps on disk, its log of changes included."""
        kept = [*(self._folder / "data").rglob("*")]
        return sum(path.stat().st_size for path in kept if path.is_file())

    def _settings(self) -> dict[str, str]:
        """The environment of all roles; it comes before Milvus' file of settings."""
        data = self._folder / "data"
        settings = {
            "LD_LIBRARY_PATH": str(self._folder / "bin"),
            "MILVUSCONF": str(self._folder / "configs"),
            "COMMON_STORAGETYPE": "local",
            "LOCALSTORAGE_PATH": str(data / "storage"),
            "COMMON_SESSION_TTL": str(self._session_seconds),
            **self._own_settings,
        }
        if self._roles == STANDALONE:
            return settings | {
                "DEPLOY_MODE": "STANDALONE",
                "ETCD_USE_EMBED": "true",
                "ETCD_CONFIG_PATH": str(self._write_etcd_settings()),
                "ETCD_DATA_DIR": str(data / "etcd"),
                "MQ_TYPE": "rocksmq",
                "ROCKSMQ_PATH": str(data / "rocksmq"),
            }
        return settings | {
            # Whoever takes over reads again what is not on disk yet: let that be little, since
            # the broker forgets.
            "DATANODE_SEGMENT_INSERTBUFSIZE": str(1 << 20),
            "DATANODE_SEGMENT_SYNCPERIOD": "5",
            "ETCD_USE_EMBED": "false",
            "ETCD_ENDPOINTS": self._start_etcd(data / "etcd"),
            "MQ_TYPE": "kafka",
            "KAFKA_BROKERLIST": self._start_broker(),
        }

    def _write_etcd_settings(self) -> Path:
        """Ports for the etcd that is part of Milvus, which else always takes 2379 and 2380."""
        client, peer = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        path = self._folder / "configs" / "etcd.yaml"
        path.write_text(
            json.dumps(
                {
                    "listen-client-urls": client,
                    "advertise-client-urls": client,
                    "listen-peer-urls": peer,
                    "initial-advertise-peer-urls": peer,
                    "initial-cluster": f"default={peer}",
                }
            ),
            encoding="utf-8",
        )
        return path

    def _start_etcd(self, data: Path) -> str:
        program = shutil.which("etcd")
        if program is None:
            raise ServerError("etcd is not installed: run `apt-get install etcd-server`")
        client, peer = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        self._launch(
            "etcd",
            [
                program, "--data-dir", str(data), "--listen-client-urls", client,
                "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
            ],
            {},
        )  # fmt: skip
        return client.removeprefix("http://")

    def _start_broker(self) -> str:
        if find_spec("confluent_kafka") is None:
            raise ServerError("confluent-kafka is not installed: run `make cluster-test`")
        process = self._launch("broker", [sys.executable, "-c", _BROKER], {}, subprocess.PIPE)
        assert process.stdout is not None
        return process.stdout.readline().decode().strip()

    def _start_role(self, role: str, name: str, settings: Mapping[str, str]) -> None:
        *ports, metrics = free_ports(len(_LISTENERS) + 2)
        own = {
            f"{part.upper()}_PORT": str(port) for part, port in zip(_LISTENERS, ports, strict=False)
        }
        own |= {f"{part.upper()}_IP": "127.0.0.1" for part in _LISTENERS}
        own |= {"PROXY_PORT": str(self._port), "PROXY_INTERNALPORT": str(ports[-1])}
        own |= {"METRICS_PORT": str(metrics)}
        program = str(self._folder / "bin" / "milvus")
        # Each holds a file of its name; the port tells this server's from others' here.
        self._launch(
            name, [program, "run", role, "-alias", f"{name}-{self._port}"], {**settings, **own}
        )

    def _launch(
        self,
        name: str,
        command: Sequence[str],
        settings: Mapping[str, str],
        stdout: int | None = None,
    ) -> subprocess.Popen[bytes]:
        with (self._folder / "logs" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                env={**os.environ, **settings},
                stdout=stdout or log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
            )
        return self.processes[name]


def answers(address: str, access: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a server at HOST:PORT does, asked with QA_INDEX_TOKEN and the like."""
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()  # the client would wait for it
        Server(read_address(f"milvus://{address}/t", access)).read("list_collections")
    except (OSError, LibraryError):
        return False
    return True


def count_rows(server: Server, condition: str, collection: str = "") -> int:
    """How many rows of a collection, its paragraphs' windows if no other, meet a condition."""
    (row,) = server.read(
        "query",
        collection or server.address.collection,
        filter=condition,
        output_fields=["count(*)"],
        consistency_level="Strong",
    )
    return int(row["count(*)"])


def _unpack_programs(folder: Path) -> None:
    """The programs of the package `milvus`, which are packed in it, and what they read."""
    package = find_spec("milvus")
    if package is None or not package.submodule_search_locations:
        raise ServerError("the server is not installed: run `pip install milvus==2.3.5`")
    data = Path(package.submodule_search_locations[0], "data")
    for packed in (data / "bin").glob("*.lzma"):
        program = folder / "bin" / packed.stem
        if not program.exists():
            program.write_bytes(lzma.decompress(packed.read_bytes()))
            program.chmod(0o755)
    shutil.copy(data / "glog.conf", folder / "configs")


def peak_bytes(process_id: int) -> int:
    """The most memory that a process has taken; `getrusage` would count its parent's too."""
    return _bytes_of("VmHWM", process_id)


def _bytes_of(name: str, process_id: int) -> int:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens.

    They lie below those that a system gives to outgoing connections: one of these could take
    the port of a server that is being restarted.
    """
    sockets: list[socket.socket] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if len(sockets) == count:
            break
        each = socket.socket()
        try:
            each.bind(("127.0.0.1", port))
        except OSError:
            each.close()
        else:
            sockets.append(each)
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
