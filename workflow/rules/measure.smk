rule measure:
    input:
        data=data_of,
        model=model_of,
        artefacts=artefacts_of_group,
        others=artefacts_of_other_seeds,
        features=features_of,
        beside=beside(data_of, model_of, artefacts_of_group, features_of),
    output:
        scores=f"{RUN}/{{group}}-{{key}}/scores.json",
        matrices=f"{RUN}/{{group}}-{{key}}/matrices.safetensors",
        record=f"{RUN}/{{group}}-{{key}}/record.json",
    log:
        f"{LOGS}/{{group}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    resources:
        mem_mb=megabytes(),
        runtime=minutes(),
    params:
        data=subpath(input.data, parent=True),
        train=subpath(input.model, parent=True),
        folder=subpath(output.scores, parent=True),
    shell:
        "python scripts/measure.py --group {wildcards.group} --data {params.data}"
        " --train {params.train:q} --artefacts {input.artefacts:q}"
        " --others {input.others:q} --features {input.features:q}"
        " --output {params.folder:q} &> {log:q}"
