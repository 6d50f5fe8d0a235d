using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Tests.Support;

/// <summary>The naive twin of the search: every order of every choice of operations, without any memory.</summary>
internal static class PermutationSearch
{
    public static bool IsLinearizable(History history)
    {
        KeyValueModel model = new();
        return model.Partition(history).All(part => CanGoOn(model, part.Initial, [.. part.Operations]));
    }

    private static bool CanGoOn(KeyValueModel model, KeyValueState state, List<Operation> left)
    {
        if (left.TrueForAll(operation => operation.End != OperationEnd.Answered))
        {
            return true;
        }

        foreach (Operation next in left)
        {
            if (left.Exists(other => other.End == OperationEnd.Answered && other.Precedes(next)))
            {
                continue;
            }

            List<KeyValueState> successors = [];
            model.Step(state, next, successors);
            List<Operation> rest = [.. left.Where(other => other != next)];
            if (successors.Exists(successor => CanGoOn(model, successor, rest)))
            {
                return true;
            }
        }

        return false;
    }
}
