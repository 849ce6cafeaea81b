import client.ApiClient;
import client.api.BackupsApi;
import client.api.ClustersApi;
import client.api.OperationsApi;
import client.model.CreateCluster;
import client.model.Operation;
import client.model.OperationState;
import client.model.Provision;
import client.model.TakeBackup;
import java.util.List;
import java.util.Map;

/** The main job with the generated Java client: provision, back up, read the backup. */
class MainJob {
    public static void main(String[] arguments) throws Exception {
        var client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + arguments[1]));
        var provision = new CreateCluster().name("java").provision(new Provision().databases(List.of("shop")));
        ended(client, new ClustersApi(client)
                .createClusterWithHttpInfo(provision, null, null, null, null, null, null, "java-1")
                .getHeaders());
        var backups = new BackupsApi(client);
        var taken = ended(client, backups
                .backupWithHttpInfo("java", new TakeBackup(), null, null, null, null, null, null, "java-2")
                .getHeaders());
        var backup = backups.getBackup((String) ((Map<?, ?>) taken.getResult()).get("backup"));
        System.out.println("backup of " + backup.getCluster() + ": " + backup.getConfidence() + " " + backup.getDatabases());
    }

    /** The operation that a call has started stands in its Location. */
    private static Operation ended(ApiClient client, Map<String, List<String>> headers) throws Exception {
        var location = headers.get("location").getFirst();
        var id = location.substring(location.lastIndexOf('/') + 1);
        for (var waits = 0; waits < 20; waits++) {
            var operation = new OperationsApi(client).getOperation(id, "15s");
            if (operation.getDone()) {
                if (operation.getState() != OperationState.SUCCEEDED) {
                    throw new IllegalStateException(operation.toString());
                }
                return operation;
            }
        }
        throw new IllegalStateException(id + " does not end");
    }
}
