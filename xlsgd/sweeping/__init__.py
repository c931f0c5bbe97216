"""Many settings of a training sheet's knobs at once, in lock step, and what is made of them."""
