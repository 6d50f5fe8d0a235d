using System.Runtime.InteropServices;

namespace Quorate.Runtime;

/// <summary>
/// Linux's own way to sleep until a number changes: one system call to sleep, one to wake, and no lock around either.
/// A monitor needs several of each, and wakes its sleeper into the lock that the waker still holds.
/// </summary>
internal static unsafe partial class Futex
{
    private const int WaitPrivate = 0 | 128; // FUTEX_WAIT_PRIVATE
    private const int WakePrivate = 1 | 128; // FUTEX_WAKE_PRIVATE

    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && s_number != 0;

    /// <summary>Sleeps while the number is <paramref name="expected"/>, until woken or until the time is over. May return early.</summary>
    /// <param name="address">In memory that does not move.</param>
    /// <param name="expected">Anything else there, and it does not sleep.</param>
    /// <param name="milliseconds">Or <see cref="Timeout.Infinite"/>.</param>
    public static void Wait(int* address, int expected, int milliseconds)
    {
        var timeout = new TimeSpec { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000 };
        SystemCall(s_number, address, WaitPrivate, expected, milliseconds == Timeout.Infinite ? null : &timeout, 0, 0);
    }

    /// <summary>Wakes one that sleeps.</summary>
    public static void Wake(int* address) => SystemCall(s_number, address, WakePrivate, 1, null, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, int* address, nint operation, nint value, TimeSpec* timeout, nint address2, nint value3);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
