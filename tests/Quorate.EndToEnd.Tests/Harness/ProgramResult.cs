namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>What it printed, which it must have done with success.</summary>
    public string Succeeded()
    {
        ExitCode.ShouldBe(0, $"{Output}\n{Error}");
        return Output;
    }
}
