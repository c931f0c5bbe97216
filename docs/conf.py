"""The documentation's site: `sphinx-build -W --keep-going docs site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import xlsgd

project = "xlsgd"
author = "the xlsgd authors"
copyright = f"2026, {author}"
version = release = xlsgd.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "command_help",
    "live_sheets",
    "public_names",
    "site_links",
]
exclude_patterns = ["_ext"]
default_role = "code"
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"xlsgd {release}"
html_static_path = ["_static"]
html_css_files = ["xlsgd.css"]
html_copy_source = False
html_show_sphinx = False
