using Quorate.Simulation.Testing;

namespace Quorate.Samples.TestedBank;

/// <summary>What a bank is put through.</summary>
public static class BankTest
{
    public static StateMachineTest<TBank> Of<TBank>(Func<TBank> create)
        where TBank : Bank => Simulate
        .StateMachine(create)
        .Clients(Bank.Clients)
        .Proposing(turn => turn.Previous is { IsUnknown: true } lost
            ? lost.Command // nobody knows whether it was carried out: once more
            : Bank.Transfer(turn.Client, turn.Number, turn.Random.Next(Bank.Accounts), turn.Random.Next(Bank.Accounts), turn.Random.Next(60)))
        .Check("money is neither made nor lost", bank => bank.Total == 800)
        .Check("no account is overdrawn", bank => !bank.IsAnyOverdrawn)
        .CheckInTheEnd("every transfer was done once", (_, operations) => operations
            .Where(operation => operation.Result is "done")
            .GroupBy(operation => Bank.Show(operation.Command))
            .All(told => told.Count() == 1))
        .Showing(Bank.Show);
}
