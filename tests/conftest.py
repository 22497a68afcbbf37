"""What all tests share."""

import signal

from hypothesis import settings

# A shell that starts us in the background has SIGINT ignored, and children
# inherit that; what the tests say of Ctrl-C is about an ordinary start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine must not turn a right answer into a wrong one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
