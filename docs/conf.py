"""The site: `python -m sphinx -W docs docs/_build` runs every chapter and writes pages and notebooks.

A chapter that raises, a warning or a link inside the site that leads nowhere fails the build.
Nothing is fetched: MathJax is copied beside the pages.
"""

import os

import tinyflow as tf

os.environ.setdefault("MPLBACKEND", "agg")


def fresh_graph(conf: object, chapter: str) -> None:
    """Chapters must not see each other's graphs."""
    tf.reset_default_graph()


project = "tinyflow"
html_title = "tinyflow"
copyright = "the tinyflow contributors"
extensions = ["myst_parser", "sphinx_gallery.gen_gallery", "sphinx-mathjax-offline"]
exclude_patterns = ["_build", "pictures", "**sg_execution_times.rst"]
nitpicky = True
suppress_warnings = ["config.cache"]  # of `fresh_graph`, a function among the options

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"

sphinx_gallery_conf = {
    "examples_dirs": "../tutorials",
    "gallery_dirs": "chapters",
    "filename_pattern": r"/\d\d_",
    "ignore_pattern": r"(^|/)perceptron\.py",
    "within_subsection_order": "FileNameSortKey",
    "reset_modules": ("matplotlib", fresh_graph),
    "capture_repr": ("_repr_html_",),
    "image_srcset": ["2x"],
    "abort_on_example_error": True,
    "min_reported_time": 5,
    "show_memory": False,
    "download_all_examples": False,
    "first_notebook_cell": "%matplotlib inline",
}
