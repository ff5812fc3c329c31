public class Days {
    public static String name(int day) {
        switch (day) {
            case 6:
                return "Saturday";
            case 7:
                return "Sunday";
            default:
                return null;
        }
    }
}
