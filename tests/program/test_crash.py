"""send and petition, killed at twenty moments and started again: what `make soak` does with 200 (tests/soak/crash.py)."""
import importlib.util

from conftest import POSTBAG, ROOT


def load_soak():
    spec = importlib.util.spec_from_file_location("crash", ROOT / "tests" / "soak" / "crash.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_killed_at_twenty_moments_every_letter_arrives_once_or_is_unsure(tmp_path):
    load_soak().crash(POSTBAG, tmp_path, letters=600, kills=20, seed=2026)


def test_the_same_with_a_petition(tmp_path):
    soak = load_soak()
    soak.crash(POSTBAG, tmp_path, letters=600, kills=20, seed=2026, receives=soak.Petition)
