# A job that times takes every core, so that nothing runs beside it; others go first. To time again:
# rm -r results/*/*/*/*/{timing,cost}-* results/tables/.key-*
rule time_run:
    input:
        data=data_of,
        model=model_of,
        beside=beside(data_of, model_of),
    output:
        artefacts=f"{RUN}/timing-{{key}}/artefacts.safetensors",
        record=f"{RUN}/timing-{{key}}/record.json",
    log:
        f"{LOGS}/timing-{{key}}.log",
    priority: -1
    conda:
        "../../envs/{hardware}.yaml"
    threads: workflow.cores if LOCAL else 1
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("timing"),
        runtime=minutes("timing"),
    params:
        variant=variant_of,
        settings=settings_of,
        budget=budget_of,
        data=subpath(input.data, parent=True),
        folder=subpath(output.artefacts, parent=True),
    shell:
        "python scripts/time_run.py --data {params.data} --model {input.model:q}"
        " --variant {params.variant} --settings {params.settings:q}"
        " --budget {params.budget:q} --seed {wildcards.seed} --hardware {wildcards.hardware}"
        " --output {params.folder:q} &> {log:q}"


# `snakemake cost -c1` measures what everything costs, one job at a time
rule cost:
    input:
        plan.score_files(only=COST),
        beside=compared,
    output:
        kept_here(f"{RESULTS}/cost.csv"),
    log:
        f"{RESULTS}/logs/cost.log",
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    params:
        plan=PLAN,
    shell:
        "python scripts/list_costs.py --plan {params.plan} --output {output} 2> {log}"
