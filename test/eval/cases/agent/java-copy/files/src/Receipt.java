public class Receipt {
    public String of(Order order) {
        return String.join("\n", order.items());
    }
}
