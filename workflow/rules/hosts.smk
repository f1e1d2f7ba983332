rule train_host:
    output:
        model=f"{RESULTS}/hosts/{{host}}/{{key}}/host.safetensors",
        facts=f"{RESULTS}/hosts/{{host}}/{{key}}/host.json",
    log:
        f"{RESULTS}/logs/hosts/{{host}}-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    params:
        folder=subpath(output.model, parent=True),
    shell:
        "python scripts/train_host.py --host {wildcards.host} --output {params.folder} &> {log}"


rule splice:
    input:
        host=host_of,
        artefacts=encoded_of,
        beside=beside(host_of, encoded_of),
    output:
        artefacts=f"{RUN}/splice-{{key}}/artefacts.safetensors",
        record=f"{RUN}/splice-{{key}}/record.json",
    log:
        f"{LOGS}/splice-{{key}}.log",
    conda:
        "../../envs/cpu.yaml"
    resources:
        mem_mb=megabytes("splice"),
        runtime=minutes("splice"),
    params:
        name=lambda wildcards: plan.datasets[wildcards.dataset].properties["host"],
        host=subpath(input.host, parent=True),
        folder=subpath(output.artefacts, parent=True),
    shell:
        "python scripts/splice.py --host {params.name} --host-folder {params.host}"
        " --artefacts {input.artefacts:q} --output {params.folder:q} &> {log:q}"
