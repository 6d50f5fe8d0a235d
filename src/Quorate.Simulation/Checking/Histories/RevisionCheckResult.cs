using System.Globalization;
using System.Text;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>What the check by revisions found.</summary>
/// <param name="Verdict">Whether all answers fit the revisions they name.</param>
/// <param name="Steps">Requests that were replayed.</param>
/// <param name="RevisionMax">The newest revision that an answer names.</param>
/// <param name="Explanation">What is wrong, or what could not be decided; null where all is well.</param>
/// <param name="Operations">The operations that show it.</param>
/// <param name="Order">
/// Where all is well: an order that explains the history, of all that was answered and those writes of unknown outcome
/// that took effect. Reads that did not ask for linearizability stand where their revision is, not where they happened.
/// </param>
public sealed record RevisionCheckResult(
    HistoryVerdict Verdict, long Steps, long RevisionMax, string? Explanation, IReadOnlyList<Operation> Operations,
    IReadOnlyList<Operation> Order)
{
    /// <summary>Some lines for a person.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Verdict switch
        {
            HistoryVerdict.Holds => "revisions hold",
            HistoryVerdict.Violated => "revisions violated",
            _ => "revisions undecided",
        });
        text.Append(CultureInfo.InvariantCulture, $" (up to revision {RevisionMax}, {Steps} steps)");
        if (Explanation is not null)
        {
            text.Append(": ").Append(Explanation);
        }

        foreach (Operation operation in Operations)
        {
            text.Append("\n  ").Append(operation);
        }

        return text.ToString();
    }
}
