rule classify:
    input:
        data_of_split,
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
