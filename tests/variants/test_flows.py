"""The inverse autoregressive flow and its VAE, pinned to mathematics they must obey."""

from typing import Any

import pytest
import torch
from torch import Generator, Tensor, nn

from aebench.bottlenecks.inverse_autoregressive_flow import InverseAutoregressiveFlow
from aebench.data import Description
from aebench.nn.masked_perceptron import MaskedPerceptron
from tests.conftest import batch_of, build


def jacobian_of(flow: nn.Module, code: Tensor, context: Tensor) -> Tensor:
    """∂ flow(code) / ∂ code, (numbers, numbers)."""
    jacobian: Tensor = torch.func.jacrev(lambda z: flow(z[None], context[None])[0][0])(code)
    return jacobian


def test_an_output_sees_the_inputs_before_it_alone_and_the_context() -> None:
    network = MaskedPerceptron(5, 2, 3, width=32, depth=2)
    codes, context = torch.randn(5), torch.randn(3)
    of_codes = torch.func.jacrev(lambda z: network(z[None], context[None])[0])(codes)
    of_context = torch.func.jacrev(lambda c: network(codes[None], c[None])[0])(context)
    for jacobian in of_codes:
        assert torch.equal(jacobian.ne(0), torch.ones(5, 5).tril(-1).bool())
    assert of_context.ne(0).all()


def test_a_single_number_still_sees_the_context() -> None:
    network = MaskedPerceptron(1, 2, 3, width=8, depth=2)
    context = torch.randn(4, 3)
    apart = network(torch.randn(4, 1), context)
    torch.testing.assert_close(apart, network(torch.randn(4, 1), context))
    assert apart[:, 0].std() > 0


def test_the_flows_log_determinant_is_that_of_its_jacobian() -> None:
    torch.manual_seed(0)
    flow = InverseAutoregressiveFlow(4, 3, width=16, depth=2, steps=3).double()
    for parameter in flow.parameters():
        nn.init.normal_(parameter, std=0.5)
    codes, context = torch.randn(6, 4).double(), torch.randn(6, 3).double()
    for code, features, found in zip(codes, context, flow(codes, context)[1], strict=True):
        jacobian = jacobian_of(flow, code, features)
        torch.testing.assert_close(found, jacobian.slogdet().logabsdet)


def test_reversing_between_steps_lets_every_number_depend_on_every_other() -> None:
    torch.manual_seed(0)
    one, two = (InverseAutoregressiveFlow(4, 3, 32, 2, steps) for steps in (1, 2))
    for flow in (one, two):
        for parameter in flow.parameters():
            nn.init.normal_(parameter, std=0.5)
    code, context = torch.randn(4), torch.randn(3)
    assert torch.equal(jacobian_of(one, code, context).triu(1), torch.zeros(4, 4))
    # the first steps' Jacobian is lower triangular, the second's upper in the first's order
    assert jacobian_of(two, code, context).ne(0).sum() > 10


def test_flows_begin_near_the_identity(description: Description, images: Tensor) -> None:
    variant = build("vae-iaf", description, flows=1)
    start, context = variant.start(images)
    gates = torch.sigmoid(variant.flow.steps[0](start.mu, context)[:, 1])
    assert 0.75 < gates.min() and gates.max() < 0.97


def closed_to_change(flow: Any) -> None:
    """Open every gate: the flow becomes the identity."""
    for step in flow.steps:
        nn.init.zeros_(step.weights[-1])
        nn.init.constant_(step.biases[-1], 60.0)


def test_iaf_with_identity_flows_is_the_vae(description: Description, images: Tensor) -> None:
    vae, iaf = build("vae", description), build("vae-iaf", description, flows=2)
    closed_to_change(iaf.flow)
    iaf.encoder[:-1].load_state_dict(vae.encoder[:-1].state_dict())
    iaf.decoder.load_state_dict(vae.decoder.state_dict())
    last, theirs = iaf.encoder[-1], vae.encoder[-1]
    with torch.no_grad():
        last.weight[:8], last.bias[:8] = theirs.weight, theirs.bias
    # two steps reverse the order of the numbers once
    vae.decoder[0].weight.data = vae.decoder[0].weight.data.flip(1)
    ours, expected = iaf.loss(batch_of(images), 0), vae.loss(batch_of(images), 0)
    torch.testing.assert_close(ours, expected)
    weights = iaf.log_weights(images, 3, Generator().manual_seed(1))
    torch.testing.assert_close(weights, vae.log_weights(images, 3, Generator().manual_seed(1)))
    torch.testing.assert_close(iaf.encode(images), vae.encode(images).flip(1))


def test_the_bound_of_iaf_is_its_loss(description: Description, images: Tensor) -> None:
    """The loss takes part of the divergence in closed form: equal on average, less noisy."""
    torch.manual_seed(0)
    iaf = build("vae-iaf", description, width=16)
    for parameter in iaf.flow.parameters():
        nn.init.normal_(parameter, std=0.3)
    with torch.no_grad():
        weights, _ = iaf.log_weights(images, 100, Generator().manual_seed(1))
        losses = [sum(iaf.loss(batch_of(images, seed), 0).values()) for seed in range(100)]
    loss = torch.stack(losses).mean()
    torch.testing.assert_close(loss, -weights.mean(), rtol=0, atol=0.03)


def test_the_density_of_iaf_integrates_to_one(description: Description, images: Tensor) -> None:
    """E_q[p(z) / q(z|x)] = 1 of a q wider than p, but not with the determinant's wrong sign."""
    torch.manual_seed(0)
    iaf = build("vae-iaf", description, width=16)
    with torch.no_grad():
        for parameter in iaf.flow.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    nn.init.constant_(iaf.encoder[-1].bias[4:8], 2.0)
    copies = images[:1].expand(100_000, -1, -1, -1)
    with torch.no_grad():
        weights, likelihoods = iaf.log_weights(copies, 1, Generator().manual_seed(1))
    ratios = (weights - likelihoods).exp()
    assert ratios.std() < 5
    assert ratios.mean().item() == pytest.approx(1, abs=0.05)
