"""The columns' equations in words, against the rule as README has it and a model's own lines."""

from xlsgd.sheets.equations import equations, in_words
from xlsgd.sheets.lesson import LESSON
from xlsgd.symbols.to_excel import spell
from xlsgd.workbooks.network.relu_network import RELU_NETWORK


def words(training):
    return {name: spell(equation) for name, equation in equations(training).items()}


def test_the_courses_adam_in_words():
    found = words(LESSON["adam"])
    assert found["de/db"] == "2*(a*x+b-y)"
    assert found["m b"] == "[m b above]*beta1+(1-beta1)*[de/db]"
    assert found["v a"] == "[v a above]*beta2+(1-beta2)*[de/da]^2"
    assert found["new a"] == "a-[m a]*lr/SQRT([v a])"
    assert found["b"] == "[new b above]", "a row starts from what the row above ended with"


def test_a_network_passes_its_errors_back_in_words():
    found = words(RELU_NETWORK.training)
    assert found["h_2"] == "MAX(0,a_2)"
    assert found["dL/dh_1"] == "[dL/dz]*w2_1"
    assert found["dL/da_1"] == "IF(a_1>0,[dL/dh_1],0)"


def test_a_heading_of_several_words_stands_in_brackets():
    assert spell(in_words("rows left") + in_words("loss")) == "[rows left]+loss"
