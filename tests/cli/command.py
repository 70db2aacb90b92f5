"""The `ddns` command in a process of its own, and with modules hidden from it."""

from __future__ import annotations

COMMAND = "from ddns_constructs.cli import main; sys.argv[0] = 'ddns'; main()"


def without(*modules: str) -> str:
    """Return code that makes modules look as if they were not installed."""
    hide = "import importlib.util, importlib.abc\n"
    hide += f"hidden = {modules!r}\n"
    hide += "class Hide(importlib.abc.MetaPathFinder):\n"
    hide += "    def find_spec(self, name, path, target=None):\n"
    hide += "        if name.partition('.')[0] in hidden:\n"
    hide += "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
    hide += "sys.meta_path.insert(0, Hide())\n"
    hide += "real = importlib.util.find_spec\n"
    hide += "importlib.util.find_spec = lambda n, p=None: None if n in hidden else real(n, p)\n"
    return f"exec({hide!r}); "
