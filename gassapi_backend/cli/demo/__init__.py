"""The demo data of ``dev``: what there is in it, and how it is made."""
