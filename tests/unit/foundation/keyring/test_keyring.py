"""A keyring is read from three places, and refused with a sentence when it is not safe to use."""

import base64
import json
import os

import pytest

from foundation import keyring
from foundation.keyring import Keyring
from foundation.keyring.ring import EXAMPLE


class TestKeyringFile:
    def test_is_made_for_its_owner_only_and_never_overwritten(self, tmp_path, settings):
        path = tmp_path / "ring.json"
        keyring.create(path)
        settings.KEYRING = f"file:{path}"
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(keyring.current().masters["1"]) == 32
        with pytest.raises(FileExistsError):
            keyring.create(path)

    def test_is_refused_when_others_can_read_it(self, tmp_path, settings):
        path = tmp_path / "ring.json"
        keyring.create(path)
        path.chmod(0o644)
        settings.KEYRING = f"file:{path}"
        with pytest.raises(keyring.KeyringExposed, match="chmod 600"):
            keyring.current()

    def test_is_refused_when_it_is_not_there(self, tmp_path, settings):
        settings.KEYRING = f"file:{tmp_path / 'none'}"
        with pytest.raises(keyring.KeyringMissing):
            keyring.current()

    def test_is_replaced_whole(self, tmp_path, settings):
        path = tmp_path / "ring.json"
        keyring.create(path)
        settings.KEYRING = f"file:{path}"
        keyring.store(keyring.current().with_new_master())
        assert keyring.current().newest_master == "2"
        assert path.stat().st_mode & 0o777 == 0o600


class TestKeyringElsewhere:
    def test_is_read_from_the_environment(self, settings, monkeypatch):
        monkeypatch.setenv("RING", Keyring.fresh().write())
        settings.KEYRING = "env:RING"
        assert keyring.current().newest_master == "1"
        with pytest.raises(keyring.KeyringReadOnly):
            keyring.store(Keyring.fresh())

    def test_is_read_from_a_command(self, settings, tmp_path):
        path = tmp_path / "ring"
        path.write_text(Keyring.fresh().write())
        keyring.forget()
        settings.KEYRING = f"command:cat {path}"
        assert keyring.current().newest_index == "1"
        keyring.forget()

    def test_of_a_command_that_fails_is_missing(self, settings):
        keyring.forget()
        settings.KEYRING = "command:false"
        with pytest.raises(keyring.KeyringMissing):
            keyring.current()


class TestKeyringText:
    @pytest.mark.parametrize(
        "text", ["", "{}", "[]", '{"master": {"1": "AA=="}, "index": {}, "signing": {}}']
    )
    def test_that_is_not_a_keyring_is_wrong(self, text):
        with pytest.raises(keyring.KeyringWrong):
            Keyring.parse(text)

    def test_with_the_example_key_is_wrong(self):
        example = {"1": base64.b64encode(EXAMPLE).decode()}
        good = {"1": base64.b64encode(os.urandom(32)).decode()}
        with pytest.raises(keyring.KeyringWrong, match="example"):
            Keyring.parse(json.dumps({"master": example, "index": good, "signing": good}))

    def test_never_shows_a_secret(self):
        ring = Keyring.fresh()
        assert base64.b64encode(ring.masters["1"]).decode() not in repr(ring)
