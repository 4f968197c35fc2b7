"""fhir-kit-client and fhirclient, from npm: create, search, page, patch and delete."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from .conftest import Door

HERE = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.needs("node-clients")
@pytest.mark.parametrize("script", ["kit.mjs", "smart.mjs"])
def test_a_client_in_node_does_its_daily_work(door: Door, script: str) -> None:
    env = {**os.environ, "FHIR_BASE": door.base, "FHIR_TOKEN": door.token, "FHIR_PATIENT": door.patient}
    run = subprocess.run(
        ["node", script], cwd=HERE, env=env, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert json.loads(run.stdout) == {"made": 5, "pages": 3, "patched": "amended", "afterDelete": 410}
