rule prepare:
    output:
        data=f"{RESULTS}/data/{{dataset}}/{{split}}-{{key}}/data.safetensors",
        description=f"{RESULTS}/data/{{dataset}}/{{split}}-{{key}}/data.json",
    log:
        f"{RESULTS}/logs/prepare/{{dataset}}/{{split}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        settings=dataset_settings,
        backbone=backbone_of,
        folder=subpath(output.data, parent=True),
    shell:
        "python scripts/prepare.py --dataset {wildcards.dataset} --split {wildcards.split}"
        " --settings {params.settings:q} --backbone {params.backbone:q} --output {params.folder} &> {log}"
