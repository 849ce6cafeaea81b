package io.pgbosun;

import static io.restassured.RestAssured.given;

import com.atlassian.oai.validator.restassured.OpenApiValidationFilter;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.ConfigProvider;

/** The REST surface as tests use it, with the token of one caller; every answer must be as the OpenAPI document says. */
public final class Api {
    private static final OpenApiValidationFilter CONTRACT = new OpenApiValidationFilter(Contract.answers());

    private final String token;

    private Api(String token) {
        this.token = token;
    }

    /** As the first admin. */
    public static Api admin() {
        var home = Path.of(ConfigProvider.getConfig().getValue("pgbosun.home", String.class));
        try {
            return new Api(Files.readString(home.resolve("token")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Api with(String token) {
        return new Api(token);
    }

    public String token() {
        return token;
    }

    /** A new token with one grant. */
    public String makeToken(String principal, String role, String labels) {
        return post(
                        "/v1/tokens",
                        "{'principal':'%s','grants':[{'role':'%s','labels':%s}]}".formatted(principal, role, labels))
                .then()
                .statusCode(201)
                .extract()
                .path("value");
    }

    public RequestSpecification request() {
        return given().filter(CONTRACT)
                .baseUri(ConfigProvider.getConfig().getValue("test.url", String.class))
                .auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .urlEncodingEnabled(false);
    }

    public Response get(String path) {
        return request().get(path);
    }

    /** Posts JSON, in which single quotes may stand for double ones. */
    public Response post(String path, String json) {
        return request().body(json.replace('\'', '"')).post(path);
    }

    public Response delete(String path) {
        return request().delete(path);
    }

    /** The id of the operation that a call has started. */
    public String started(Response response) {
        return response.then().statusCode(202).extract().path("id");
    }

    /** Waits for the end of an operation, two minutes at most. */
    public JsonPath ended(String id) {
        for (var waits = 0; waits < 8; waits++) {
            var operation = get("/v1/operations/" + id + "?wait=15s")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            if (operation.getBoolean("done")) {
                return operation;
            }
        }
        throw new AssertionError("operation " + id + " does not end: "
                + get("/v1/operations/" + id).asPrettyString());
    }

    /** Starts, waits, and expects success. */
    public JsonPath succeed(String path, String json) {
        return succeeded(post(path, json));
    }

    public JsonPath succeeded(Response response) {
        var operation = ended(started(response));
        if (!operation.getString("state").equals("SUCCEEDED")) {
            throw new AssertionError(operation.prettify());
        }
        return operation;
    }
}
