using System.Text.RegularExpressions;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>
/// Plays a session with etcdctl and compares it with what was expected. Its lines:
/// <code>
/// m2$ put key value       runs etcdctl against a member; all$ gives it every member
/// &lt; a line               is given to it on standard input
/// OK                      … and this it must print: all of it, line by line
/// 2&gt; a text               … and this on standard error, among other things
/// ! a text                … or it must fail, and say this
/// m1$ watch key &amp;w        runs beside the others, under a name
/// w: PUT                  … and must print this next
/// ^C w                    … and is interrupted
/// # a remark
/// </code>
/// In what is expected, <c>*</c> is any text, a line <c>...</c> any number of lines, and <c>{name}</c> a word that is
/// remembered the first time and must be the same from then on, in commands too; <c>{m1}</c> is a member's endpoint.
/// </summary>
internal sealed partial class Transcript(ClusterProcesses cluster, ClusterProcesses? other = null) : IAsyncDisposable
{
    private static readonly (string, string)[] Api3 = [("ETCDCTL_API", "3")];

    private readonly Dictionary<string, string> _words = cluster.Members.ToDictionary(member => member.Name, member => member.Endpoint);
    private readonly Dictionary<string, RunningProgram> _running = [];

    /// <summary>Gives a name to a word that the session may use.</summary>
    public Transcript With(string name, string word)
    {
        _words[name] = word;
        return this;
    }

    public async Task PlayAsync(string session)
    {
        string[] lines = [.. session.Split('\n').Where(line => !line.StartsWith('#') && line.Trim().Length != 0)];
        for (int i = 0; i < lines.Length;)
        {
            string line = lines[i++];
            if (Prompt().Match(line) is { Success: true } prompt)
            {
                string[] arguments = Arguments(prompt.Groups["who"].Value, Known(prompt.Groups["command"].Value));
                if (prompt.Groups["name"] is { Success: true, Value: var name })
                {
                    _running.Add(name, RunningProgram.Start(Programs.Etcdctl!, arguments, Api3));
                    continue;
                }

                string input = string.Concat(TakeWhile(next => next.StartsWith('<')).Select(next => Known(next[1..].TrimStart()) + "\n"));
                string[] expected = TakeWhile(next => !IsStep(next));
                Check(line, expected, await Programs.RunAsync(Programs.Etcdctl!, arguments, input, Api3));
            }
            else if (line.StartsWith("^C ", StringComparison.Ordinal))
            {
                await using RunningProgram program = Running(line[3..].Trim());
                _running.Remove(line[3..].Trim());
                await program.InterruptAsync();
            }
            else
            {
                (string name, string expected) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].TrimStart());
                string? printed = await Running(name).ReadLineAsync();
                Matches(expected, printed ?? "(the end)").ShouldBeTrue($"'{name}' was to print '{Known(expected)}' and printed '{printed}'");
            }

            string[] TakeWhile(Func<string, bool> isOfThem)
            {
                int first = i;
                while (i < lines.Length && isOfThem(lines[i]))
                {
                    i++;
                }

                return lines[first..i];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProgram program in _running.Values)
        {
            await program.DisposeAsync();
        }
    }

    private string[] Arguments(string who, string command)
    {
        string endpoints = who switch
        {
            "all" => cluster.Endpoints,
            "other" => other!.Members[0].Endpoint,
            _ => cluster.Members[who[1] - '1'].Endpoint,
        };
        return [$"--endpoints={endpoints}", "--command-timeout=30s", .. Words().Matches(command).Select(word => word.Value.Replace("'", null, StringComparison.Ordinal))];
    }

    private void Check(string command, string[] expected, ProgramResult result)
    {
        string told = $"{Known(command)}\nended with {result.ExitCode} and printed:\n{result.Output}{result.Error}";
        string[] failures = [.. expected.Where(line => line.StartsWith('!')).Select(line => Known(line[1..].Trim()))];
        (result.ExitCode != 0).ShouldBe(failures.Length != 0, told);
        foreach (string failure in failures)
        {
            (result.Output + result.Error).ShouldContain(failure, customMessage: told);
        }

        foreach (string line in expected.Where(line => line.StartsWith("2>", StringComparison.Ordinal)))
        {
            result.Error.ShouldContain(Known(line[2..].Trim()), customMessage: told);
        }

        // Empty lines are for the eye, here as there.
        Queue<string> printed = new(result.Output.Split('\n').Where(line => line.Trim().Length != 0));
        bool some = failures.Length != 0;
        foreach (string line in expected.Where(line => !line.StartsWith('!') && !line.StartsWith("2>", StringComparison.Ordinal)))
        {
            if (line.Trim() == "...")
            {
                some = true;
                continue;
            }

            bool found = false;
            while (!found && printed.TryDequeue(out string? next))
            {
                found = Matches(line, next);
                (found || some).ShouldBeTrue($"'{next}' is not '{Known(line)}':\n{told}");
            }

            found.ShouldBeTrue($"there is no line '{Known(line)}':\n{told}");
            some = false;
        }

        (some || printed.Count == 0).ShouldBeTrue($"more than expected:\n{told}");
    }

    private bool Matches(string expected, string printed)
    {
        HashSet<string> fresh = [];
        string pattern = Place().Replace(Regex.Escape(Known(expected.Trim())).Replace("\\{", "{").Replace("\\*", ".*"), place =>
            fresh.Add(place.Groups[1].Value) ? $"(?<{place.Groups[1].Value}>[^\\s,()\\[\\]]+)" : $"\\k<{place.Groups[1].Value}>");
        Match match = Regex.Match(printed.Trim(), $"^{pattern}$");
        foreach (string name in fresh.Where(_ => match.Success))
        {
            _words[name] = match.Groups[name].Value;
        }

        return match.Success;
    }

    private string Known(string text) => Place().Replace(text, place => _words.GetValueOrDefault(place.Groups[1].Value, place.Value));

    private RunningProgram Running(string name) =>
        _running.TryGetValue(name, out RunningProgram? program) ? program : throw new ArgumentException($"nothing runs under the name '{name}'");

    private bool IsStep(string line) =>
        Prompt().IsMatch(line) || line.StartsWith("^C ", StringComparison.Ordinal) || _running.Keys.Any(name => line.StartsWith(name + ":", StringComparison.Ordinal));

    [GeneratedRegex(@"^(?<who>m\d|all|other)\$ (?<command>.*?)( &(?<name>\w+))?\s*$")]
    private static partial Regex Prompt();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"('[^']*'|\S)+")]
    private static partial Regex Words();
}
