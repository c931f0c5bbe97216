"""What a run is made of, and the lesson's runs by name."""

import dataclasses
import math
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.rules import RULES, Rule

TORCH_PREFIX = "torch:"
TEXTBOOK_RULES = [name for name in RULES if not name.startswith("course_")]
TORCH_OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "adadelta": ("Adadelta", {}),
    "adagrad": ("Adagrad", {}),
    "adam": ("Adam", {}),
    "adamax": ("Adamax", {}),
    "adamw": ("AdamW", {}),
    "asgd": ("ASGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nadam": ("NAdam", {}),
    "radam": ("RAdam", {}),
    "rmsprop": ("RMSprop", {}),
    "rprop": ("Rprop", {}),
    "sgd": ("SGD", {}),
}
"""What may follow `torch:`: the class in `torch.optim`, and the options that make it what it is called."""

CONSTANT = "constant"
SCHEDULES = (CONSTANT, "one-cycle")
MOST_EPOCHS = 100_000
"""How many epochs a run may have."""

MODELS = ("logistic", "nn")
THREES_SEVENS = "threes-sevens"
ONE_CYCLE_BETA2 = 0.99
"""What fastai 1 gives to Adam and AdamW as their second beta."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides a run's numbers, apart from the data.

    Attributes:
        task: `digits` (ten classes, cross-entropy) or `threes-sevens` (one number, lesson 4's sigmoid loss).
        model: `logistic` (pixels to the last layer) or `nn` (with `hidden` between, and ReLU).
        hidden: Width of the hidden layer.
        optimizer: A textbook rule of `RULES`, or `torch:` and one of PyTorch's.
        lr: The last layer's learning rate; under one-cycle, its greatest.
        lr_first: The first layer's; between the two, rates are spread evenly in ratio. None: as `lr`.
        wd: Decoupled weight decay: each step takes `lr * wd * w` off the weight.
        l2: The lesson's penalty: `l2 * sum(w**2)` is added to the loss, `2 * l2 * w` to the gradient.
        schedule: `constant` or `one-cycle`.
        epochs: Passes over the training set.
        batch_size: Images in a step; what is left at the end of an epoch is dropped.
        seed: Draws the first weights, and with the epoch's number the order of the images.
        freeze: How many layers, from the first, are left as they were drawn.
        anew: The optimizer is made anew at each step, so that it never remembers anything.
        start: How the first weights are drawn: `linear` (uniform within ±1/sqrt(inputs)) or `randn`.
        dtype: `float32` or `float64`.
    """

    model: str = "nn"
    hidden: int = 50
    optimizer: str = "adam"
    lr: float = 1e-3
    lr_first: float | None = None
    wd: float = 0.0
    l2: float = 0.0
    schedule: str = "constant"
    epochs: int = 1
    batch_size: int = 64
    seed: int = 0
    freeze: int = 0
    anew: bool = False
    dtype: str = "float32"
    task: str = "digits"
    start: str = "linear"

    def sizes(self, pixels: int, classes: int = 10) -> list[int]:
        """Return the widths of the layers, from the pixels to what the task needs: a number a class, or one."""
        last = 1 if self.task == THREES_SEVENS else classes
        return [pixels, last] if self.model == "logistic" else [pixels, self.hidden, last]

    def rates(self) -> list[float]:
        """Return a learning rate for each layer, from `lr_first` to `lr` by equal ratios."""
        layers = len(self.sizes(1)) - 1
        if self.lr_first is None or layers == 1:
            return [self.lr] * layers
        ratio = self.lr / self.lr_first
        return [self.lr_first * ratio ** (layer / (layers - 1)) for layer in range(layers)]


class Published(NamedTuple):
    """What a lesson's run came to where it was published."""

    valid_loss: str
    accuracy: str


_LESSON_4 = Recipe(
    model="logistic", optimizer="sgd", lr=1.0, epochs=20, batch_size=256, task=THREES_SEVENS
)  # fmt: skip

LESSONS: dict[str, Recipe] = {
    "logistic-sgd": Recipe(model="logistic", optimizer="sgd", lr=2e-2, l2=1e-5),
    "nn-manual-l2": Recipe(optimizer="sgd", lr=2e-2, l2=1e-5),
    "nn-sgd-wd": Recipe(optimizer="sgd", lr=2e-2, wd=2e-5),
    "nn-adam-2e-2": Recipe(optimizer="adam", lr=2e-2, anew=True),
    "nn-adam-1e-3": Recipe(optimizer="adam", lr=1e-3, anew=True),
    "nn-adam-kept": Recipe(optimizer="adam", lr=1e-3),
    "one-cycle": Recipe(optimizer="adamw", lr=1e-2, wd=0.01, schedule="one-cycle"),
    "threes-sevens-randn": dataclasses.replace(_LESSON_4, start="randn"),
    "threes-sevens-linear": _LESSON_4,
    "threes-sevens-nn": dataclasses.replace(_LESSON_4, model="nn", hidden=30, lr=0.1, epochs=40),
}

