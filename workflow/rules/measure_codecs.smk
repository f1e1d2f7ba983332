rule measure_codecs:
    input:
        first_data_of,
        beside=beside(first_data_of),
    output:
        codecs=f"{RESULTS}/codecs/{{dataset}}/{{key}}/codecs.json",
        pictures=f"{RESULTS}/codecs/{{dataset}}/{{key}}/pictures.safetensors",
    log:
        f"{RESULTS}/logs/codecs/{{dataset}}/{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        data=subpath(input[0], parent=True),
        folder=subpath(output.codecs, parent=True),
    shell:
        "python scripts/measure_codecs.py --data {params.data} --output {params.folder} &> {log}"
