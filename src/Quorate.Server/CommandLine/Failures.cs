using Quorate.Client;
using Quorate.Grpc;

namespace Quorate.Server.CommandLine;

/// <summary>What a failed operation means to a script.</summary>
internal static class Failures
{
    public static int ExitCodeOf(QuorateException failure) => failure switch
    {
        { OutcomeUnknown: true } => ExitCode.OutcomeUnknown,
        { Status.StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => ExitCode.Unavailable,
        _ => ExitCode.Failed,
    };
}
