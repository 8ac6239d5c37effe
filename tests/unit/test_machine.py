"""What this machine lacks for all tests to run: a skip with the package to install, a failure in CI."""

import os

import pytest

from tests import servers


@pytest.mark.parametrize("name", servers.PACKAGES)
def test_machine_has_what_the_tests_need(name: str) -> None:
    package = servers.missing().get(name)
    if package:
        sentence = f"{name} is missing here: apt-get install {package}"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
