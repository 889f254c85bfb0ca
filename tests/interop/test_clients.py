"""Clients made of our OpenAPI document by others' programs: they compile, and work on a server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gassapi_backend.server.openapi import document
from tests.interop import npm
from tests.processes import PASSWORD, Cli, Server

PYTHON_GENERATOR = "openapi-python-client==0.29.1"
FETCH = """
import createClient from "openapi-fetch";
import type { paths } from "./schema";

async function main() {
const [url, password] = process.argv.slice(2);
const anybody = createClient<paths>({ baseUrl: url });
const signedIn = await anybody.POST("/api/v1/auth/login", {
  body: { email: "you@example.com", password },
});
if (!signedIn.data) throw new Error(signedIn.error.error.code);
const Authorization = `Bearer ${signedIn.data.tokens.accessToken}`;
const client = createClient<paths>({ baseUrl: url, headers: { Authorization } });
const made = await client.POST("/api/v1/projects", { body: { name: "By fetch" } });
if (!made.data) throw new Error(made.error.error.message);
const params = { path: { project_id: made.data.project.id } };
const read = await client.GET("/api/v1/projects/{project_id}", { params });
const refused = await client.GET("/api/v1/projects/{project_id}", {
  params: { path: { project_id: "01a20200-0000-7000-8000-000000000000" } },
});
console.log(JSON.stringify([read.data?.project.name, refused.error?.error.code]));
}
void main();
"""
GENERATED = """
import { client } from "./client/client.gen";
import { getProject, postAuthLogin, postProjects } from "./client";

async function main() {
const [url, password] = process.argv.slice(2);
client.setConfig({ baseUrl: url });
const signedIn = await postAuthLogin({ body: { email: "you@example.com", password } });
client.setConfig({ baseUrl: url, auth: signedIn.data!.tokens.accessToken });
const made = await postProjects({ body: { name: "By SDK" } });
const read = await getProject({ path: { project_id: made.data!.project.id } });
const nobody = "01a20200-0000-7000-8000-000000000000";
const refused = await getProject({ path: { project_id: nobody } });
console.log(JSON.stringify([read.data?.project.name, refused.error?.error.code]));
}
void main();
"""
PYTHON = """
import json, sys
from gass_api_client import AuthenticatedClient, Client
from gass_api_client.api.authentication import post_auth_login
from gass_api_client.api.projects import get_project, post_projects
from gass_api_client.models import Credentials, NewProject

url, password = sys.argv[1:]
said = Credentials(email="you@example.com", password=password)
signed_in = post_auth_login.sync(client=Client(url), body=said)
client = AuthenticatedClient(url, signed_in.tokens.access_token)
made = post_projects.sync(client=client, body=NewProject(name="By Python"))
read = get_project.sync(made.project.id, client=client)
refused = get_project.sync("01a20200-0000-7000-8000-000000000000", client=client)
print(json.dumps([read.project.name, refused.error.code]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one account."""
    cli = Cli(tmp_path_factory.mktemp("server"))
    cli.user()
    with Server(cli) as server:
        yield server


@pytest.fixture
def described(tmp_path: Path, server: Server) -> Path:
    """Our document, in a file."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document(server.url)))
    return file


def compiled(folder: Path, source: str) -> Path:
    """Compile a program as strictly as can be; return what node runs."""
    (folder / "main.ts").write_text(source)
    (folder / "node_modules").symlink_to(npm.HOME / "node_modules")
    flags = ["--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"]
    flags += ["--module", "commonjs", "--moduleResolution", "node10", "--types", "node"]
    done = npm.run("tsc", *flags, "--outDir", "out", "main.ts", folder=folder)
    assert (done.code, done.output) == (0, "")
    return folder / "out" / "main.js"


def run_by_node(program: Path, server: Server) -> list[str]:
    done = subprocess.run(
        ["node", str(program), server.url, PASSWORD],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return list(json.loads(done.stdout))


def test_types_for_openapi_fetch(described: Path, server: Server) -> None:
    folder = described.parent
    flags = ["--default-non-nullable=false", "-o", "schema.d.ts"]  # a default may be left out
    assert npm.run("openapi-typescript", "openapi.json", *flags, folder=folder).code == 0
    assert run_by_node(compiled(folder, FETCH), server) == ["By fetch", "NOT_FOUND"]


def test_an_sdk_in_typescript(described: Path, server: Server) -> None:
    folder = described.parent
    flags = ["-i", "openapi.json", "-o", "client", "-c", "@hey-api/client-fetch"]
    done = npm.run("openapi-ts", *flags, folder=folder)
    assert done.code == 0, done.output
    assert run_by_node(compiled(folder, GENERATED), server) == ["By SDK", "NOT_FOUND"]


@pytest.fixture(scope="module")
def generator() -> Path:
    """An environment with the generator of Python clients; skips where pip reaches no index."""
    home = npm.HOME / "python"
    program = home / "bin" / "openapi-python-client"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin" / "pip"), "install", "--quiet", PYTHON_GENERATOR]
        done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip(f"pip cannot get {PYTHON_GENERATOR}")
    return home / "bin"


def test_a_client_in_python(described: Path, server: Server, generator: Path) -> None:
    folder = described.parent
    command = [str(generator / "openapi-python-client"), "generate", "--meta", "none"]
    command += ["--path", str(described), "--output-path", str(folder / "gass_api_client")]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout + done.stderr
    assert len(list((folder / "gass_api_client" / "models").iterdir())) < 500
    ran = subprocess.run(
        [str(generator / "python"), "-c", PYTHON, server.url, PASSWORD],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == ["By Python", "NOT_FOUND"]
