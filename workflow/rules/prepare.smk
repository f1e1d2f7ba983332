rule prepare:
    input:
        host=host_of,
        beside=beside(host_of),
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
        directory=lambda wildcards, input: (
            f"--data-directory {Path(input.host).parent}" if input.host else ""
        ),
        folder=subpath(output.data, parent=True),
    shell:
        "python scripts/prepare.py --dataset {wildcards.dataset} --split {wildcards.split}"
        " --settings {params.settings:q} --backbone {params.backbone:q} {params.directory} --output {params.folder} &> {log}"
