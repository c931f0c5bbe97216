"""The directive `help`: what `xlsgd COMMAND --help` prints."""

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from xlsgd.commands.cli import cli


class Help(SphinxDirective):
    """A command's help, or that of xlsgd itself without an argument, by click."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the text as it stands in a terminal."""
        top = click.Context(cli, info_name="xlsgd")
        text = top.get_help()
        for name in self.arguments:
            command = cli.get_command(top, name)
            if command is None:
                raise self.error(f"there is no command {name}")
            text = click.Context(command, parent=top, info_name=name).get_help()
        return [nodes.literal_block(text, text, language="none")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Enter this in Sphinx."""
    app.add_directive("help", Help)
    return {"parallel_read_safe": True}
