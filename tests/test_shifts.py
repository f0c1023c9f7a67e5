"""One experiment takes settings that another one chose; both must still say the same."""

from ae_utils import stored_result
from benchmarks import shifts


def test_the_settings_taken_from_the_experiment_on_decoders_are_those_that_it_chose():
    chosen = stored_result("decoders")["kinds"]
    assert (chosen["upsampled"]["start"], chosen["upsampled"]["rate"]) == shifts.UPSAMPLED
    assert chosen["dense"]["start"] == shifts.DENSE_START
