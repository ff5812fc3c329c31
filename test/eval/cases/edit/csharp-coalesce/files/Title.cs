public static class Title
{
    public static string Of(string? given)
    {
        if (given == null)
        {
            return "untitled";
        }
        return given.Trim();
    }
}
