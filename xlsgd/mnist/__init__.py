"""The lesson's MNIST networks at full scale, trained by the rules that fill the sheets."""
