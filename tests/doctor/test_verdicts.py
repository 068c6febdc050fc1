"""What a check can find."""

from microblog.doctor.verdicts import Level, fine, warning, wrong


def test_what_is_fine_needs_no_mend_and_the_rest_names_one():
    assert fine("It is.") == fine("It is.")
    assert (fine("It is.").level, fine("It is.").mend) == (Level.FINE, "")
    assert (warning("So so.", "Do this.").level, warning("So so.", "Do this.").mend) == (Level.WARNING, "Do this.")
    assert wrong("No.", "Do that.").level == "wrong"
