"""A feed-forward network cut into the blocks that greedy or per-layer methods look at."""

from torch import nn


def blocks(network: nn.Module) -> list[nn.Sequential]:
    """Cut ``network``, a flat sequence, so that each block has one layer with weights.

    Activations, and what brings outputs into shape, belong to the layer before them; flattening
    belongs to the layer after it. The blocks share the network's layers and, in order, are the
    network; the k-th block of an encoder and the k-th from the end of its decoder face each other.
    """
    found: list[list[nn.Module]] = [[]]
    for layer in network.children():
        if has_weights(*found[-1]) and (has_weights(layer) or isinstance(layer, nn.Flatten)):
            found.append([])
        found[-1].append(layer)
    return [nn.Sequential(*layers) for layers in found]


def has_weights(*layers: nn.Module) -> bool:
    """Whether any of ``layers`` has parameters."""
    return any(True for layer in layers for _ in layer.parameters())
