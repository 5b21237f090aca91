package io.weir.filter.rule;

/**
 * Where a rule stands, for people who look for it.
 *
 * @param file as the user named it; empty for a rule that no file holds, such as a group's default
 * @param group the group's id, such as {@code sg-2zebb34geaa1x63gtkor}
 * @param place inside the file, such as {@code Permissions.Permission[3]}; for a rule that no file holds, what it is
 */
public record RuleOrigin(String file, String group, String place) {
    /** Whether the group's type says this rule rather than a file. */
    public boolean isImplicit() {
        return file.isEmpty();
    }

    @Override
    public String toString() {
        return isImplicit() ? group + ": " + place : file + ": " + place;
    }
}
