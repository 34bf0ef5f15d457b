"""The script that Streamlit runs for every page; started by ``carriersim dashboard``."""

from simulation.dashboard.page import page

page()
