rule encode:
    input:
        data=data_of,
        model=model_of,
        beside=beside(data_of, model_of),
    output:
        artefacts=f"{RUN}/encode-{{key}}/artefacts.safetensors",
        record=f"{RUN}/encode-{{key}}/record.json",
    log:
        f"{LOGS}/encode-{{key}}.log",
    conda:
        "../../envs/{hardware}.yaml"
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("encode"),
        runtime=minutes("encode"),
    params:
        variant=variant_of,
        settings=settings_of,
        data=subpath(input.data, parent=True),
        folder=subpath(output.artefacts, parent=True),
    shell:
        "python scripts/encode.py --data {params.data} --model {input.model:q}"
        " --variant {params.variant} --settings {params.settings:q} --seed {wildcards.seed}"
        " --hardware {wildcards.hardware} --output {params.folder:q} &> {log:q}"
