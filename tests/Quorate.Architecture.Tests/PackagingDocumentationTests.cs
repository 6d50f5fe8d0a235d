using System.Text.RegularExpressions;

namespace Quorate.Architecture.Tests;

/// <summary>The packages that docs/testing-your-own.md has packed: a missing one shows only where nobody has it yet.</summary>
public sealed partial class PackagingDocumentationTests
{
    [Fact]
    public void The_page_packs_what_is_embedded_what_tests_it_and_all_that_these_need()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root(), "docs", "testing-your-own.md"));
        string[] packed = [.. Packed().Match(page).Groups["names"].Value.Split(' ').Select(name => $"Quorate.{name}")];

        packed.Order(StringComparer.Ordinal).ShouldBe(Needed("Quorate.Runtime").Union(Needed("Quorate.Simulation")).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Needed(string project)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root(), "src", project, project + ".csproj"));
        return Reference().Matches(text).SelectMany(reference => Needed(reference.Groups["name"].Value)).Append(project).Distinct();
    }

    [GeneratedRegex("for project in (?<names>[A-Za-z. ]+); do")]
    private static partial Regex Packed();

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*/(?<name>[^/\"]+)\\.csproj\"")]
    private static partial Regex Reference();
}
