"""The sheets with the course's quirks mended, as `--corrected` asks for them."""

from typing import Any


def corrected_trainings() -> dict[str, Any]:
    """Return the corrected training sheets by name, each as the corrected workbook lays it out."""
    from xlsgd.workbooks.corrected.layout import corrected_layout
    from xlsgd.workbooks.corrected.training import CORRECTED

    return {name: training._replace(layout=corrected_layout(training)) for name, training in CORRECTED.items()}


def corrected_tables() -> dict[str, Any]:
    """Return the corrected sheets of softmax and cross-entropy by name."""
    from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY

    return CORRECTED_ENTROPY
