using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;

namespace Quorate.Simulation.Testing;

/// <summary>
/// Looks, when a run is over, at what was applied and what clients were told. The log is the one order of all commands, so no
/// order has to be searched for: whatever was answered must be explained by it.
/// </summary>
internal sealed class StateMachineHistory<TMachine>(StateMachineRules<TMachine> rules, CommandLog log, IReadOnlyList<ClientOperation> operations)
    where TMachine : class, IStateMachine
{
    /// <summary>How often in a run's log a second state machine goes on from a snapshot of the first.</summary>
    private const int SnapshotsTried = 4;

    private readonly AppliedCommand[] _commands = [.. log.Commands];

    /// <summary>Checks everything.</summary>
    /// <param name="machine">That of a member that has applied all.</param>
    /// <param name="member">Who that is.</param>
    public void Check(TMachine machine, MemberId member)
    {
        CheckDurability();
        CheckRefusals();
        CheckModel();
        CheckReplay(machine, member);
        for (int i = 1; i <= SnapshotsTried; i++)
        {
            CheckSnapshot(_commands.Length * i / (SnapshotsTried + 1));
        }

        foreach ((string name, Func<TMachine, IReadOnlyList<ClientOperation>, bool> holds) in rules.FinalChecks)
        {
            if (!holds(machine, operations))
            {
                throw new PropertyViolatedException(name, $"it does not hold in the end, after {_commands.Length} commands");
            }
        }
    }

    private void CheckDurability()
    {
        foreach (ClientOperation operation in operations.Where(static operation => operation.IsApplied))
        {
            if (log.At(operation.Index) is not { } applied || !applied.Command.Span.SequenceEqual(operation.Command.Span))
            {
                throw new PropertyViolatedException(
                    StateMachineProperty.Durability, $"{operation}: but {(log.At(operation.Index) is null ? "nothing" : "something else")} was applied there");
            }
        }
    }

    /// <summary>Commands may be equal, so they are counted: no more of a kind than clients may have had applied.</summary>
    private void CheckRefusals()
    {
        SortedDictionary<string, int> possible = new(StringComparer.Ordinal);
        foreach (ClientOperation operation in operations.Where(static operation => operation.IsApplied || operation.IsUnknown))
        {
            string command = Convert.ToHexString(operation.Command.Span);
            possible[command] = possible.GetValueOrDefault(command) + 1;
        }

        foreach (AppliedCommand applied in _commands)
        {
            string command = Convert.ToHexString(applied.Command.Span);
            int left = possible.GetValueOrDefault(command);
            if (left == 0)
            {
                throw new PropertyViolatedException(
                    StateMachineProperty.Refusals,
                    $"index {applied.Index}: {rules.Text(applied.Command)} was applied more often than clients could have expected: it was refused, or nobody proposed it");
            }

            possible[command] = left - 1;
        }
    }

    private void CheckModel()
    {
        if (rules.Model is null)
        {
            return;
        }

        Func<ReadOnlyMemory<byte>, object?> model = rules.Model();
        CompareAnswers(command => model(command.Command), StateMachineProperty.Model, "the model");
    }

    private void CheckReplay(TMachine machine, MemberId member)
    {
        TMachine replaying = rules.Create();
        CompareAnswers(command => ApplyAndCheck(replaying, command), StateMachineProperty.Replay, "one that applied the same commands");
        RequireSameState(machine, replaying, StateMachineProperty.Replay, $"that of member {member} and that of one that applied the same commands, one after the other,");
    }

    /// <summary>One state machine applies everything, another goes on from its snapshot.</summary>
    private void CheckSnapshot(int from)
    {
        TMachine first = rules.Create();
        for (int i = 0; i < from; i++)
        {
            ApplyTo(first, _commands[i]);
        }

        TMachine second = rules.Create();
        second.LoadSnapshot(new MemoryStream(SnapshotBytes.Of(first)));
        string after = from == 0 ? "the beginning" : $"index {_commands[from - 1].Index}";
        RequireSameState(first, second, StateMachineProperty.Snapshots, $"that at {after} and that loaded from its snapshot");
        for (int i = from; i < _commands.Length; i++)
        {
            object? one = ApplyTo(first, _commands[i]);
            object? other = ApplyTo(second, _commands[i]);
            if (!rules.AreEqualAnswers(one, other))
            {
                throw new PropertyViolatedException(
                    StateMachineProperty.Snapshots,
                    $"index {_commands[i].Index}: {rules.Text(_commands[i].Command)} is answered {Answers.Text(one)} by one that has applied everything, "
                    + $"and {Answers.Text(other)} by one that went on from a snapshot at {after}");
            }
        }

        RequireSameState(first, second, StateMachineProperty.Snapshots, $"that of one that has applied everything and that of one that went on from a snapshot at {after}");
    }

    /// <summary>What clients were told is compared with what another answers to the same commands in the same order.</summary>
    private void CompareAnswers(Func<AppliedCommand, object?> answer, string property, string who)
    {
        var told = new SortedDictionary<long, ClientOperation>();
        foreach (ClientOperation operation in operations.Where(static operation => operation.IsApplied))
        {
            told[operation.Index] = operation;
        }

        foreach (AppliedCommand command in _commands)
        {
            object? expected = answer(command);
            if (told.TryGetValue(command.Index, out ClientOperation? operation) && !rules.AreEqualAnswers(operation.Result, expected))
            {
                throw new PropertyViolatedException(
                    property, $"{rules.Text(command.Command)}: {operation}; {who} answers {Answers.Text(expected)}");
            }
        }
    }

    private object? ApplyAndCheck(TMachine machine, AppliedCommand command)
    {
        object? result = ApplyTo(machine, command);
        foreach ((string name, Func<TMachine, bool> holds) in rules.Checks)
        {
            if (!holds(machine))
            {
                throw new PropertyViolatedException(name, $"it does not hold after index {command.Index}: {rules.Text(command.Command)}");
            }
        }

        return result;
    }

    private static object? ApplyTo(TMachine machine, AppliedCommand command)
    {
        object? result = machine.Apply(command with { ResultWanted = true });
        machine.BatchApplied();
        return result;
    }

    private void RequireSameState(TMachine one, TMachine other, string property, string which)
    {
        if (rules.Hash(one) != rules.Hash(other))
        {
            throw new PropertyViolatedException(property, $"two states differ that must be equal: {which}");
        }
    }
}
