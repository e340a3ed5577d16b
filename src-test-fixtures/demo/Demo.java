import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The main job, shown on a recorded capture: starts the service, posts the capture `demo` as a profiler would, and
/// prints the most frequent stack with the names that the service answers.
///
/// `./stackmapd demo` calls it with the JDK, the jar and the fixtures' folder. It needs nothing but a JDK, so it
/// reads the few JSON fields that it wants with patterns.
final class Demo {
    private static final int WAIT_SECONDS = 60;
    private static final Pattern IPS = Pattern.compile("\"ips\":(\\[[^\\]]*\\])");
    private static final Pattern ID = Pattern.compile("\"([0-9a-f]{32})\"");
    private static final Pattern FILE = Pattern.compile(
            "\"path\": (\"[^\"]*\"),\\s*\"dev\": (\"[^\"]*\"),\\s*\"inode\": (\\d+),\\s*\"size\": (\\d+),"
                    + "\\s*\"head\": \"([^\"]*)\"");
    private static final Pattern FRAME = Pattern.compile("\\{\"status\":\"(\\w+)\"(.*?)(?=\\{\"status\"|$)");
    private static final Pattern SYMBOL = Pattern.compile("\\{[^{}]*\"source\"[^{}]*}");

    public static void main(String[] args) throws Exception {
        Path jdk = Path.of(args[0]);
        Path jar = Path.of(args[1]);
        Path fixtures = Path.of(args[2]);
        int port = freePort();
        Path log = Files.createTempFile("stackmapd-demo", ".log");
        Process service = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-jar",
                        jar.toString(),
                        "--server.port=" + port,
                        "--stackmapd.artifacts.directories=" + fixtures.resolve("binaries"),
                        "--stackmapd.artifacts.storage=" + Files.createTempDirectory("stackmapd-demo"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(service::destroy));
        try {
            show(URI.create("http://127.0.0.1:" + port), fixtures.resolve("captures/demo"), service, log);
            Files.deleteIfExists(log);
        } finally {
            service.destroy();
            service.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static void show(URI base, Path capture, Process service, Path log) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            awaitReady(http, base, service, log);
            Map<String, Integer> stacks = stacks(capture);
            String receipt = send(
                    http,
                    HttpRequest.newBuilder(base.resolve("/v1/batches"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(batch(capture, stacks))));
            Matcher id = ID.matcher(receipt);
            id.find();
            String answer = send(http, HttpRequest.newBuilder(base.resolve("/v1/stacks/" + id.group(1))));
            int samples = stacks.values().stream().mapToInt(Integer::intValue).sum();
            System.out.printf(
                    "%nstackmapd: posted %d samples of a real process, %d distinct stacks, and the process's maps%n",
                    samples, stacks.size());
            System.out.println("stackmapd: frames  " + receipt.replaceAll(".*\"frames\":(\\{.*?\\}\\}).*", "$1"));
            System.out.printf("stackmapd: stack   %s, the most frequent, leaf first%n%n", id.group(1));
            print(answer);
            System.out.println("\nstackmapd: the service was stopped; `./stackmapd run` starts it on port 8080");
        }
    }

    /// The stacks of the capture, most frequent first, with how often each was sampled.
    private static Map<String, Integer> stacks(Path capture) throws IOException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String line : Files.readAllLines(capture.resolve("samples.jsonl"))) {
            Matcher ips = IPS.matcher(line);
            if (ips.find() && !ips.group(1).equals("[]")) {
                counts.merge(ips.group(1), 1, Integer::sum);
            }
        }
        Map<String, Integer> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    private static String batch(Path capture, Map<String, Integer> stacks) throws IOException {
        List<String> binaries = new ArrayList<>();
        Matcher file = FILE.matcher(Files.readString(capture.resolve("files.json")));
        while (file.find()) {
            byte[] head = Files.readAllBytes(capture.resolve(file.group(5)));
            binaries.add("{\"path\":%s,\"dev\":%s,\"inode\":%s,\"size\":%s,\"head\":\"%s\"}"
                    .formatted(
                            file.group(1),
                            file.group(2),
                            file.group(3),
                            file.group(4),
                            Base64.getEncoder().encodeToString(head)));
        }
        String maps = Files.readString(capture.resolve("maps.txt")).replace("\\", "\\\\").replace("\n", "\\n");
        List<String> sent = new ArrayList<>();
        stacks.forEach((ips, count) -> sent.add("{\"process\":0,\"ips\":%s,\"count\":%d}".formatted(ips, count)));
        return "{\"batchId\":\"demo/1\",\"processes\":[{\"maps\":\"%s\",\"binaries\":[%s]}],\"stacks\":[%s]}"
                .formatted(maps, String.join(",", binaries), String.join(",", sent));
    }

    private static void print(String answer) {
        Matcher frame = FRAME.matcher(answer.substring(answer.indexOf("\"frames\":")));
        for (int i = 0; frame.find(); i++) {
            String rest = frame.group(2);
            String where = frame.group(1).equals("VALID")
                    ? field(rest, "module") + "+" + field(rest, "offset")
                    : field(rest, "ip");
            System.out.printf("  #%-2d %-18s ", i, where);
            Matcher symbol = SYMBOL.matcher(rest);
            String indent = "";
            while (symbol.find()) {
                String one = symbol.group();
                String place = one.contains("\"file\"") ? "  " + field(one, "file") + ":" + number(one, "line") : "";
                String inlined = one.contains("\"inlined\":true") ? "  (inlined)" : "";
                System.out.println(indent + field(one, "function") + place + inlined);
                indent = " ".repeat(25);
            }
            if (indent.isEmpty()) {
                System.out.println("(" + (rest.contains("\"reason\"") ? field(rest, "reason") : field(rest, "outcome")) + ")");
            }
        }
    }

    private static String number(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        return field.find() ? field.group(1) : "?";
    }

    private static String field(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return field.find() ? field.group(1) : "?";
    }

    private static String send(HttpClient http, HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private static void awaitReady(HttpClient http, URI base, Process service, Path log) throws Exception {
        HttpRequest readiness =
                HttpRequest.newBuilder(base.resolve("/actuator/health/readiness")).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (System.nanoTime() < deadline) {
            try {
                if (http.send(readiness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                // The port opens when the service is up.
            }
            if (service.waitFor(200, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw new IllegalStateException("the service did not start; its log:\n" + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
