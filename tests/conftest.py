"""What all tests share."""

import signal

# A shell that starts us in the background has SIGINT ignored, and children
# inherit that; what the tests say of Ctrl-C is about an ordinary start.
signal.signal(signal.SIGINT, signal.default_int_handler)
