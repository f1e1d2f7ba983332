rule classify:
    input:
        data_of_split,
        beside=beside(data_of_split),
    output:
        classifier=f"{RESULTS}/classifier/{{dataset}}/{{split}}-{{key}}/classifier.safetensors",
        description=f"{RESULTS}/classifier/{{dataset}}/{{split}}-{{key}}/classifier.json",
        features=f"{RESULTS}/classifier/{{dataset}}/{{split}}-{{key}}/features.safetensors",
    log:
        f"{RESULTS}/logs/classify/{{dataset}}/{{split}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        data=subpath(input[0], parent=True),
        folder=subpath(output.classifier, parent=True),
    shell:
        "python scripts/classify.py --data {params.data} --output {params.folder} &> {log}"


rule refer:
    input:
        lambda wildcards: ancient(
            plan.classifiers[wildcards.dataset] / "features.safetensors"
        ),
    output:
        f"{RESULTS}/calibration/{{dataset}}/{{group}}-{{key}}/references.json",
    log:
        f"{RESULTS}/logs/refer/{{dataset}}/{{group}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        folder=subpath(output[0], parent=True),
    shell:
        "python scripts/refer.py --group {wildcards.group} --features {input}"
        " --output {params.folder} &> {log}"
