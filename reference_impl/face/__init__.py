"""What every face of the bank (customers, staff, demonstration) shares.

Base page, style, security headers, CSRF tokens, sealed cookies and error
pages. It knows no screen of its own, so that faces never import each other.
"""
