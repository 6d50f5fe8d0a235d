using System.Runtime;
using System.Runtime.InteropServices;

namespace Quorate.Bench;

/// <summary>
/// Processor time used so far, which other programs on the machine do not lengthen as they do wall time: of the calling thread,
/// where the system tells (Linux), and of the whole process, compiler and collector included.
/// </summary>
/// <param name="Thread">Of the calling thread, in which the collector also works while it stops the program.</param>
/// <param name="Process">Of all threads.</param>
/// <param name="Collector">For which the collector has stopped the program, by wall time.</param>
/// <param name="Compiler">Spent compiling, on any thread, by wall time.</param>
internal readonly partial record struct ProcessorTime(TimeSpan Thread, TimeSpan Process, TimeSpan Collector, TimeSpan Compiler)
{
    private const int ThreadClock = 3;

    public static ProcessorTime Now => new(
        OfThread(), Environment.CpuUsage.TotalTime, GC.GetTotalPauseDuration(), JitInfo.GetCompilationTime());

    public static ProcessorTime operator -(in ProcessorTime later, in ProcessorTime earlier) => new(
        later.Thread - earlier.Thread, later.Process - earlier.Process, later.Collector - earlier.Collector, later.Compiler - earlier.Compiler);

    /// <summary>CLOCK_THREAD_CPUTIME_ID; elsewhere that of the process, in which this thread does nearly all.</summary>
    public static TimeSpan OfThread() =>
        OperatingSystem.IsLinux() && GetTime(ThreadClock, out TimeSpecification time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : Environment.CpuUsage.TotalTime;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
