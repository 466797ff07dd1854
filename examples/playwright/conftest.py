"""Use the Chromium that is installed; without this, Playwright looks for the browser that it downloads itself."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Launch options of pytest-playwright, with the system's Chromium where there is one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    own = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **own, "args": [*sandbox, "--disable-background-networking"]}
