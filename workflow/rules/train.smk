rule train:
    input:
        data_of,
        beside=beside(data_of),
    output:
        model=f"{RUN}/train-{{key}}/model.safetensors",
        history=f"{RUN}/train-{{key}}/history.csv",
        cost=f"{RUN}/train-{{key}}/cost.json",
        record=f"{RUN}/train-{{key}}/record.json",
    log:
        f"{LOGS}/train-{{key}}.log",
    conda:
        "../../envs/{hardware}.yaml"
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("train"),
        runtime=minutes("train"),
    params:
        variant=variant_of,
        settings=settings_of,
        budget=budget_of,
        data=subpath(input[0], parent=True),
        folder=subpath(output.model, parent=True),
    shell:
        "python scripts/train.py --data {params.data} --variant {params.variant}"
        " --settings {params.settings:q} --budget {params.budget:q} --seed {wildcards.seed}"
        " --hardware {wildcards.hardware} --output {params.folder:q} &> {log:q}"
