"""Ways in which real banks tell their pages, and the reference bank told in each of them.

``captions``, ``fields``, ``buttons``, ``texts`` and ``whole`` hold the ways, ``told`` what
goes on around the bank, ``variants`` a bank for each way. To look at one by hand::

    python -m workshop.pages.serve table-labels -- --demo
    pytest -m slow tests/workshop/test_pages.py -k table-labels
"""
