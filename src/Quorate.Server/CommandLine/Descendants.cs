using System.Globalization;
using System.Runtime.InteropServices;

namespace Quorate.Server.CommandLine;

/// <summary>
/// The processes that this one has started, those that they have started, and so on; also where the one between has
/// ended, as a shell does that is told to end while a command of it runs. Only on Linux.
/// </summary>
internal static partial class Descendants
{
    private const string Folder = "/proc";
    private const int SetChildSubreaper = 36; // PR_SET_CHILD_SUBREAPER
    private const int NoHang = 1; // WNOHANG

    /// <summary>
    /// From now on a descendant whose parent ends becomes a child of this process, and not of the system's first one,
    /// where nobody would find it. It has to be reaped (<see cref="Reap"/>). False where the system has none of this.
    /// </summary>
    public static bool TryAdopt() =>
        OperatingSystem.IsLinux() && File.Exists(Path.Combine(Folder, "self", "stat")) && Control(SetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>Those that run. One that starts meanwhile may be missing.</summary>
    public static IReadOnlyList<Descendant> Running()
    {
        ILookup<int, Descendant> children = All().ToLookup(process => process.Parent);
        var found = new List<Descendant>(children[Environment.ProcessId]);
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i].Id]);
        }

        return found.FindAll(process => !process.HasEnded);
    }

    /// <summary>Lets go of the children that have ended, except for one: .NET's own, whose exit code it wants to know.</summary>
    public static void Reap(int exceptFor)
    {
        // One by one: to wait for any would take those of .NET as well.
        foreach (Descendant process in All())
        {
            if (process.HasEnded && process.Parent == Environment.ProcessId && process.Id != exceptFor)
            {
                _ = WaitFor(process.Id, IntPtr.Zero, NoHang);
            }
        }
    }

    private static IEnumerable<Descendant> All() =>
        Directory.EnumerateDirectories(Folder)
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? TryRead(id) : null)
            .OfType<Descendant>();

    private static Descendant? TryRead(int id)
    {
        string status;
        try
        {
            status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{Folder}/{id}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended since
        }

        // id (name) state parent …, and a name may have anything in it, also a closing parenthesis.
        string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Descendant(id, int.Parse(fields[1], CultureInfo.InvariantCulture), HasEnded: fields[0] is "Z" or "X");
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int operation, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int process, IntPtr status, int options);
}
