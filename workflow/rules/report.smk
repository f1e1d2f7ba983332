rule draw:
    input:
        shown_in_figure,
        beside=drawn,
    output:
        in_report(f"{RESULTS}/figures/{{dataset}}/{{figure}}-{{key}}"),
    log:
        f"{RESULTS}/logs/draw/{{dataset}}/{{figure}}-{{key}}.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
    shell:
        "python scripts/draw.py --plan {params.plan} --dataset {wildcards.dataset}"
        " --figure {wildcards.figure} --output {output} &> {log}"


rule draw_across:
    input:
        ancient(rules.compare.output),
    output:
        in_report(f"{RESULTS}/figures/{files.ALL_DATASETS}/{{figure}}-{{key}}"),
    log:
        f"{RESULTS}/logs/draw/{files.ALL_DATASETS}/{{figure}}-{{key}}.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
        tables=TABLES,
    shell:
        "python scripts/draw_across.py --plan {params.plan} --tables {params.tables}"
        " --figure {wildcards.figure} --output {output} &> {log}"


rule render:
    input:
        ancient(rules.compare.output),
        ancient(rules.judge.output),
        ancient(plan.reference_files()),
        ancient(plan.figure_folders()),
        ancient(plan.figure_across_folders().values()),
        beside=rendered,
    output:
        page=report(
            kept_here(f"{REPORT}/index.html"),
            caption="../report/page.rst",
            category="Report",
        ),
        stamp=kept_here(report_stamp),
    log:
        f"{RESULTS}/logs/render.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
        tables=TABLES,
        folder=REPORT,
    shell:
        "rm -f {params.folder}/.key-*"
        " && python scripts/render.py --plan {params.plan} --tables {params.tables}"
        " --output {params.folder} &> {log}"
        " && touch {output.stamp}"
