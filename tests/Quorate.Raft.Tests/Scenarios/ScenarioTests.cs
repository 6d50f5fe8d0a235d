using System.Runtime.CompilerServices;

namespace Quorate.Raft.Tests.Scenarios;

/// <summary>Every scenario prints today what its file says; QUORATE_REWRITE_GOLDEN=1 writes what it prints into the file instead.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(Folder(), "*.scenario.txt").Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileName(file).Replace(".scenario.txt", "", StringComparison.Ordinal));
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_prints_what_its_file_says(string name)
    {
        string expected = File.ReadAllText(Path.Combine(Folder(), name + ".scenario.txt"));
        string actual = ScenarioFile.Run(expected);
        if (Environment.GetEnvironmentVariable("QUORATE_REWRITE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(SourceFolder(), name + ".scenario.txt"), actual);
            return;
        }

        string? difference = ScenarioFile.Difference(expected, actual);
        (difference is null).ShouldBeTrue($"{name}.scenario.txt {difference}");
    }

    private static string Folder() => Path.Combine(AppContext.BaseDirectory, "Scenarios");

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
