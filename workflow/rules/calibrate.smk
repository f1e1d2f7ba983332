rule calibrate:
    input:
        first_data_of,
        beside=beside(first_data_of),
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
