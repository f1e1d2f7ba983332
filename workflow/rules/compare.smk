TABLE_NAMES = ["scores", "scores-summary", "costs", "costs-summary", "failures"]
TABLE_NAMES += ["comparisons", "costs-comparisons", "rankings", "costs-rankings"]
TABLE_NAMES += ["calibration", "bd-rates"]


rule compare:
    input:
        ancient(plan.score_files()),
        ancient(plan.calibration_files()),
        ancient(plan.codec_files()),
        beside=compared,
    output:
        report(
            kept_here(expand(f"{TABLES}/{{table}}.csv", table=TABLE_NAMES)),
            caption="../report/table.rst",
            category="Tables",
        ),
        kept_here(expand(f"{TABLES}/{{table}}.parquet", table=TABLE_NAMES)),
        kept_here(expand(f"{TABLES}/{{dataset}}.tex", dataset=plan.datasets)),
        stamp=kept_here(tables_stamp),
    log:
        f"{RESULTS}/logs/compare.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
        folder=TABLES,
    shell:
        "rm -f {params.folder}/.key-*"
        " && python scripts/compare.py --plan {params.plan} --output {params.folder} &> {log}"
        " && touch {output.stamp}"
