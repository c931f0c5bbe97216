"""Where the numbers of a training sheet stand, from a description of the course's sheets; shared by several tests."""

RATE = {"basic": "F1", "momentum": "D2", "rmsprop": "D2", "adam": "D2", "adam_ann": "D2"}
COLUMNS = {"basic": "CDEFGHIJKLMN", "momentum": "CDEFGHIJKL", "rmsprop": "CDEFGHIJK", "adam": "CDEFGHIJKLM"}
COLUMNS["adam_ann"] = COLUMNS["adam"]
SEEDS = {
    "basic": {},
    "momentum": {"m b": "J", "m a": "K"},
    "rmsprop": {"v b": "J", "v a": "K"},
    "adam": {"m b": "J", "m a": "K", "v b": "L", "v a": "M"},
}
SEEDS["adam_ann"] = SEEDS["adam"]
FOOTERS = {
    "basic": {"rmse": "F33", "gradient size b": "K33", "gradient size a": "L33"},
    "momentum": {"rmse": "L33"},
    "rmsprop": {},
    "adam": {},
    "adam_ann": {"prev_grad2": "N3", "avg_grad2": "N33", "gradrat": "N34", "gradient size b": "F33"},
}


def moved(address, rows):
    """An address of the lesson's sheet where there are so many rows instead of 29: what is below them moves."""
    letter, row = address[0], int(address[1:])
    return f"{letter}{row - 29 + rows}" if row > 32 else address


def expected(live, entries=80):
    """Every number that the sheet should show as the engine stands, by address; `entries` below the list are empty."""
    name, n = live.training.name, live.points.n
    values = live.values()
    cells = {"C1": values["const"], "C2": values["slope"], RATE[name]: values["lr"]}
    for seed, letter in SEEDS[name].items():
        cells |= {f"{letter}3": values[seed], moved(f"{letter}33", n): values[seed]}
    cells |= {moved(address, n): values[key] for key, address in FOOTERS[name].items()}
    for row, numbers in enumerate(live.rows(), start=4):
        cells |= {f"{letter}{row}": value for letter, value in zip(COLUMNS[name], numbers.values(), strict=True)}
    if "rmses" in live.lists:
        first = 38 - 29 + n
        for row, value in enumerate([*live.lists["rmses"], *[None] * entries], start=first):
            cells[f"C{row}"] = value
    return cells
