"""What a variant costs: training as it was, beside whatever ran then, and what was timed alone
afterwards (`aebench.timing`).
"""

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="lower",
    unit="numbers",
    value_range="[0, ∞)",
    source="stored model, adversary included",
    reads=("parameters",),
)
def parameters(parameters: int) -> float:
    """Numbers that the model stores, trained or fitted."""
    return float(parameters)


@metric(
    better="lower",
    unit="FLOPs per sample",
    value_range="[0, ∞)",
    source="torch.utils.flop_counter",
    reads=("flops",),
)
def flops(flops: int) -> float:
    """Floating-point operations to encode and decode one sample (matrix products; a multiplication
    and an addition are two).
    """
    return float(flops)


@metric(
    better="lower",
    unit="s",
    value_range="[0, ∞)",
    source="wall clock",
    reads=("train_seconds",),
)
def train_seconds(train_seconds: float) -> float:
    """Seconds of the training loop or closed-form fit, without start-up and loading, beside
    whatever else ran.
    """
    return float(train_seconds)


@metric(
    better="lower",
    unit="s",
    value_range="[0, ∞)",
    source="wall clock, alone",
    reads=("budget_samples", "stepped_samples", "stepped_seconds"),
)
def budget_seconds(budget_samples: float, samples: float, seconds: float) -> float:
    """Seconds that the whole training takes alone: all samples that its budget steps through, or a
    closed form fits, at the speed of those that were timed.
    """
    return float(budget_samples) * float(seconds) / float(samples)


@metric(
    better="higher",
    unit="samples/s",
    value_range="[0, ∞)",
    source="wall clock, alone",
    reads=("stepped_samples", "stepped_seconds"),
)
def train_throughput(samples: float, seconds: float) -> float:
    """Samples that training steps through (repeats counted), or fits, per second."""
    return float(samples) / float(seconds)


@metric(
    better="higher",
    unit="samples/s",
    value_range="[0, ∞)",
    source="wall clock, alone",
    reads=("inference_samples", "inference_seconds"),
)
def inference_throughput(samples: float, seconds: float) -> float:
    """Test samples encoded and decoded per second, in batches of 500, fewer of large ones."""
    return float(samples) / float(seconds)


@metric(
    better="lower",
    unit="ms",
    value_range="[0, ∞)",
    source="wall clock, alone",
    reads=("single_seconds",),
)
def latency(seconds: float) -> float:
    """Milliseconds to encode and decode one sample."""
    return 1e3 * float(seconds)


@metric(
    better="lower",
    unit="mJ per sample",
    value_range="[0, ∞)",
    source="RAPL; NVML",
    reads=("stepped_samples", "stepped_joules"),
)
def train_energy(samples: float, joules: float) -> float:
    """Energy of the processor packages, and of the GPU in use, for each sample that training steps
    through, idle power included. Not measured where the machine shows no counter.
    """
    return 1e3 * float(joules) / float(samples)


@metric(
    better="lower",
    unit="mJ per sample",
    value_range="[0, ∞)",
    source="RAPL; NVML",
    reads=("inference_samples", "inference_joules"),
)
def inference_energy(samples: float, joules: float) -> float:
    """Energy of the processor packages, and of the GPU in use, to encode and decode a sample, idle
    power included. Not measured where the machine shows no counter.
    """
    return 1e3 * float(joules) / float(samples)


@metric(
    better="lower",
    unit="MiB",
    value_range="[0, ∞)",
    source="maximum resident set",
    reads=("peak_memory_bytes",),
)
def peak_memory(peak_memory_bytes: int) -> float:
    """The most host memory the training process held, data and libraries included: about 120 MiB
    more of these where jobs are forked from the warm process than where each is one of its own.
    """
    return peak_memory_bytes / 2**20


@metric(
    better="lower",
    unit="MiB",
    value_range="[0, ∞)",
    source="torch.cuda.max_memory_allocated",
    reads=("peak_device_bytes",),
)
def peak_device_memory(peak_device_bytes: float) -> float:
    """The most memory that tensors held on the GPU in training, data included."""
    return float(peak_device_bytes) / 2**20


@metric(
    better="lower",
    unit="s per image",
    value_range="[0, ∞)",
    source="wall clock, entropy coding included",
    reads=("encode_seconds", "coded_images"),
)
def encode_seconds(seconds: float, images: Array) -> float:
    """Seconds from images (n, c, h, w) to a file, per image."""
    return float(seconds) / len(images)


@metric(
    better="lower",
    unit="s per image",
    value_range="[0, ∞)",
    source="wall clock, entropy coding included",
    reads=("decode_seconds", "coded_images"),
)
def decode_seconds(seconds: float, images: Array) -> float:
    """Seconds from a file back to images (n, c, h, w), per image."""
    return float(seconds) / len(images)
