package io.pgbosun.secret;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** How JSON writes and reads a {@link Secret}: sealed in the control database, {@code ***} in answers. */
public final class SecretModule extends SimpleModule {
    private static final long serialVersionUID = 1;

    private SecretModule(UnaryOperator<String> write, UnaryOperator<String> read) {
        super("secrets");
        addSerializer(Secret.class, new Writer(write));
        addDeserializer(Secret.class, new Reader(read));
    }

    /** For answers and requests: never writes a secret, reads it as given. */
    public static SecretModule redacting() {
        return new SecretModule(plain -> "***", plain -> plain);
    }

    /** For the control database. */
    public static SecretModule sealing(Vault vault) {
        return new SecretModule(
                plain -> vault.seal(Secret.of(plain), "spec"),
                text -> vault.unseal(text, "spec").reveal());
    }

    /** For fingerprints alone: the text that is digested and thrown away. */
    public static SecretModule revealing() {
        return new SecretModule(plain -> plain, plain -> plain);
    }

    private static final class Writer extends StdSerializer<Secret> {
        private static final long serialVersionUID = 1;
        private final transient UnaryOperator<String> write;

        Writer(UnaryOperator<String> write) {
            super(Secret.class);
            this.write = write;
        }

        @Override
        public void serialize(Secret secret, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(write.apply(secret.reveal()));
        }
    }

    private static final class Reader extends StdDeserializer<Secret> {
        private static final long serialVersionUID = 1;
        private final transient UnaryOperator<String> read;

        Reader(UnaryOperator<String> read) {
            super(Secret.class);
            this.read = read;
        }

        @Override
        public Secret deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.currentToken().isScalarValue()) {
                throw JsonMappingException.from(json, "must be a string");
            }
            return Secret.of(read.apply(json.getText()));
        }
    }
}
