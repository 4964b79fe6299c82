"""An upgrade in five lines, in the folder of a project of one's own (`config.yaml`).

It exits with 1 unless every pair is upgraded: a pipeline may rely on it.
"""

from nornir import InitNornir
from nornir_utils.plugins.functions import print_result

from nornir_haupgrade import HAPairs, upgrade_pair

nr = InitNornir(config_file="config.yaml")
result = nr.with_runner(HAPairs()).run(task=upgrade_pair, to="13.8")
print_result(result)
raise SystemExit(result.failed)
