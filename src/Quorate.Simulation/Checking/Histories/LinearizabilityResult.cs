using System.Globalization;
using System.Text;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>What a search for a linearization found.</summary>
/// <param name="Verdict">Linearizable, not, or undecided.</param>
/// <param name="Steps">States that were looked at, in all parts together.</param>
/// <param name="OperationsChecked">Operations that took part: those with an answer, and writes of unknown outcome.</param>
/// <param name="Part">The part that is not linearizable or undecided, in words; null where all are linearizable.</param>
/// <param name="LongestPrefix">The longest order that explains a prefix of that part.</param>
/// <param name="Stuck">The operations that came next in real time, none of which could follow.</param>
public sealed record LinearizabilityResult(
    HistoryVerdict Verdict,
    long Steps,
    int OperationsChecked,
    string? Part,
    IReadOnlyList<Operation> LongestPrefix,
    IReadOnlyList<Operation> Stuck)
{
    /// <summary>Most operations of the prefix that <see cref="ToString"/> writes out: the last ones tell most.</summary>
    private const int PrefixShownMax = 12;

    /// <summary>Several lines for a person.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Words()} ({OperationsChecked} operations, {Steps} steps)");
        if (Part is null)
        {
            return text.ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $" at {Part}\nlongest explanation, {LongestPrefix.Count} operations, ends with:");
        foreach (Operation operation in LongestPrefix.Skip(LongestPrefix.Count - PrefixShownMax))
        {
            text.Append("\n  ").Append(operation);
        }

        text.Append("\nnone of these can follow:");
        foreach (Operation operation in Stuck)
        {
            text.Append("\n  ").Append(operation);
        }

        return text.ToString();
    }

    private string Words() => Verdict switch
    {
        HistoryVerdict.Holds => "linearizable",
        HistoryVerdict.Violated => "not linearizable",
        _ => "linearizability undecided",
    };
}
