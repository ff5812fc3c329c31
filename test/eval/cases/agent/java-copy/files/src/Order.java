import java.util.ArrayList;
import java.util.List;

public class Order {
    private final List<String> items = new ArrayList<>();

    public void add(String item) {
        items.add(item);
    }

    public List<String> items() {
        return items;
    }
}
