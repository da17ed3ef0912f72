"""Quantiles of the normal, Student t and beta distributions.

Importing scipy.special takes longer than all other imports of a command, so it is loaded at the first quantile.
"""

from typing import overload

import numpy as np

from assessment.domain.answers import FloatArray


def compute_normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    from scipy.special import ndtri  # noqa: PLC0415 - see above

    return float(ndtri(probability))


@overload
def compute_student_quantile(degrees_of_freedom: float, probability: float) -> float: ...


@overload
def compute_student_quantile(degrees_of_freedom: FloatArray, probability: float) -> FloatArray: ...


def compute_student_quantile(degrees_of_freedom: float | FloatArray, probability: float) -> float | FloatArray:
    """Quantile of Student's t for these degrees of freedom; infinite for 0."""
    from scipy.special import stdtrit  # noqa: PLC0415 - see above

    quantile: FloatArray = stdtrit(degrees_of_freedom, probability)
    return quantile if isinstance(degrees_of_freedom, np.ndarray) else float(quantile)


def compute_beta_quantile(a: float, b: float, probability: float) -> float:
    """Quantile of the beta distribution with shape `a`, `b`."""
    from scipy.special import betaincinv  # noqa: PLC0415 - see above

    return float(betaincinv(a, b, probability))
