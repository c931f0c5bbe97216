"""What the names on the sheets mean, in a line each."""

MEANINGS = {
    "lr": "The learning rate: how far a step goes against the gradient.",
    "beta": "What share of the average a step keeps; of the new gradient it takes the rest.",
    "beta1": "What share of the gradients' average a step keeps.",
    "beta2": "What share of the average of their squares a step keeps.",
    "eps": "So small that it only keeps a division from being one by 0.",
    "weight_decay": "What share of a weight, times the rate, a step takes away.",
    "wd": "How much the squares of the weights weigh in the loss.",
    "batch": "After how many rows the parameters change, by the mean of the gradients.",
    "h": "The step of the finite differences.",
    "T": "How many steps the schedule takes.",
    "correction": "1 corrects the averages for their start at 0, 0 does not.",
    "x": "The input.",
    "y": "The target: what is to be predicted.",
    "intercept": "The line's intercept b.",
    "slope": "The line's slope a.",
    "const": "The line's intercept b.",
    "b": "The intercept, or bias.",
    "a": "The slope.",
    "pred": "What the model predicts.",
    "y_pred": "What the line predicts.",
    "err^2": "The loss of the row: the squared error.",
    "errb1": "The squared error if b were greater by 0.01.",
    "erra1": "The squared error if a were greater by 0.01.",
    "loss": "What is lost: of a row, or of a pass over all points.",
    "m": "The moving average of the gradients.",
    "v": "The moving average of the squared gradients.",
    "t": "The number of the step.",
    "est": "A finite difference: how the loss moves with the parameter, over the step.",
    "forward": "A difference ahead.",
    "central": "A difference to both sides.",
    "new": "The parameter after the row's step.",
    "epoch": "How many passes over the points have been made since the start.",
    "pass": "The number of the pass over the points, from 0; the first may warm the averages up.",
    "near": "1 where every parameter is within 1 % of the answer.",
    "half the loss": "1 where the loss is at most half of what it is at the start.",
    "gradient": "Of each column above: the root of the sum of its squares.",
    "prev_grad2": "The least size of the gradients so far: at more than twice that the rate is cut to a quarter.",
    "p": "A probability.",
    "unit": "A hidden unit's number, or what comes from it.",
    "class": "A class's number.",
    "pixel": "A pixel's number, row by row.",
    "sum": "What comes in times the weights, plus the bias.",
    "digit": "Which of the digits is shown.",
    "answer": "The best value: that of the line of least squares.",
    "least": "No logarithm is less, as in PyTorch's binary_cross_entropy.",
    "quirk": "What is odd about the course's sheets.",
    "course's": "The cell of the course's workbook that shows it.",
    "what": "In words.",
    "the": "What the two numbers to the right are.",
    "mended": "The cell of this workbook that is right.",
    "softmax": "exp of the output over the sum of all of them: a probability.",
    "output": "What the network gives out for a class: any number.",
    "exp": "e to the power of the output.",
    "isCat": "The truth: 1 if it is a cat, 0 if not.",
    "isDog": "1 if it is no cat.",
    "Preds": "The predicted probability of a cat.",
    "NLL": "The negative log-likelihood of the truth: the loss.",
}
"""Of a heading, or of its first word."""


def meaning(heading: str) -> str:
    """Return what a heading means, if that is known; of a derivative, by its form.

    >>> meaning("m w1_2_1")
    'The moving average of the gradients.'
    >>> meaning("dL/dz")
    'A derivative, by the chain rule: how the loss moves with it.'
    """
    if heading in MEANINGS:
        return MEANINGS[heading]
    first = heading.split(" ")[0]
    if first[0] == "x" and first[1:].isdigit():
        return MEANINGS["x"]
    if first.startswith("d") and "/d" in first:
        return "A derivative, by the chain rule: how the loss moves with it."
    return MEANINGS.get(first, "")
