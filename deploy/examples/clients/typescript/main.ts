// The main job with the generated TypeScript client: provision, back up, read the backup.
import { BackupsApi, ClustersApi, Configuration, OperationFromJSON, OperationsApi } from "./client/index.js";
import type { ApiResponse, Operation } from "./client/index.js";

const [basePath, accessToken] = process.argv.slice(2);
const configuration = new Configuration({ basePath, accessToken });

/** A call answers a plan (200) or an operation (202); here it is the operation. */
async function ended(started: Promise<ApiResponse<unknown>>): Promise<Operation> {
  const { raw } = await started;
  if (raw.status !== 202) throw new Error(`not accepted: ${raw.status}`);
  let operation: Operation = OperationFromJSON(await raw.json());
  for (let waits = 0; waits < 20 && !operation.done; waits++) {
    operation = await new OperationsApi(configuration).getOperation({ operation: operation.id!, wait: "15s" });
  }
  if (operation.state !== "SUCCEEDED") throw new Error(JSON.stringify(operation));
  return operation;
}

const createCluster = { name: "typescript", provision: { databases: ["shop"] } };
await ended(new ClustersApi(configuration).createClusterRaw({ createCluster, idempotencyKey: "typescript-1" }));
const backups = new BackupsApi(configuration);
const taken = await ended(backups.backupRaw({ cluster: "typescript", takeBackup: {}, idempotencyKey: "typescript-2" }));
const backup = await backups.getBackup({ backup: (taken.result as { backup: string }).backup });
console.log(`backup of ${backup.cluster}: ${backup.confidence} [${backup.databases}]`);
