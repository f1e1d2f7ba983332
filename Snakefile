from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


# captions and categories of `snakemake --report results/snakemake-report.html`
report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/captions.smk"
include: "workflow/rules/hosts.smk"
include: "workflow/rules/prepare.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/time.smk"
include: "workflow/rules/learn_prior.smk"
include: "workflow/rules/compress.smk"
include: "workflow/rules/measure_codecs.smk"
include: "workflow/rules/classify.smk"
include: "workflow/rules/embed.smk"
include: "workflow/rules/measure.smk"
include: "workflow/rules/calibrate.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        ancient(plan.score_files()),
        ancient(plan.reference_files()),
        ancient(rules.compare.output),
        rules.render.output,
    message:
        "Everything that was asked for is there."
