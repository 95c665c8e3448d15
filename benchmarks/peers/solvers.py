"""The solvers that `side_by_side.py` times, each in a process of its own that is asked over a pipe.

Each takes the same arrays: coefficients [B, N, D, D, K] with the unit matrix at the highest order, forcing [B, N, D],
steps [B, N-1], initial [B, 1, D, K-1], all float64. Each gives back two functions without arguments: one that solves
and returns the derivatives 0 to K-2 at all points [B, N, D, K-1], and one that also differentiates their sum by the
four arrays.

The Runge-Kutta solvers get y = (u, .., u^(K-2)) with coefficients that are constant between two points. Time is counted
in intervals, so that every batch element can have steps of its own: dy/ds = h_i f(s, y) for i <= s < i + 1.
"""

import importlib.util
import pathlib
import sys
import time

import numpy as np

NAMES = ["coefficients", "forcing", "steps", "initial"]


def load(folder):
    return [np.load(pathlib.Path(folder) / f"{name}.npy") for name in NAMES]


def in_torch(arrays, solve):
    """The two functions for a solver in PyTorch."""
    import torch

    torch.set_num_threads(1)
    inputs = [torch.tensor(array, requires_grad=True) for array in arrays]

    def forward():
        with torch.no_grad():
            return solve(*inputs).numpy()

    def both():
        return torch.autograd.grad(solve(*inputs).sum(), inputs)

    return forward, both


def smnn(arrays, path):
    spec = importlib.util.spec_from_file_location("smnn", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def solve(coefficients, forcing, steps, initial):
        # It returns the highest derivative, too, which costs nothing.
        return module.ode_forward(coefficients, forcing, initial, steps)[..., :-1]

    return in_torch(arrays, solve)


def torchdiffeq(arrays, method):
    import torch
    from torchdiffeq import odeint

    def solve(coefficients, forcing, steps, initial):
        batch, points, dims, _, orders = coefficients.shape
        # Taken apart once: an index in the right-hand side would make a gradient as large as the whole array each time.
        matrices = coefficients[..., :-1].reshape(batch, points, dims, dims * (orders - 1)).unbind(1)
        forces = forcing.unsqueeze(-1).unbind(1)
        widths = steps.reshape(batch, points - 1, 1, 1).unbind(1)

        def rate(s, y):
            i = min(int(s), points - 2)
            highest = torch.baddbmm(forces[i], matrices[i], y.reshape(batch, -1, 1), alpha=-1)
            return widths[i] * torch.cat([y[..., 1:], highest], -1)

        times = torch.arange(points, dtype=torch.float64)
        # Both options say that the right-hand side jumps at the points.
        options = {"perturb": True} if method == "rk4" else {"jump_t": times[1:-1]}
        return odeint(rate, initial[:, 0], times, rtol=1e-6, atol=1e-6, method=method, options=options).transpose(0, 1)

    return in_torch(arrays, solve)


def diffrax(arrays, adaptive):
    import diffrax
    import jax
    import jax.numpy as jnp

    points = arrays[0].shape[1]
    times = jnp.arange(points, dtype=float)

    def rate(s, y, arrays):
        coefficients, forcing, steps = arrays
        i = jnp.minimum(s.astype(int), points - 2)
        highest = forcing[i] - jnp.einsum("edk,dk->e", coefficients[i, ..., :-1], y)
        return steps[i] * jnp.concatenate([y[:, 1:], highest[:, None]], 1)

    class Jumping(diffrax.StepTo):
        """Given steps with a jump of the right-hand side after each, which diffrax's own fixed steps cannot be told of:
        Tsit5 takes over the last evaluation of a step into the next, and would take it from the wrong side."""

        def adapt_step_size(self, *state):
            keep, start, end, _, index, result = super().adapt_step_size(*state)
            # Not Python's True, which diffrax would take for "never, as at the start".
            return keep, jnp.round(start), end, jnp.array(True), index, result

    def solve_one(coefficients, forcing, steps, initial):
        if adaptive:
            inner = diffrax.PIDController(rtol=1e-6, atol=1e-6)
            controller = diffrax.ClipStepSizeController(inner, jump_ts=times[1:-1])
        else:
            # Every step but the last ends just before the jump at its end.
            controller = Jumping(times.at[1:-1].set(jnp.nextafter(times[1:-1], 0.0)))
        return diffrax.diffeqsolve(
            diffrax.ODETerm(rate), diffrax.Tsit5(), 0.0, float(points - 1), 0.1 if adaptive else None, initial[0],
            args=(coefficients, forcing, steps), saveat=diffrax.SaveAt(ts=times), stepsize_controller=controller,
            max_steps=4 * points if adaptive else points,
        ).ys

    solve = jax.vmap(solve_one)
    inputs = [jnp.asarray(array) for array in arrays]
    compiled = jax.jit(solve)
    gradient = jax.jit(jax.grad(lambda arrays: solve(*arrays).sum()))
    return lambda: np.asarray(compiled(*inputs)), lambda: jax.block_until_ready(gradient(inputs))


PEERS = {
    "S-MNN": smnn,
    "torchdiffeq rk4": lambda arrays, _: torchdiffeq(arrays, "rk4"),
    "torchdiffeq dopri5": lambda arrays, _: torchdiffeq(arrays, "dopri5"),
    "diffrax Tsit5 fixed": lambda arrays, _: diffrax(arrays, False),
    "diffrax Tsit5 adaptive": lambda arrays, _: diffrax(arrays, True),
}


def fastest(work):
    """Seconds of the fastest of five calls, or of fewer where they take more than a second together."""
    spent = []
    while len(spent) < 5 and sum(spent) < 1:
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def serve(pipe, name, folder, path):
    """Answers 'forward' or 'both' with seconds. The first answer is the solution, after a call for warming up."""
    try:
        forward, both = PEERS[name](load(folder), path)
        pipe.send(forward())
        ways = {"forward": forward, "both": both}
        warm = {"forward"}
        while (way := pipe.recv()) is not None:
            if way not in warm:
                ways[way]()
                warm.add(way)
            pipe.send(fastest(ways[way]))
    except EOFError:
        pass
    except Exception as error:  # The run goes on without this peer and says so.
        print(f"{name}: {error}", file=sys.stderr)
