"""``python -m workshop.mutants.serve WHAT -- ARGUMENTS``: the bank, mutated or traced.

WHAT is ``mutant=MODULE=FILE``: the module's code comes from FILE; or ``traced=CONTEXT=DATA``:
what runs is written to DATA.PID (coverage.py) under the scenario that CONTEXT names at the time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

EXIT_USAGE = 2


class _Changed(SourceFileLoader):
    """Loads a module's place with another source; no compiled file is read or written."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """Compile the other source, as if it stood in the module's own file."""
        del fullname
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Instead(MetaPathFinder):
    """Finds one module, with its changed source."""

    def __init__(self, name: str, source: bytes) -> None:
        self._name = name
        self._source = source
        self._found = find_spec(name)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the changed module's spec, None for every other."""
        del path, target
        if fullname != self._name or self._found is None or self._found.origin is None:
            return None
        origin = self._found.origin
        loader = _Changed(fullname, origin, self._source)
        return spec_from_file_location(
            fullname,
            origin,
            loader=loader,
            submodule_search_locations=self._found.submodule_search_locations,
        )


def _mutated(arguments: Sequence[str], module: str, file: str) -> int:
    finder = _Instead(module, Path(file).read_bytes())
    for name in [each for each in sys.modules if each.startswith("reference_impl")]:
        del sys.modules[name]  # packages on the way, loaded by the search
    sys.meta_path.insert(0, finder)
    from reference_impl.server import main  # the changed module must be found

    return main(arguments)


def _traced(arguments: Sequence[str], context: str, data: str) -> int:
    import coverage  # only where it is wanted

    # A bank that is started again in the run is another process, with a file of its own.
    tracer = coverage.Coverage(
        data_file=data, data_suffix=str(os.getpid()), source_pkgs=["reference_impl"]
    )
    tracer.start()
    try:
        from reference_impl import server  # what runs at import is traced, too

        make, named = server.create_app, [""]

        def create_app(bank: Any) -> Any:
            inner = make(bank)

            def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
                name = Path(context).read_text(encoding="utf-8")
                if name != named[0]:
                    named[0] = name
                    tracer.switch_context(name)
                answer: Iterable[bytes] = inner(environ, start_response)
                return answer

            return outer

        server.create_app = create_app
        return server.main(arguments)
    finally:
        tracer.stop()
        tracer.save()


_WAYS = {"mutant": _mutated, "traced": _traced}


def serve(arguments: Sequence[str]) -> int:
    """Run the bank as asked and return its exit code."""
    way, _, rest = (arguments[0] if arguments else "").partition("=")
    one, _, other = rest.partition("=")
    if way not in _WAYS or not other or arguments[1:2] != ["--"]:
        sys.stderr.write(f"usage: {__doc__}\n")
        return EXIT_USAGE
    return _WAYS[way](arguments[2:], one, other)


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
