"""A real SLURM of one node, for one test: its daemons, key and spool lie in one folder.

The queue is asked with `squeue`: there is no accounting, so `sacct` would never answer.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
DAEMONS = ("munged", "slurmctld", "slurmd")
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,defer_batch
MinJobAge=3600
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={megabytes} State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def path() -> str:
    """Where programs are looked for; daemons lie where only root looks."""
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])


def installed() -> bool:
    """Whether SLURM is here."""
    return all(shutil.which(name, path=path()) for name in (*DAEMONS, "sbatch"))


def install() -> str:
    """Install SLURM where that can be done; why it cannot, or nothing."""
    if installed():
        return ""
    if os.geteuid() or not shutil.which("apt-get"):
        return "SLURM is not here, and only root with apt-get can install it"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            ["apt-get", "--quiet", *command], env=environment, capture_output=True, text=True
        )
    return "" if installed() else f"apt-get could not install SLURM: {done.stderr[-300:]}"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def daemon(name: str, *arguments: str, log: Path, environment: dict[str, str]) -> Iterator[None]:
    """A daemon that ends with the block."""
    with log.open("wb") as output:
        command = [str(shutil.which(name, path=path())), *arguments]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def slurm(folder: Path, cpus: int) -> Iterator[dict[str, str]]:
    """SLURM with one node of ``cpus`` CPUs and this machine's memory; gives its environment."""
    folder.chmod(0o755)
    configuration, key = folder / "slurm.conf", folder / "munge.key"
    page = os.sysconf("SC_PAGE_SIZE")
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            host=socket.gethostname().split(".")[0],
            user=subprocess.check_output(["id", "-un"], text=True).strip(),
            controller_port=free_port(),
            node_port=free_port(),
            cpus=cpus,
            megabytes=os.sysconf("SC_PHYS_PAGES") * page // 2**20 * 9 // 10,
        )
    )
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    # Snakemake's job step hides SLURM's variables from srun
    srun = folder / "bin/srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={configuration} exec {shutil.which("srun")} "$@"\n')
    srun.chmod(0o755)
    programs = f"{srun.parent}{os.pathsep}{path()}"
    environment = {**os.environ, "SLURM_CONF": str(configuration), "PATH": programs}
    files = {f"--{kind}-file": f"munge.{kind}" for kind in ("key", "pid", "log", "seed")}
    munge = [f"{option}={folder / name}" for option, name in files.items()]
    munge += [f"--socket={folder / 'munge.socket'}", "--foreground", "--force"]
    with ExitStack() as running:
        for name, arguments in (
            ("munged", munge),
            ("slurmctld", ["-D"]),
            ("slurmd", ["-D"]),
        ):
            log = folder / f"{name}.output"
            running.enter_context(daemon(name, *arguments, log=log, environment=environment))
        try:
            yield environment
        finally:  # what still runs outlives its daemon
            cancel = ["scancel", "--full", "--state=RUNNING"]
            subprocess.run(cancel, env=environment, check=False)
