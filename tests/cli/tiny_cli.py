"""The command line on a tiny suite, as a process of its own: ROOT ARGUMENTS…"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))

from tiny_suite import Suite

from otp_conformance.cli import bundle, main
from otp_conformance.cli import run as run_module
from otp_conformance.report.build import build
from otp_conformance.run.request import Parts


def start() -> int:
    root = Path(sys.argv[1])
    suite = Suite(root)
    bundle.load_declaration = lambda path, manual_folder=None, set_name="manual": suite.loaded()
    bundle.parts = lambda catalogue, progress=None: Parts(
        make_agents=suite.make_agents,
        connect=suite.connect,
        make_world=suite.make_world,
        build_reports=lambda run_dir: build(run_dir, catalogue),
    )
    run_module.bundle_root = lambda: root
    run_module.steps_dir = lambda: root / "steps"
    return main.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(start())
