"""Port `UserAgent`: the page model, and the two clients (browser, plain HTTP) behind it."""
