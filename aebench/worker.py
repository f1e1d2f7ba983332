"""A warm process that jobs are forked from, so that a run imports torch once and not per job.

The workflow starts it when there are jobs and it lives exactly as long: it holds the read end of a
pipe whose other end is Snakemake's. A job's shell runs this file as a small client, which hands
the script, its arguments and its output to a fork of the server, waits, and leaves with its status.
The project's own modules are never imported before the fork. Where no server runs (on a cluster
node, or with conda environments), `python` is just Python.
"""

import json
import os
import socket
import sys

SOCKET = "AEBENCH_WORKER"
SHELL_FUNCTION = (
    f'python() {{ if [ -S "${SOCKET}" ]; then command python -SEP {__file__} "$@"; '
    'else command python "$@"; fi; }; '
)
PRELOADED = (
    "torch._dynamo",
    "torch.utils.flop_counter",
    "safetensors.torch",
    "sklearn.decomposition",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.neighbors",
    "skimage.metrics",
    "scipy.stats",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_pdf",
    "jinja2",
)
ENDED = """\
Ended by signal {}. Where nobody sent it, the system did, as it does when memory runs out: fewer
jobs at once (--cores 1) leave more for each. The next call does this job again; a training goes on
from its last checkpoint."""
GONE = "The warm process that ran this job was ended. The next call does this job again."
_running: list = []  # type: ignore[type-arg]


def start() -> None:
    """Start a server for the jobs of this process and name its socket in the environment."""
    import subprocess
    import tempfile

    path = os.path.join(tempfile.mkdtemp(prefix="aebench-"), "socket")
    server = subprocess.Popen(
        [sys.executable, "-P", __file__, "--serve", path],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    os.environ[SOCKET] = path
    _running.append(server)
    import time

    while not os.path.exists(path) and server.poll() is None:
        time.sleep(0.01)


def stop() -> None:
    """End the server and wait for it, so that its CPU time counts as this process's children's."""
    while _running:
        server = _running.pop()
        server.stdin.close()
        server.wait()
    os.environ.pop(SOCKET, None)


def serve(path: str) -> None:
    """Fork a job for every connection until standard input ends."""
    import gc
    import importlib
    import select
    import shutil

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    try:
        for module in PRELOADED:
            importlib.import_module(module)
        gc.freeze()
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [], 1.0)
            _reap()
            if sys.stdin in ready:
                break
            if listening in ready:
                connection, _ = listening.accept()
                if os.fork() == 0:
                    listening.close()
                    _attend(connection)
                connection.close()
    finally:
        shutil.rmtree(os.path.dirname(path), ignore_errors=True)
    while _reap(0):
        pass


def _reap(flags: int = os.WNOHANG) -> bool:
    """Collect attendants that ended; whether there are others to wait for."""
    try:
        while os.waitpid(-1, flags)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _attend(connection: socket.socket) -> None:
    """Run one job in a child; end it when its client or Snakemake is gone."""
    import select
    import signal

    message, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 2)
    while not message.endswith(b"\n"):
        more = connection.recv(1 << 20)
        if not more:  # the client is gone
            os._exit(0)
        message += more
    alive, held = os.pipe()
    job = os.fork()
    if job == 0:
        os.close(alive)
        connection.close()
        _run(json.loads(message), descriptors)
    os.close(held)
    ready, _, _ = select.select([alive, connection, sys.stdin], [], [])
    if alive not in ready:
        os.kill(job, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(job, 0)[1])
    try:
        connection.send(f"{status}\n".encode())
    except OSError:
        pass
    os._exit(0)


def _run(request: dict, descriptors: list[int]) -> None:  # type: ignore[type-arg]
    """Become the job: its output, folder, environment and arguments, then its script."""
    import runpy
    import traceback

    status = 1
    try:
        try:
            nothing = os.open(os.devnull, os.O_RDONLY)
            for number, descriptor in enumerate([nothing, *descriptors]):
                os.dup2(descriptor, number)
            os.chdir(request["folder"])
            os.environ.clear()
            os.environ.update(request["environment"])
            sys.argv = request["arguments"]
            runpy.run_path(sys.argv[0], run_name="__main__")
            status = 0
        except SystemExit as leaving:
            code = leaving.code
            status = code if isinstance(code, int) else int(code is not None)
            if isinstance(code, str):
                print(code, file=sys.stderr)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)  # even where the disk has no room for what it wants to say


def ask(path: str, arguments: list[str]) -> int:
    """Have the server run a script; returns its exit status (128 + signal where one ended it).

    Becomes the script itself where the server is gone.
    """
    request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
        except OSError:
            os.execv(sys.executable, [sys.executable, *arguments])
        message = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(connection, [message], [1, 2])
        connection.sendall(message[sent:])
        answer = connection.makefile().readline()
    if not answer:
        print(GONE, file=sys.stderr)
    status = int(answer or 1)
    if status < 0:
        print(ENDED.format(-status), file=sys.stderr)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        sys.exit(ask(os.environ[SOCKET], sys.argv[1:]))
