import java.util.List;
import java.util.Map;

public class Index {
    private final Map<String, List<String>> pages;

    public Index(Map<String, List<String>> pages) {
        this.pages = pages;
    }

    public List<String> find(String word) {
        if (!pages.containsKey(word)) {
            return null;
        }
        return pages.get(word);
    }
}
