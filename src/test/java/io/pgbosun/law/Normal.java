package io.pgbosun.law;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Takes out of texts what is not the same each time: times, ports and generated names. */
final class Normal {
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[.\\d]*(Z|[+-]\\d\\d:\\d\\d)?");
    private static final Pattern STAMP = Pattern.compile("\\d{8}_\\d{6}");
    private static final Pattern SECONDS = Pattern.compile("(Seconds\": ?|restored in )[-\\d.E]+");
    private static final Pattern PORT = Pattern.compile("\\b4\\d{4}\\b");
    private static final Pattern SOURCE = Pattern.compile("\"source\": ?\"[^\"]*\"");
    private static final Pattern SOURCE_IN_TEXT = Pattern.compile("\"source\\\\?\": ?\\\\?\"[^\"]*\"");

    private static final Pattern SCRATCH = Pattern.compile("scratch/[0-9a-f-]{36}");

    /** Of a failed drill: where there were several troubles, it is any of them. */
    private static final Pattern FAILURE = Pattern.compile("\"failure\": ?\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Of a failover: it rests on what could be read. */
    private static final Pattern ESTIMATE = Pattern.compile("\"estimatedLossBytes\": ?(null|\\d+)");

    /** Of a failover drill, for the same reason. */
    private static final Pattern EVIDENCE = Pattern.compile("\"(evidence|candidates)\": ?\\[[^\\]]*]");

    private static final Pattern WITHOUT_WRITES = Pattern.compile("(No write was taken for )[\\d.]+");

    private Normal() {}

    static String of(String text) {
        var normal = TIME.matcher(text).replaceAll("(time)");
        normal = STAMP.matcher(normal).replaceAll("(stamp)");
        normal = SCRATCH.matcher(normal).replaceAll("scratch/(id)");
        normal = SECONDS.matcher(normal).replaceAll("$1(n)");
        normal = FAILURE.matcher(normal).replaceAll("\"failure\":\"(why)\"");
        normal = ESTIMATE.matcher(normal).replaceAll("\"estimatedLossBytes\":(n)");
        normal = EVIDENCE.matcher(normal).replaceAll("\"$1\":(seen)");
        normal = WITHOUT_WRITES.matcher(normal).replaceAll("$1(n)");
        normal = SOURCE.matcher(normal).replaceAll("\"source\":\"\"");
        return SOURCE_IN_TEXT.matcher(normal).replaceAll("\"source\":\"\"");
    }

    /** Ports by the order in which they come, for more may have been asked for. */
    static List<String> of(List<String> lines, String home) {
        var ports = new LinkedHashMap<String, String>();
        return lines.stream()
                .map(line -> of(line.replace(home, "~")))
                .map(line -> PORT.matcher(line)
                        .replaceAll(port -> ports.computeIfAbsent(port.group(), found -> "port" + (ports.size() + 1))))
                .toList();
    }
}
