using System.CommandLine;
using System.CommandLine.Invocation;

namespace Quorate.Server.CommandLine;

/// <summary><c>version</c>, which etcd's operators are used to: prints what <c>--version</c> does.</summary>
internal static class VersionCommand
{
    public static Command Create(VersionOption option) =>
        new("version", "Print the version of this program.") { Action = (SynchronousCommandLineAction)option.Action! };
}