NOTES: dict[str, str] = {
    "logistic-sgd": "784-10, loss + 1e-5 * sum(p**2)",
    "nn-manual-l2": "784-50-10, loss + 1e-5 * sum(p**2)",
    "nn-sgd-wd": "the same path: weight decay 2e-5 in SGD is the penalty's gradient",
    "nn-adam-2e-2": "optimizer made anew at each step, as the lesson does",
    "nn-adam-1e-3": "optimizer made anew at each step, as the lesson does",
    "nn-adam-kept": "the same with Adam's state kept",
    "one-cycle": "fastai 1's fit_one_cycle(1, 1e-2)",
    "threes-sevens-randn": "lesson 4: 784-1, sigmoid loss, weights by randn",
    "threes-sevens-linear": "lesson 4: the same from nn.Linear's own start",
    "threes-sevens-nn": "lesson 4: 784-30-1 with ReLU",
}

PUBLISHED: dict[str, Published] = {
    "one-cycle": Published("0.1358 or 0.1277", "0.9608"),
    "threes-sevens-randn": Published("-", "~0.97"),
    "threes-sevens-nn": Published("-", "~0.98"),
}
"""Of lesson 5's runs it prints numbers for one alone, of which two sources differ in the loss; lesson 4's are about."""


def lesson_runs(lesson: str) -> list[str]:
    """Return the runs that a lesson's name stands for: `all`, a task's, or a single one."""
    return [name for name, recipe in LESSONS.items() if lesson in ("all", name, recipe.task)]


def usual_rate(optimizer: str) -> float:
    """Return the default learning rate of a rule, and of PyTorch's optimizer of that name."""
    rule = RULES.get(optimizer.removeprefix(TORCH_PREFIX))
    return float(rule.knobs().lr) if rule else 1e-3


def knobs_of(rule: Rule, recipe: Recipe) -> Any:
    """Return the rule's usual knobs with the recipe's weight decay, and one-cycle's second beta, where it has them."""
    knobs = rule.knobs()
    if "weight_decay" in knobs._fields:
        knobs = knobs._replace(weight_decay=recipe.wd)
    if recipe.schedule == "one-cycle" and "beta2" in knobs._fields:
        knobs = knobs._replace(beta2=ONE_CYCLE_BETA2)
    return knobs


def checked(recipe: Recipe, train_images: int, processes: int = 1) -> Recipe:
    """Return the recipe if it can be run.

    Raises:
        InputError: An option is out of range, or asks for what the data cannot give.
    """
    layers = len(recipe.sizes(1)) - 1
    rates = [recipe.lr] + ([] if recipe.lr_first is None else [recipe.lr_first])
    if not all(0 < rate < math.inf for rate in rates):
        raise InputError("`lr`: a learning rate must be greater than 0 and finite")
    for option, decay in (("`wd`", recipe.wd), ("`l2`", recipe.l2)):
        if not 0 <= decay < math.inf:
            raise InputError(f"{option}: a decay must be 0 or greater, and finite")
    if not 0 <= recipe.freeze < layers:
        raise InputError(f"`freeze` {recipe.freeze}: this model has {layers} layer(s), and one at least must learn")
    if not 1 <= recipe.batch_size <= train_images:
        raise InputError(f"`batch_size` {recipe.batch_size}: must lie from 1 to the {train_images:,} training images")
    if recipe.batch_size % processes:
        raise InputError(f"`batch_size` {recipe.batch_size}: must be a multiple of the {processes} processes")
    check_optimizer(recipe.optimizer)
    return recipe


def check_optimizer(name: str) -> None:
    """Check that there is an optimizer of that name.

    Raises:
        InputError: There is none.
    """
    by_torch = name.startswith(TORCH_PREFIX)
    known = list(TORCH_OPTIMIZERS) if by_torch else TEXTBOOK_RULES
    if name.removeprefix(TORCH_PREFIX) not in known:
        other = "" if by_torch else "; PyTorch's own as torch:adam"
        raise InputError(f"`optimizer` {name}: not one of {', '.join(known)}{other}")
