namespace Quorate.Architecture.Tests;

/// <summary>Where the files are that these tests read.</summary>
internal static class Repository
{
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Quorate.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run below the repository's root");
    }
}
