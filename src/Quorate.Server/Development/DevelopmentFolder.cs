using Quorate.Io;
using Quorate.Runtime;

namespace Quorate.Server.Development;

/// <summary>
/// The folder of a local cluster: one run uses it at a time, and always as the cluster that was founded in it, since the
/// members' identities come from their addresses.
/// </summary>
internal sealed class DevelopmentFolder : IDisposable
{
    private const string LockFile = "dev.lock";
    private const string PlanFile = "dev.plan";

    private readonly IDisposable _lock;

    private DevelopmentFolder(string path, IDisposable @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>Takes the folder for this process.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="options">The options that found the cluster, as one would give them.</param>
    /// <exception cref="IOException">It cannot be used; says why, and what would help.</exception>
    public static DevelopmentFolder Open(string folder, string options)
    {
        string path = System.IO.Path.GetFullPath(folder);
        if (File.Exists(path))
        {
            throw new IOException($"'{path}' is a file; name a folder with --data-dir, or one that can be made");
        }

        IDisposable held;
        try
        {
            held = new SystemDisk(path).Lock(LockFile);
        }
        catch (DiskLockedException)
        {
            throw new IOException($"another 'quorate dev' runs in '{path}'; stop it, or start this one with other ports and folder: --client-port 13379 --data-dir FOLDER");
        }

        try
        {
            RequireSamePlan(path, options);
            return new DevelopmentFolder(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void RequireSamePlan(string path, string options)
    {
        string file = System.IO.Path.Combine(path, PlanFile);
        if (!File.Exists(file))
        {
            File.WriteAllText(file, options + "\n");
            return;
        }

        string founded = File.ReadAllText(file).Trim();
        if (founded.Length > 0 && founded != options)
        {
            throw new IOException($"the cluster in '{path}' was founded with {founded}, not with {options}; start it as it was founded, or name another folder with --data-dir");
        }
    }
}
