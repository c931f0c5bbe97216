"""The hand-written gradient against Torch's autograd."""

from itertools import pairwise

import pytest
import torch

from xlsgd.mnist import model


def torch_model(sizes, flat):
    """PyTorch's own layers with the same weights."""
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers += [torch.nn.Linear(inputs, outputs, dtype=flat.dtype), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    torch.nn.utils.vector_to_parameters(flat.clone(), net.parameters())
    return net


def batch(sizes, dtype, n=16):
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(n, sizes[0], generator=generator, dtype=dtype)
    labels = torch.randint(0, sizes[-1], (n,), generator=generator)
    return x, labels, torch.eye(sizes[-1], dtype=dtype)[labels].t().contiguous()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-14), (torch.float32, 1e-6)])
@pytest.mark.parametrize("sizes", [[64, 10], [64, 20, 10], [784, 50, 10]])
def test_loss_and_gradient_are_autograds(sizes, dtype, tolerance):
    flat = model.draw(sizes, seed=3).to(dtype)
    x, labels, target = batch(sizes, dtype)
    net = torch_model(sizes, flat)
    expected = torch.nn.functional.cross_entropy(net(x), labels)
    expected.backward()
    by_autograd = torch.cat([p.grad.reshape(-1) for p in net.parameters()])
    with torch.no_grad():
        product = model.product_for(x.device, x.dtype)
        loss, gradient = model.loss_and_gradient(model.unpack(flat, sizes), x, target, first_product=product)
    # Rounding alone: a few units in the last place of sums of up to 784 products, none above 1.
    assert float(loss) == pytest.approx(float(expected.detach()), abs=tolerance)
    torch.testing.assert_close(gradient, by_autograd, rtol=0, atol=tolerance)


def test_frozen_layers_get_no_gradient_and_the_others_the_same():
    sizes = [64, 20, 10]
    flat = model.draw(sizes, seed=3).double()
    x, _, target = batch(sizes, torch.float64)
    with torch.no_grad():
        whole = model.loss_and_gradient(model.unpack(flat, sizes), x, target)[1]
        part = model.loss_and_gradient(model.unpack(flat, sizes), x, target, frozen=1)[1]
    assert torch.equal(part, whole[model.count([64, 20]) :])


def test_unpacked_layers_are_views_that_make_up_the_flat_tensor():
    sizes = [6, 5, 4]
    flat = torch.arange(float(model.count(sizes)))
    layers = model.unpack(flat, sizes)
    assert [tuple(t.shape) for layer in layers for t in layer] == [(5, 6), (5,), (4, 5), (4,)]
    assert torch.equal(torch.cat([t.reshape(-1) for layer in layers for t in layer]), flat)
    layers[1][1].zero_()
    assert flat[-4:].tolist() == [0.0] * 4


def test_first_weights_are_drawn_as_pytorch_draws_a_linear_layers():
    torch.manual_seed(0)
    ours = model.unpack(model.draw([784, 50, 10], seed=0), [784, 50, 10])
    for (weight, bias), (inputs, outputs) in zip(ours, [(784, 50), (50, 10)], strict=True):
        theirs = torch.nn.Linear(inputs, outputs)
        assert max(weight.abs().max(), bias.abs().max()) <= inputs**-0.5
        # Uniform in +-1/sqrt(n): standard deviation 1/sqrt(3n); 500 draws and more give it to 10%.
        assert float(weight.std()) == pytest.approx((3 * inputs) ** -0.5, rel=0.1)
        assert float(weight.std()) == pytest.approx(float(theirs.weight.detach().std()), rel=0.1)


def test_the_seed_decides_the_first_weights():
    assert torch.equal(model.draw([64, 10], 1), model.draw([64, 10], 1))
    assert not torch.equal(model.draw([64, 10], 1), model.draw([64, 10], 2))


def test_the_first_layers_product_is_the_matrix_product():
    a, b = torch.rand(50, 784, generator=torch.Generator().manual_seed(0)), torch.rand(64, 784).t()
    with torch.no_grad():
        ours = model.product_for(a.device, a.dtype)(a, b)
    # Float32 sums of 784 products of numbers below 1, about 200: 1e-3 is some fifty units
    # in the last place, and no bf16 or tf32 product would come so near.
    torch.testing.assert_close(ours.double(), a.double() @ b.double(), rtol=0, atol=1e-3)
