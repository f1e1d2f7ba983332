"""Transformer blocks over sequences of tokens, with normalisation before each part.

Vaswani et al. 2017; Xiong et al. 2020 for the place of the normalisation.
"""

import math

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """Self-attention of ``heads`` heads, then a perceptron four times as wide."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_perceptron = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.mixed = nn.Linear(width, width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T, width) to (B, T, width)."""
        tokens = tokens + self.attention(self.before_attention(tokens))
        tokens = tokens + self.perceptron(self.before_perceptron(tokens))
        return tokens

    def attention(self, tokens: Tensor) -> Tensor:
        """Every token's mixture of all tokens' values, (B, T, width)."""
        projected = self.queries_keys_values(tokens).unflatten(2, (3, self.heads, -1))
        queries, keys, values = projected.permute(2, 0, 3, 1, 4)  # each (B, heads, T, width/heads)
        similarity = queries @ keys.transpose(2, 3) / math.sqrt(queries.shape[3])
        attended = torch.softmax(similarity, dim=3) @ values
        mixed: Tensor = self.mixed(attended.transpose(1, 2).flatten(2))
        return mixed


def blocks(depth: int, width: int, heads: int) -> nn.Module:
    """``depth`` blocks and a last normalisation, (B, T, width) to (B, T, width)."""
    return nn.Sequential(*(Block(width, heads) for _ in range(depth)), nn.LayerNorm(width))


def positions(side: int, width: int) -> Tensor:
    """Fixed sine and cosine positions of a side × side grid, (side², width), half of the numbers
    for the row and half for the column. Raises `ValueError` unless 4 divides ``width``.
    """
    if width % 4:
        raise ValueError(f"positions of width {width}: 4 must divide it")
    frequencies = 1 / 10000 ** (torch.arange(width // 4) / (width // 4))
    angles = torch.arange(side)[:, None] * frequencies  # (side, width / 4)
    along = torch.cat([angles.sin(), angles.cos()], dim=1)  # (side, width / 2)
    rows = along[:, None].expand(side, side, -1)
    columns = along[None].expand(side, side, -1)
    return torch.cat([rows, columns], dim=2).flatten(0, 1)
