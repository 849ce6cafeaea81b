package io.pgbosun.chatops;

import io.pgbosun.operation.Kind;
import io.pgbosun.operation.Risk;
import java.util.Collection;
import java.util.stream.Collectors;

/** Says what can be typed, as the catalogue and the records of the kinds have it. */
final class HelpText {
    private HelpText() {}

    static String all(String slash, Collection<Kind> kinds) {
        return """
                `PG help [kind]` this, or what a kind takes
                `PG status [cluster]` how the clusters are
                `PG operations [cluster]` the newest operations
                `PG operation <id or handle>` one operation; the handle is the last eight digits of its id
                `PG cancel <id or handle>` asks it to stop
                `PG <kind> <cluster> name=value …` starts one; `preview=true` shows the plan, `reason="…"` says why
                """.replace("<", "&lt;").replace(">", "&gt;").replace("PG", Texts.escape(slash))
                + kinds.stream().map(HelpText::line).collect(Collectors.joining("\n"));
    }

    private static String line(Kind kind) {
        return "• *%s* %s%s".formatted(kind.name(), Texts.escape(kind.declared().summary()), where(kind));
    }

    private static String where(Kind kind) {
        if (SpecShape.holdsSecret(kind.spec())) {
            return " _Not in chat: it takes a secret._";
        }
        return kind.declared().risk() == Risk.HIGH ? " _Not in chat: its risk is HIGH._" : "";
    }

    static String of(String slash, Kind kind) {
        var typed = "`%s %s &lt;cluster&gt; name=value …`".formatted(Texts.escape(slash), kind.name());
        return line(kind) + "\n" + typed
                + SpecShape.of(kind.spec()).stream()
                        .map(component -> "\n• `%s` %s"
                                .formatted(Texts.escape(component.example()), Texts.escape(component.description())))
                        .collect(Collectors.joining());
    }
}
