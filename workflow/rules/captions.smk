# what `snakemake --report` says of figures
from aebench import registry

figures = registry.figures() | registry.figures_across()

# what captions of `snakemake --report` can read beside wildcards
config["figures"] = {
    name: entry.properties["caption"] for name, entry in figures.items()
}


def in_report(folder):
    """A figure's folder, whose picture of all settings `snakemake --report` shows."""
    return report(
        directory(folder),
        patterns=["{part,all}.svg"],
        caption="../report/figure.rst",
        category="Figures",
        subcategory=lambda wildcards: wildcards.get("dataset", "all data sets"),
        labels=lambda wildcards: {
            "figure": figures[wildcards.figure].properties["title"]
        },
    )
