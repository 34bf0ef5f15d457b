"""The dashboard: a page on which a planner moves levers and sees the projections move.

``settings`` says what is set and how it stands in the page's address, ``desk`` computes in the background,
``held`` keeps what was computed; none of them knows Streamlit. ``page`` and the views draw.
"""
