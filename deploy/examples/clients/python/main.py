"""The main job with the generated Python client: provision, back up, read the backup."""

import sys

import pgbosun_client as pg

client = pg.ApiClient(pg.Configuration(host=sys.argv[1], access_token=sys.argv[2]))


def ended(operation):
    for _ in range(20):
        if operation.done:
            break
        operation = pg.OperationsApi(client).get_operation(str(operation.id), wait="15s")
    assert operation.state == pg.OperationState.SUCCEEDED, operation
    return operation


cluster = pg.CreateCluster(name="python", provision=pg.Provision(databases=["shop"]))
ended(pg.ClustersApi(client).create_cluster(cluster, idempotency_key="python-1"))
backups = pg.BackupsApi(client)
taken = ended(backups.backup("python", pg.TakeBackup(), idempotency_key="python-2"))
backup = backups.get_backup(taken.result["backup"])
print(f"backup of {backup.cluster}: {backup.confidence} {backup.databases}")
