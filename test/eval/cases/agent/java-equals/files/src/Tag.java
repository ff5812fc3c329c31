import java.util.Objects;

public final class Tag {
    private final String name;

    public Tag(String name) {
        this.name = Objects.requireNonNull(name);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Tag)) {
            return false;
        }
        return name == ((Tag) other).name;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
