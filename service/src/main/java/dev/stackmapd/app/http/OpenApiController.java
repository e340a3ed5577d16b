package dev.stackmapd.app.http;

import java.io.IOException;
import java.io.InputStream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/// `GET /v3/api-docs`: the API's contract, `openapi.yaml`, as JSON. Read once, when the service starts.
@RestController
public class OpenApiController {
    private final byte[] document;

    OpenApiController(JsonMapper json) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream yaml = new ClassPathResource("openapi.yaml").getInputStream()) {
            Object contract = new Yaml(new SafeConstructor(options)).load(yaml);
            document = json.writeValueAsBytes(contract);
        }
    }

    @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] document() {
        return document.clone();
    }
}
