using System.IO;

public static class Lines
{
    public static string FirstLine(string path)
    {
        var reader = new StreamReader(path);
        return reader.ReadLine() ?? "";
    }

    public static int Count(string path)
    {
        return File.ReadAllLines(path).Length;
    }
}
