rule draw:
    input:
        shown_in_figure,
    output:
        directory(f"{RESULTS}/figures/{{dataset}}/{{figure}}-{{key}}"),
    log:
        f"{RESULTS}/logs/draw/{{dataset}}/{{figure}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
    shell:
        "python scripts/draw.py --plan {params.plan} --dataset {wildcards.dataset}"
        " --figure {wildcards.figure} --output {output} &> {log}"


rule render:
    input:
        ancient(rules.compare.output),
        ancient(plan.figure_folders()),
    output:
        page=f"{REPORT}/index.html",
        stamp=report_stamp,
    log:
        f"{RESULTS}/logs/render.log",
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
