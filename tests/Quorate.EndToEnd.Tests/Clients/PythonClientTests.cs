using System.Diagnostics;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>Debian's python3-etcd3, which speaks through Google's gRPC in C: <c>python/exercise.py</c> says what it does.</summary>
[Collection(ClientsCluster.Name)]
public sealed class PythonClientTests(ClientsCluster clients)
{
    /// <summary>Debian's own: its packages are not seen by a Python that was installed beside it.</summary>
    private const string Python = "/usr/bin/python3";

    [NeedsPythonClientFact]
    public Task All_that_it_offers() =>
        ClientScript.SucceedsAsync(Python, [Path.Combine(ClientScript.Folder("python"), "exercise.py")], clients.Processes);

    [NeedsPythonClientFact]
    public Task Its_member_is_killed_and_comes_back() =>
        ClientScript.SucceedsWhileMembersDieAsync(Python, [Path.Combine(ClientScript.Folder("python"), "reconnect.py")], clients.Processes);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NeedsPythonClientFactAttribute : FactAttribute
    {
        private static readonly bool IsInstalled = Imports();

        public NeedsPythonClientFactAttribute()
        {
            Skip = IsInstalled ? null : "etcd3 for Python is not installed: install Debian's python3-etcd3";
        }

        private static bool Imports()
        {
            if (!File.Exists(Python))
            {
                return false;
            }

            using Process process = Process.Start(new ProcessStartInfo(Python, ["-c", "import etcd3"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
