rule prepare:
    output:
        data=f"{RESULTS}/data/{{dataset}}-{{key}}/data.safetensors",
        description=f"{RESULTS}/data/{{dataset}}-{{key}}/data.json",
    log:
        f"{RESULTS}/logs/prepare/{{dataset}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        settings=dataset_settings,
        folder=subpath(output.data, parent=True),
    shell:
        "python scripts/prepare.py --dataset {wildcards.dataset}"
        " --settings {params.settings:q} --output {params.folder} &> {log}"
