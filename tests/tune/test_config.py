from dataclasses import replace

import pytest

from core.errors import UserError
from core.tune.config import Config, read_config, to_toml
from core.tune.settings import TuneSettings

INI = """\
[Path]
model_name = klue/roberta-base ; a hub id
train_file = data/train.csv
valid_file =
output_dir = C:\\models\\out
checkpoint_dir = ckpt   ; for later

[Hyperparameters]
num_labels = 3
max_seq_length = 64
batch_size = 16
learning_rate = 5e-5
epochs = 4 ; enough
seed = 7
split_ratio = 0.8
"""


def test_what_is_written_as_toml_is_read_as_it_was():
    odd = TuneSettings(
        method="triplet",
        encoder='C:\\폴더\\"mine"\t',
        loss="batch_hard",
        learning_rate=3e-05,
        checkpointing=True,
        epochs=9,
    )
    config = Config(odd, {"train_file": "자료/기사.csv", "output_dir": "C:\\out"}, 3)
    assert read_config(to_toml(config).encode()) == config
    assert read_config(to_toml(Config()).encode()) == Config()


def test_a_toml_file_may_name_a_few_settings_only():
    found = read_config(b'method = "pairs"\nlearning_rate = 1\n')
    assert found.settings == TuneSettings(method="pairs", learning_rate=1.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_an_ini_of_training_scripts_is_read_as_it_is(encoding):
    found = read_config(INI.replace("a hub id", "허깅페이스 이름").encode(encoding))
    assert found.settings == replace(
        TuneSettings(),
        encoder="klue/roberta-base",
        max_length=64,
        batch_size=16,
        learning_rate=5e-5,
        epochs=4,
        seed=7,
        test_share=0.2,
    )
    assert found.paths == {
        "train_file": "data/train.csv",
        "output_dir": "C:\\models\\out",
        "checkpoint_dir": "ckpt",
    }
    assert found.classes == 3


def test_a_small_split_ratio_is_that_of_the_test():
    assert read_config(b"[Hyperparameters]\nsplit_ratio = 0.1\n").settings.test_share == 0.1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[Path]\nmodle_name = a\n[Hyperparameters]\nepoch = 3\n", "modle_name, epoch"),
        ('epoch = 3\nlr = 1\n[paths]\nout = "a"\n', "epoch, lr, out"),
        ("[Path]\nmodel_name = a\n[Other]\n", "Other"),
    ],
)
def test_keys_that_are_not_known_are_named_in_one_sentence(text, words):
    with pytest.raises(UserError, match=words):
        read_config(text.encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epochs = many", "neither TOML nor an INI"),
        ('epochs = "many"', "epochs is many; it has to be a whole number"),
        ("epochs = 2.5", "epochs is 2.5"),
        ("epochs = true", "epochs is True"),
        ("encoder = 3", "encoder is 3; it has to be a text"),
        ("checkpointing = 1", "true or false"),
        ("epochs = 1000", "from 1 to 100"),
        ("[Hyperparameters]\nbatch_size = big\n", "batch_size is big"),
        ('method = "magic"', "choose one of"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(text, words):
    with pytest.raises(UserError, match=words):
        read_config(text.encode())
