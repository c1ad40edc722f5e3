"""Citizen service numbers for fictional people: the test range 9999xxxxx first, then further down.

Only one in eleven numbers passes the 11-proef, so 9999xxxxx holds 9,091 of them. Who asks for more people gets
9998xxxxx, 9997xxxxx and so on down to 9900xxxxx. That these ranges are never issued to a real person is not
confirmed by a source: another reason why every row says FICTIEF.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from participatieketen.errors import WrongUse

BLOCK: Final = 100_000
FIRST_BLOCK, LAST_BLOCK = 9_999, 9_900
WEIGHTS: Final = np.array([9, 8, 7, 6, 5, 4, 3, 2, -1])


def passes(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say where the nine digits pass the 11-proef and are not the filler 000000000."""
    digits = numbers[:, None] // 10 ** np.arange(8, -1, -1) % 10
    return np.asarray(((digits @ WEIGHTS) % 11 == 0) & (numbers > 0))


def draw_bsns(number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Different test numbers in random order, from as few blocks as possible; raises WrongUse beyond the last."""
    found: list[NDArray[np.int64]] = []
    for block in range(FIRST_BLOCK, LAST_BLOCK - 1, -1):
        if sum(part.size for part in found) >= number:
            break
        numbers = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.int64)
        found.append(rng.permutation(numbers[passes(numbers)]))
    if sum(part.size for part in found) < number:
        raise WrongUse(f"Er zijn te weinig test-BSN's (99xxxxxxx) voor {number} personen: vraag een kleinere stad.")
    return rng.permutation(np.concatenate([*found, np.empty(0, dtype=np.int64)])[:number])
