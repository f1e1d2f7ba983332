rule calibrate:
    input:
        lambda wildcards: ancient(
            plan.data_folders(wildcards.dataset)[0] / "data.safetensors"
        ),
    output:
        f"{RESULTS}/calibration/{{dataset}}/{{group}}-{{key}}/calibration.json",
    log:
        f"{RESULTS}/logs/calibrate/{{dataset}}/{{group}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        data=subpath(input[0], parent=True),
        folder=subpath(output[0], parent=True),
    shell:
        "python scripts/calibrate.py --group {wildcards.group} --data {params.data}"
        " --output {params.folder} &> {log}"
