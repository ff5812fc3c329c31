public final class Price {
    /** In cents. */
    public static long withTax(long net, int percent) {
        if (percent < 0) {
            throw new IllegalArgumentException("percent");
        }
        return net + net * percent / 100;
    }
}
