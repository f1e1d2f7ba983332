rule embed:
    input:
        data=data_of,
        classifier=classifier_of,
        model=model_of,
        artefacts=embedded_artefacts_of,
        beside=beside(data_of, classifier_of, model_of, embedded_artefacts_of),
    output:
        features=f"{RUN}/embed-{{key}}/features.safetensors",
        record=f"{RUN}/embed-{{key}}/record.json",
    log:
        f"{LOGS}/embed-{{key}}.log",
    conda:
        "../../envs/{hardware}.yaml"
    resources:
        gpu=gpus_of,
        mem_mb=megabytes("embed"),
        runtime=minutes("embed"),
    params:
        variant=variant_of,
        settings=settings_of,
        data=subpath(input.data, parent=True),
        classifier=subpath(input.classifier, parent=True),
        folder=subpath(output.features, parent=True),
    shell:
        "python scripts/embed.py --data {params.data} --classifier {params.classifier}"
        " --model {input.model:q} --artefacts {input.artefacts:q} --variant {params.variant}"
        " --settings {params.settings:q} --hardware {wildcards.hardware}"
        " --output {params.folder:q} &> {log:q}"
