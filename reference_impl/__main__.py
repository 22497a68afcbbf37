"""`python -m reference_impl`: start the reference bank."""

import sys

from reference_impl.server import main

sys.exit(main())
