"""Bank skins: the reference bank's pages told anew, every part in a way drawn from a seed.

Banks whose pages nobody had in mind, made of the ways of `workshop.pages`. A user's
whole way through skins, the choices that a failure needs, and a skin to look at::

    python -m workshop.skins --seeds 1-20 --workers 2
    python -m workshop.skins --shrink 3
    python -m workshop.skins.serve 3 -- --demo
"""
