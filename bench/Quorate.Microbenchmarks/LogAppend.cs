using BenchmarkDotNet.Attributes;
using Quorate.Bench.Engine;

namespace Quorate.Microbenchmarks;

/// <summary>
/// The log: a batch of entries of 256 bytes, staged, sealed, written and flushed. On files in memory it shows what the log
/// takes of the processor, on a disk what the disk adds, which a batch shares.
/// </summary>
[MemoryDiagnoser]
public class LogAppend
{
    private const int CommandBytes = 256;

    private string _folder = string.Empty;
    private LogWriterAlone? _log;

    [Params(1, 64)]
    public int BatchEntries { get; set; }

    /// <summary>Linux keeps files of the first in memory, where a flush does nothing.</summary>
    [Params("memory", "disk")]
    public string Files { get; set; } = string.Empty;

    [GlobalSetup]
    public void Open()
    {
        string parent = Files == "memory" && Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(parent, Path.GetRandomFileName())).FullName;
        _log = new LogWriterAlone(_folder, CommandBytes, BatchEntries);
    }

    [GlobalCleanup]
    public void Close()
    {
        _log?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Description = "log: a batch, durable")]
    public void Append() => _log!.Append();
}
