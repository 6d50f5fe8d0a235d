using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>Runs what is written in a client's own language against a cluster.</summary>
internal static class ClientScript
{
    /// <summary>The folder of the scripts of one language, in the source tree.</summary>
    public static string Folder(string language) => Path.Combine(SourceFolder(), language);

    /// <summary>Runs a script to its end; what it prints tells what failed.</summary>
    public static async Task SucceedsAsync(string program, IEnumerable<string> arguments, ClusterProcesses cluster)
    {
        ProgramResult result = await Programs.RunAsync(program, arguments, variables: Variables(cluster));
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
    }

    /// <summary>
    /// Runs a script that asks for members to be killed and started, by a line <c>kill N</c> or <c>start N</c>, waits
    /// for a line each time, and at last says <c>done</c>. All members run when this returns.
    /// </summary>
    public static async Task SucceedsWhileMembersDieAsync(string program, IEnumerable<string> arguments, ClusterProcesses cluster)
    {
        HashSet<MemberProcess> dead = [];
        try
        {
            await using RunningProgram script = RunningProgram.Start(program, arguments, Variables(cluster));
            List<string> said = [];
            while (await script.ReadLineAsync() is { } line)
            {
                said.Add(line);
                string[] words = line.Split(' ');
                if (words is not ["kill" or "start", var number])
                {
                    continue;
                }

                MemberProcess member = cluster.Members[int.Parse(number)];
                if (words[0] == "kill")
                {
                    dead.Add(member);
                    await member.KillAsync();
                }
                else
                {
                    await member.StartAsync();
                    dead.Remove(member);
                }

                await script.WriteLineAsync("so be it");
            }

            ProgramResult result = await script.EndedAsync();
            result.ExitCode.ShouldBe(0, string.Join('\n', said) + result.Error);
            said.ShouldContain("done");
        }
        finally
        {
            foreach (MemberProcess member in dead)
            {
                await member.StartAsync();
            }
        }
    }

    private static (string, string)[] Variables(ClusterProcesses cluster) =>
        [("QUORATE_ENDPOINTS", cluster.Endpoints), ("PYTHONDONTWRITEBYTECODE", "1")];

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
