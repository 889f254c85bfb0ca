"""Proxies as deploy/ has them, on this machine, before a server under test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.database.conftest import make_certificate
from tests.servers import free_port

DEPLOY = Path(__file__).parent.parent / "deploy"
AROUND_NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shipped}
}}
"""
AROUND_CADDY = """
{{
	admin off
	auto_https disable_redirects
	storage file_system {folder}/storage
}}
{shipped}
"""
AROUND_TRAEFIK = """
{shipped}
tls:
  stores:
    default:
      defaultCertificate:
        certFile: {folder}/certificate.pem
        keyFile: {folder}/key.pem
"""


class Proxy:
    """A configuration that is shipped, with addresses and a certificate of this machine."""

    program = ""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gassapi-proxy-"))
        self.port, self.plain = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.certificate, self.key = make_certificate("127.0.0.1", self.folder)

    @property
    def is_installed(self) -> bool:
        """Whether there is such a proxy to start."""
        return shutil.which(self.program) is not None

    @property
    def url(self) -> str:
        """The address that people use."""
        return f"https://127.0.0.1:{self.port}/gassapi"

    def start(self, port: int) -> None:
        """Start it before the server that listens on a port."""
        self._process = subprocess.Popen(
            self.command(port),
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        shutil.rmtree(self.folder)

    def command(self, port: int) -> list[str]:
        """Write the configuration for a server that listens on a port; return what to start."""
        raise NotImplementedError

    def write(self, shipped: str, changes: Mapping[str, str], around: str) -> Path:
        """Write a file of ``deploy/`` with changes, and with what goes around it."""
        text = (DEPLOY / shipped).read_text("utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        file = self.folder / shipped
        file.write_text(around.format(folder=self.folder, shipped=text))
        return file


class Nginx(Proxy):
    """nginx; ``speaks`` is the version of HTTP in which it talks to the server."""

    program = "nginx"

    def __init__(self, speaks: str = "1.1") -> None:
        super().__init__()
        self._speaks = speaks

    def command(self, port: int) -> list[str]:
        """Write the configuration; as root, nginx stays that, and so reads the key."""
        changes = {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "http://127.0.0.1:3000/;": f"http://127.0.0.1:{port}/;",
            "/etc/letsencrypt/live/example.com/fullchain.pem": str(self.certificate),
            "/etc/letsencrypt/live/example.com/privkey.pem": str(self.key),
            "proxy_http_version 1.1;": f"proxy_http_version {self._speaks};",
        }
        user = "" if os.getuid() else "user root;"
        file = self.write("nginx.conf", changes, user + AROUND_NGINX)
        return ["nginx", "-p", str(self.folder), "-c", str(file)]


class Caddy(Proxy):
    """Caddy, which would otherwise get a certificate by itself."""

    program = "caddy"

    def command(self, port: int) -> list[str]:
        """Write the configuration."""
        own = f"https://127.0.0.1:{self.port} {{\n\ttls {self.certificate} {self.key}\n"
        changes = {"example.com {\n": own, "127.0.0.1:3000": f"127.0.0.1:{port}"}
        file = self.write("Caddyfile", changes, AROUND_CADDY)
        return ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]


class Traefik(Proxy):
    """Traefik, with the certificate at hand instead of one that it would get by itself."""

    program = "traefik"

    def command(self, port: int) -> list[str]:
        """Write the configuration; what is Traefik's own are words of its command."""
        changes = {
            "Host(`example.com`)": "Host(`127.0.0.1`)",
            "      tls:\n        certResolver: letsencrypt\n": "      tls: {}\n",
            "http://127.0.0.1:3000": f"http://127.0.0.1:{port}",
        }
        file = self.write("traefik.yaml", changes, AROUND_TRAEFIK)
        return [
            "traefik",
            f"--entryPoints.websecure.address=127.0.0.1:{self.port}",
            f"--providers.file.filename={file}",
            "--global.checkNewVersion=false",
        ]
