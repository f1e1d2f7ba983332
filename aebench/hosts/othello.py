"""A small transformer that has learned to make legal moves in Othello: the host of `board-game`.

It reads the moves of a game, no board, and says which may come next. To do so it must keep a board
in its hidden states (Li et al. 2023; linear in "mine" and "yours": Nanda et al. 2023), on which
sparse autoencoders are judged (Karvonen et al. 2024). Games are random, every legal move as likely
as any other, so what the network should say is known: it is trained against these probabilities
instead of moves drawn by them, which is the same loss in the mean and has less noise, and no
network's loss is below

    floor = mean log(number of legal moves).

Hidden states are what stands between two blocks. They are given times ``scale``, one number that
makes their mean squared norm their dimension, as in `aebench.datasets.superposition`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from aebench.data import Array
from aebench.files import read_json, reading, write_json, write_tensors
from aebench.hosts.othello_games import are_rows, covering, lessons, within
from aebench.hosts.othello_network import cross_entropies, floor, hidden, logits, targets
from aebench.hosts.othello_rules import Games
from aebench.hosts.probes import commonest_share, linear_probe_accuracy, unit_scale
from aebench.nn.causal_transformer import CausalTransformer

WIDTH, DEPTH, HEADS = 64, 3, 4
LAYER = 1
"""Blocks before the hidden states that are the data."""
GAMES, STEPS, BATCH, LEARNING_RATE = 40000, 2400, 64, 4e-3
PROBED = 5000
"""Rows, about, that probes learn from, and as many that they and the network are judged on."""


@dataclass(frozen=True)
class Host:
    """The trained network, the board's side, and what its hidden states are multiplied by."""

    network: CausalTransformer
    side: int
    scale: float


def train(
    folder: Path, *, side: int = 4, games: int = GAMES, steps: int = STEPS, probed: int = PROBED
) -> None:
    """Train on games with boards of ``side``² and write ``host.safetensors`` and ``host.json``.

    Minimises the cross-entropy by AdamW under a one-cycle learning rate; the same bytes for the
    same arguments. What it has learned is judged, and read by probes, on ``probed`` rows.
    """
    torch.use_deterministic_algorithms(True)
    lesson = lessons(games, side)
    moves, wanted = torch.from_numpy(lesson.moves), torch.from_numpy(targets(lesson))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = CausalTransformer(side**2, side**2 - 4, WIDTH, DEPTH, HEADS)
    optimiser = torch.optim.AdamW(network.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    order = Generator().manual_seed(0)
    for _ in range(steps):
        rows = torch.randint(len(moves), (BATCH,), generator=order)
        loss = cross_entropies(network(moves[rows]), wanted[rows]).sum() / wanted[rows].sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    learned, judged = (covering(split, probed, side) for split in ("train", "test"))
    _save(folder, Host(network.eval(), side, 1.0), learned, judged)


def load(folder: Path) -> Host:
    """Read what `train` wrote."""
    from safetensors.torch import load_file

    facts = read_json(folder / "host.json")
    side = facts["side"]
    network = CausalTransformer(side**2, side**2 - 4, WIDTH, DEPTH, HEADS)
    path = folder / "host.safetensors"
    with reading(path):
        network.load_state_dict(load_file(path))
    return Host(network.eval(), side, facts["scale"])


@torch.no_grad()
def activations(host: Host, games: Games) -> Array:
    """Hidden states float32 (n, d) of all rows of ``games``, in order of game and place."""
    states = hidden(host.network, torch.from_numpy(games.moves), LAYER)
    return host.scale * states.numpy()[are_rows(games)]


@torch.no_grad()
def losses(folder: Path, reconstructions: Array) -> dict[str, float]:
    """Mean cross-entropies in nats of the next move where the hidden states of the first n test
    rows, cut to whole games, are their own (``host_loss``), ``reconstructions`` (n, d)
    (``spliced_loss``), 0 (``ablated_loss``) or their mean (``mean_ablated_loss``), and the least
    there can be, ``loss_floor``.

    Raises `ValueError` where n rows are less than one game.
    """
    host = load(folder)
    games = within("test", len(reconstructions), host.side)
    rows, wanted = torch.from_numpy(are_rows(games)), torch.from_numpy(targets(games))
    states = hidden(host.network, torch.from_numpy(games.moves), LAYER)
    own = activations(host, games)

    def loss(replaced: Array) -> float:
        states[rows] = torch.from_numpy(replaced.astype(np.float32)) / host.scale
        return float(cross_entropies(logits(host.network, states, LAYER), wanted)[rows].mean())

    return {
        "host_loss": loss(own),
        "spliced_loss": loss(reconstructions[: len(own)]),
        "ablated_loss": loss(np.zeros_like(own)),
        "mean_ablated_loss": loss(np.tile(own.mean(axis=0), (len(own), 1))),
        "loss_floor": floor(games),
    }


def _save(folder: Path, host: Host, learned: Games, judged: Games) -> None:
    """Write the network, its scale and what is known of it."""
    network = host.network
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    write_tensors(folder / "host.safetensors", state)
    facts = {
        "side": host.side,
        "scale": unit_scale(activations(host, learned)),
        "architecture": f"a transformer of {DEPTH} blocks of width {WIDTH} with {HEADS} heads",
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "layer": LAYER,
        **_said(network, judged),
        "loss_floor": floor(judged),
        "probe_accuracy": _probed(network, learned, judged),
        "probe_baseline": float(commonest_share(*(_boards(g) for g in (learned, judged))).mean()),
    }
    write_json(folder / "host.json", facts)


@torch.no_grad()
def _said(network: CausalTransformer, games: Games) -> dict[str, float]:
    """Over the rows of ``games``: the loss, and how often the likeliest move is legal."""
    rows = are_rows(games)
    answers = network(torch.from_numpy(games.moves))
    loss = cross_entropies(answers, torch.from_numpy(targets(games))).numpy()[rows].mean()
    legal = np.take_along_axis(games.legal, answers.numpy().argmax(2)[..., None], axis=2)[rows]
    return {"loss": float(loss), "legal_share": float(legal.mean())}


@torch.no_grad()
def _probed(network: CausalTransformer, learned: Games, judged: Games) -> list[float]:
    """How well a linear probe reads the squares off the hidden states after 0, 1, … blocks."""
    found = []
    for layer in range(DEPTH + 1):
        states = [
            hidden(network, torch.from_numpy(games.moves), layer).numpy()[are_rows(games)]
            for games in (learned, judged)
        ]
        boards = [_boards(games) for games in (learned, judged)]
        accuracy = linear_probe_accuracy(states[0], boards[0], states[1], boards[1])
        found.append(float(accuracy.mean()))
    return found


def _boards(games: Games) -> Array:
    """What every square holds, int64 (n, side²), of all rows."""
    boards: Array = games.boards[are_rows(games)]
    return boards
