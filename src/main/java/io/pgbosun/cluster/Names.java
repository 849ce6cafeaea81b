package io.pgbosun.cluster;

/** The rules for names, as regular expressions for {@code @Pattern}. */
public final class Names {
    /** Cluster, host and repository names: RFC 1035 labels. */
    public static final String LABEL = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?";

    public static final String LABEL_RULE =
            "must be 1 to 63 lower-case letters, digits or hyphens, beginning with a letter and not ending with a hyphen";

    /** Database, schema and role names: what PostgreSQL takes in 63 bytes, without control characters. */
    public static final String IDENTIFIER = "[^\\x00-\\x1F\\x7F]{1,63}";

    public static final String IDENTIFIER_RULE = "must be 1 to 63 characters without control characters";

    /** A table, with its schema unless that is {@code public}. */
    public static final String QUALIFIED = "[^\\x00-\\x1F\\x7F]{1,127}";

    public static final String QUALIFIED_RULE =
            "must be a name such as orders or sales.orders, without control characters";

    /** Paths on a host. */
    public static final String PATH = "[/][^\\x00-\\x1F\\x7F]{1,400}";

    public static final String PATH_RULE = "must be an absolute path";

    /** Host names and IP addresses. */
    public static final String ADDRESS = "[A-Za-z0-9.:_-]{1,253}";

    public static final String ADDRESS_RULE = "must be a host name or address";

    private Names() {}
}
