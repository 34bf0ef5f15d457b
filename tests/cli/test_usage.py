"""A wrong command line is answered in the user's language: what is wrong, what is allowed, which help to read."""

import pytest

from simulation.cli.main import main

WRONG = {
    "runn": ("no command runn. Did you mean run?", "没有命令runn。是否想用run？"),
    "run": ("SCENARIO is missing. See carriersim run --help.", "缺少SCENARIO。用法见carriersim run --help。"),
    "run a --replicates zero": ("zero is not a whole number from 1.", "zero不是整数（不小于1）。"),
    "run a --replicates 0": ("0 is not a number from 1.", "0超出允许的范围（不小于1）。"),
    "run a --seed -1": ("from 0 to 9223372036854775807.", "（0至9223372036854775807）"),
    "run a --engine fast": ("fast is not one of compiled, mesa.", "fast不在可选范围内（compiled, mesa）"),
    "run a b": ("more than the command takes: b.", "多余的参数：b。"),
    "run a --replicate 5": ("no option --replicate. Did you mean --replicates?", "没有选项--replicate。"),
    "run a --seed": ("--seed needs a value.", "--seed需要取值。"),
    "run a --quiet=5": ("--quiet takes no value.", "--quiet不带取值。"),
    "run a --as-of yesterday": ("yesterday is not a date such as 2021-08-25.", "不是日期"),
    "run a --until soon": ("soon is not a condition such as", "soon不是条件"),
    "run a --out pyproject.toml": ("pyproject.toml is a folder where a file", "pyproject.toml的类型不对"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_in_the_language_asked_for(line, language, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--lang", language, *line.split()])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    text = " ".join(one.strip() for one in said.err.splitlines())
    assert WRONG[line][language == "zh"] in text
    if language == "zh":
        assert not any(word in text for word in ("not", "Did", "See", "is "))


def test_a_command_line_cannot_colour_the_terminal(capsys):
    with pytest.raises(SystemExit):
        main(["run", "a", "--replicates", "\x1b[31m5"])
    assert "\x1b" not in capsys.readouterr().err
