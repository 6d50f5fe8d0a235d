using Quorate.Samples.TestedBank;
using Quorate.Simulation.Testing;

namespace Quorate.Simulation.Tests.Testing;

/// <summary>The sample of docs/testing-your-own.md does what that says.</summary>
public sealed class TestedBankTests
{
    [Fact]
    public void The_forgetful_bank_is_caught_and_the_bank_passes()
    {
        using StringWriter output = new();

        BankComparison.Run(output, seeds: 50).ShouldBe(0);

        output.ToString().ShouldContain("the forgetful bank: seed ");
        output.ToString().ShouldContain("replay it:   .Replay(\"--seed ");
        output.ToString().ShouldContain("the bank: everything held: 50 seeds");
    }

    [Fact]
    public void What_is_forgotten_is_named()
    {
        // It shows in more than one way, as members whose states differ too; this one says what was forgotten.
        StateMachineTest<ForgetfulBank> test = BankTest.Of(() => new ForgetfulBank());
        int seed = Enumerable.Range(1, 50).First(seed =>
            test.Run(seeds: 1, firstSeed: (ulong)seed, shrinkAttempts: 0).Failure?.Property == StateMachineProperty.Snapshots);

        StateMachineFailure failure = test.Run(seeds: 1, firstSeed: (ulong)seed).Failure!;

        failure.Property.ShouldBe(StateMachineProperty.Snapshots);
        failure.Smallest.Members.ShouldBe(1);
        failure.Smallest.Faults!.Value.ShouldBeEmpty();
        failure.SmallestViolation.Message.ShouldContain("is answered done already by one that has applied everything, and ");
    }
}
