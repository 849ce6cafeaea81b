package io.pgbosun.api.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.store.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Requests are read strictly; answers leave out what is null and never show a secret. */
@Singleton
class JsonSetup implements ObjectMapperCustomizer {
    @Override
    @SuppressWarnings("deprecation") // the framework hands over a mapper that is built already
    public void customize(ObjectMapper mapper) {
        JsonLimits.set(mapper);
        Json.configure(mapper)
                .configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false)
                .setSerializationInclusion(JsonInclude.Include.NON_NULL)
                .registerModule(SecretModule.redacting());
    }
}
