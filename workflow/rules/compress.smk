rule compress:
    input:
        data=data_of,
        trained=trained_data_of,
        model=model_of,
        beside=beside(data_of, model_of),
    output:
        artefacts=f"{RUN}/compress-{{key}}/artefacts.safetensors",
        stream=f"{RUN}/compress-{{key}}/stream.aeb",
        cost=f"{RUN}/compress-{{key}}/cost.json",
        record=f"{RUN}/compress-{{key}}/record.json",
    log:
        f"{LOGS}/compress-{{key}}.log",
    conda:
        "../../envs/{hardware}.yaml"
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("compress"),
        runtime=minutes("compress"),
    params:
        variant=variant_of,
        settings=settings_of,
        data=subpath(input.data, parent=True),
        trained=subpath(input.trained, parent=True),
        folder=subpath(output.artefacts, parent=True),
    shell:
        "python scripts/compress.py --data {params.data} --trained-data {params.trained}"
        " --model {input.model:q} --variant {params.variant} --settings {params.settings:q}"
        " --hardware {wildcards.hardware} --output {params.folder:q} &> {log:q}"
