using Quorate.Simulation.Testing;

namespace Quorate.Samples.TestedBank;

/// <summary>Both banks, through the same test.</summary>
public static class BankComparison
{
    /// <summary>Returns 0 if the wrong bank is caught and the right one is not.</summary>
    public static int Run(TextWriter output, int seeds)
    {
        StateMachineTestResult wrong = BankTest.Of(() => new ForgetfulBank()).Run(seeds);
        output.WriteLine($"the forgetful bank: {wrong}");
        if (wrong.Failure is { } failure)
        {
            output.WriteLine($"from here:   dotnet run -c Release --project samples/TestedBank -- replay \"{failure.Smallest.Arguments}\"");
        }

        output.WriteLine();
        StateMachineTestResult right = BankTest.Of(() => new Bank()).Run(seeds);
        output.WriteLine($"the bank: {right}");
        return wrong.Failure is not null && right.Failure is null ? 0 : 1;
    }
}
