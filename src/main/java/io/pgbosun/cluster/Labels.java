package io.pgbosun.cluster;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;
import java.util.regex.Pattern;

/** Labels are few, and short enough to be shown and selected by. */
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Labels.Rule.class)
public @interface Labels {
    String message() default
            "must be at most 32 labels, whose keys and values are 1 to 63 letters, digits, dots, slashes, hyphens or underscores, beginning and ending with a letter or digit";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Checks it. */
    final class Rule implements ConstraintValidator<Labels, Map<String, String>> {
        private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");

        @Override
        public boolean isValid(Map<String, String> labels, ConstraintValidatorContext context) {
            return labels == null
                    || labels.size() <= 32
                            && labels.entrySet().stream()
                                    .allMatch(label -> fits(label.getKey()) && fits(label.getValue()));
        }

        private static boolean fits(String text) {
            return text != null && TEXT.matcher(text).matches();
        }
    }
}
