package io.pgbosun.fire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** An agent by which the clock of another Java process goes wrong by as many seconds as a file says, at any time. */
public final class ClockAgent {
    private static final ClassDesc INSTANT = ClassDesc.of("java.time.Instant");
    private static final List<Class<?>> CLASSES = List.of(ClockAgent.class, ClockAgent.Shift.class, ClockShift.class);

    private ClockAgent() {}

    /** Writes the agent into a file, and answers the option of {@code java} that uses it. */
    public static String option(Path jar, Path seconds) {
        var manifest = new Manifest();
        var main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Premain-Class", ClockAgent.class.getName());
        main.putValue("Can-Retransform-Classes", "true");
        main.putValue("Boot-Class-Path", jar.getFileName().toString());
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (var type : CLASSES) {
                var path = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new ZipEntry(path));
                try (var bytes = ClockAgent.class.getClassLoader().getResourceAsStream(path)) {
                    bytes.transferTo(out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "-javaagent:" + jar + "=" + seconds;
    }

    /** Called by the JVM before the program begins. */
    public static void premain(String seconds, Instrumentation instrumentation) throws Exception {
        ClockShift.follow(Path.of(seconds));
        instrumentation.addTransformer(new Shift(), true);
        instrumentation.retransformClasses(Clock.class);
    }

    /** Shifts what {@code Clock.currentInstant()} returns: every clock of the JDK and {@code Instant.now()} ask it. */
    static final class Shift implements ClassFileTransformer {
        private static final CodeTransform SHIFT = (code, element) -> {
            if (element instanceof ReturnInstruction) {
                code.invokestatic(
                        ClassDesc.of(ClockShift.class.getName()), "shifted", MethodTypeDesc.of(INSTANT, INSTANT));
            }
            code.with(element);
        };

        @Override
        public byte[] transform(ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] bytes) {
            if (!"java/time/Clock".equals(name)) {
                return null;
            }
            var files = ClassFile.of();
            return files.transformClass(
                    files.parse(bytes),
                    ClassTransform.transformingMethodBodies(
                            method -> method.methodName().equalsString("currentInstant"), SHIFT));
        }
    }
}
