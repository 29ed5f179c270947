"""In which number type an encoder computes: the fastest that changes nothing worth naming."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.embed.facts_cache import recall, remember
from core.embed.runtime.device import on_this_machine

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

MIN_COSINE = 0.9999
MIN_GAIN = 1.2  # what half precision must gain in its products, as what is not a product gains nothing
CHECK_TEXTS = (
    "삼성전자, 3분기 영업이익 10조원 돌파…시장 기대 웃돌아",
    "[특징주] 카카오, 실적 부진에 5% 급락",
    "현대차 노조, 임금협상 결렬 선언",
    "코스피 2,600선 회복…외국인 '사자'",
    '美 연준, 기준금리 동결…"인플레 둔화 확인 필요"',
    "↑",
    "LG에너지솔루션-GM, 배터리 합작공장 착공",
    "반도체 수출 7개월 만에 반등, 무역수지는 흑자 전환했지만 대중 수출 감소세는 여전해 전망은 엇갈려",
)

Pooled = Callable[["torch.nn.Module"], np.ndarray]


def known_dtype(fingerprint: str, device: str) -> str | None:
    """Return the number type chosen for these weights on this device of this machine, or None."""
    return recall(on_this_machine(f"dtype|{device}|{fingerprint}"))


def settle_dtype(model: torch.nn.Module, fingerprint: str, device: str, pooled: Pooled) -> torch.nn.Module:
    """Return the float32 model, or a half precision copy that agrees with it and is faster here.

    `pooled(model)` gives the vectors `(poolings, n, dim)` of `CHECK_TEXTS`; the copy agrees where every cosine to
    float32 is at least 0.9999 in every pooling. Native is not always faster: a Xeon with AVX512-BF16 and no
    AMX multiplies bfloat16 at half of float32's rate. The choice is cached for `known_dtype`.
    """
    chosen = model
    for dtype in native_halves(device):
        ratio = half_gain(dtype, device)
        if ratio < MIN_GAIN:
            log.info("%s on %s: %.2f of float32's matrix rate, not taken", dtype, device, ratio)
            continue
        half = copy.deepcopy(model).to(dtype)
        cosine = lowest_cosine(pooled(model), pooled(half))
        log.info("%s on %s: %.2f of float32's matrix rate, cosine %.6f", dtype, device, ratio, cosine)
        if cosine >= MIN_COSINE:
            chosen = half
            break
    dtype_name = str(next(chosen.parameters()).dtype).removeprefix("torch.")
    remember(on_this_machine(f"dtype|{device}|{fingerprint}"), dtype_name)
    return chosen


@lru_cache
def half_gain(dtype: torch.dtype, device: str) -> float:
    """Return how many times faster than float32 the device multiplies the type; `MIN_GAIN` makes it worth while.

    Measured once a process: it is a fact of the device, whatever the encoder.
    """
    import torch

    return speed_ratio(_product(torch.float32, device), _product(dtype, device))


def _product(dtype: torch.dtype, device: str, tokens: int = 512, dim: int = 768) -> Callable[[], object]:
    """Return a matrix product of the shape that an encoder's feed-forward layer has."""
    import torch

    inputs = torch.ones(tokens, dim, dtype=dtype, device=device)
    weights = torch.ones(4 * dim, dim, dtype=dtype, device=device)
    return lambda: torch.nn.functional.linear(inputs, weights).sum().item()  # waits for the device


def speed_ratio(old: Callable[[], object], new: Callable[[], object], rounds: int = 12) -> float:
    """Return how many times faster `new` is than `old`, by the best of some rounds taken in turn."""
    seconds: dict[Callable[[], object], list[float]] = {old: [], new: []}
    for _ in range(rounds):
        for work, taken in seconds.items():
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return min(seconds[old]) / min(seconds[new])


def native_halves(device: str) -> tuple[torch.dtype, ...]:
    """Return the half precision types that the device multiplies natively, the preferred first."""
    import torch

    if device == "cuda":
        bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return (torch.bfloat16, torch.float16) if bfloat16 else (torch.float16,)
    if device == "cpu" and torch.backends.mkldnn.is_available():
        able = torch.cpu.get_capabilities()
        if able.get("avx512_bf16") or able.get("amx_bf16"):
            return (torch.bfloat16,)
    return ()


def lowest_cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Return the lowest cosine between vectors at the same place of two arrays `(..., dim)`."""
    one, other = one.astype(np.float64), other.astype(np.float64)
    with np.errstate(invalid="ignore"):  # an overflow in half precision gives NaN, which agrees with nothing
        norms = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
        return float(((one * other).sum(-1) / norms).min())
