rule learn_prior:
    input:
        data=data_of,
        model=model_of,
        beside=beside(data_of, model_of),
    output:
        prior=f"{RUN}/prior-{{key}}/prior.safetensors",
        artefacts=f"{RUN}/prior-{{key}}/artefacts.safetensors",
        facts=f"{RUN}/prior-{{key}}/prior.json",
        record=f"{RUN}/prior-{{key}}/record.json",
    log:
        f"{LOGS}/prior-{{key}}.log",
    conda:
        "../../envs/{hardware}.yaml"
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("prior"),
        runtime=minutes("prior"),
    params:
        variant=variant_of,
        settings=settings_of,
        budget=budget_of,
        data=subpath(input.data, parent=True),
        folder=subpath(output.prior, parent=True),
    shell:
        "python scripts/learn_prior.py --data {params.data} --model {input.model:q}"
        " --variant {params.variant} --settings {params.settings:q}"
        " --budget {params.budget:q} --seed {wildcards.seed}"
        " --hardware {wildcards.hardware} --output {params.folder:q} &> {log:q}"
