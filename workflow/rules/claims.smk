# verdicts on what papers claim, by whatever was run
claims_stamp = f"{TABLES}/.claims-{plan.claims_key()}"


rule judge:
    input:
        ancient(rules.compare.output),
    output:
        report(
            kept_here(f"{TABLES}/claims.csv"),
            caption="../report/claims.rst",
            category="Tables",
        ),
        kept_here(f"{TABLES}/claims.json"),
        stamp=kept_here(claims_stamp),
    log:
        f"{RESULTS}/logs/judge.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
        folder=TABLES,
    shell:
        "rm -f {params.folder}/.claims-*"
        " && python scripts/judge.py --plan {params.plan} --tables {params.folder} &> {log}"
        " && touch {output.stamp}"


# common.smk plans what the claims need in place of the configuration where this is asked for
rule claims:
    input:
        rules.judge.output,
        f"{REPORT}/index.html",
        report_stamp,
    message:
        "Every claim that was asked for is judged."
