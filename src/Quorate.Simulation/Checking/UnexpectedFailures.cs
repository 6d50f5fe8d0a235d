using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// A member stops for good only because of its disk (spec S4). Whatever else stops one is an error of ours: a rule of the
/// algorithm that does not hold, a state machine that throws, or a checker's finding that came by way of one.
/// </summary>
/// <remarks>A replica tells its listener in the middle of an event; the run ends after that event.</remarks>
public sealed class UnexpectedFailures : IWorldObserver
{
    /// <summary>Name of the property that members fail for no reason but their disks.</summary>
    public const string Property = "no fault of its own";

    /// <summary>Name of the property that the algorithm's own assertions hold.</summary>
    public const string InvariantProperty = "no broken invariant";

    private PropertyViolatedException? _found;

    /// <inheritdoc/>
    public void AfterEvent(SimulatedMember? member)
    {
        if (_found is { } found)
        {
            throw found;
        }
    }

    /// <summary>A member has failed.</summary>
    public void Failed(SimulatedMember member, string what, Exception error)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(error);
        if (_found is not null || IsOfDisk(member, error))
        {
            return;
        }

        _found = error as PropertyViolatedException ?? new PropertyViolatedException(
            error is RaftInvariantException ? InvariantProperty : Property, $"member {member.Id}: {what}: {error}", error);
    }

    /// <summary>A disk that never failed is no excuse. One that is spoiled is one for whatever is found on it.</summary>
    private static bool IsOfDisk(SimulatedMember member, Exception error) =>
        (error is IOException && member.Disk.FailureCount > 0)
        || (member.IsSpoiled && error is IOException or InvalidDataException or InvalidOperationException);
}
