# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The case among real Linux hosts, where the machine lets us have namespaces."""

import pytest

import namespaces


def test_real_hosts():
    lacking = namespaces.missing()
    if lacking:
        pytest.skip(lacking)
    outcome = namespaces.make(timeout_s=200)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
