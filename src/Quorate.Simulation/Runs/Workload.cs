using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Runs;

/// <summary>
/// What runs on a simulated cluster: a state machine, clients that use it, and what must be true of what they were told.
/// Faults, restarts, the paper's own properties and the liveness phase are the run's.
/// </summary>
/// <remarks>One object a run. A property that does not hold is told by a <see cref="Checking.PropertyViolatedException"/>.</remarks>
public abstract class Workload
{
    /// <summary>The state machine of one life of a member; empty.</summary>
    public abstract IStateMachine CreateStateMachine(MemberId id);

    /// <summary>Lets clients begin, on virtual time: <see cref="SimulatedWorld.After"/>.</summary>
    public abstract void Begin(SimulatedWorld world, SeededRandom random);

    /// <summary>Requests that were answered with success so far: the run asks whether there is progress.</summary>
    public abstract long Succeeded { get; }

    /// <summary>Requests that clients have made so far.</summary>
    public virtual long Requests => Succeeded;

    /// <summary>Requests so far whose clients will never know what became of them.</summary>
    public virtual long OutcomesUnknown => 0;

    /// <summary>Faults are over; clients go on.</summary>
    public virtual void FaultsEnded()
    {
    }

    /// <summary>Checks that came to no verdict within their bound: neither good nor bad.</summary>
    public virtual int Undecided { get; protected set; }

    /// <summary>Notes which interesting states its clients came by.</summary>
    public virtual void AddTo(SimulationCoverage coverage)
    {
    }

    /// <summary>Lets clients make no new requests.</summary>
    public abstract void End();

    /// <summary>Whether no request is under way any more. Each must end in bounded time.</summary>
    public abstract bool IsQuiet { get; }

    /// <summary>
    /// Faults are over, all that can run runs and has applied the same: looks at what the members hold, and at all that
    /// clients were told.
    /// </summary>
    /// <param name="members">The members that run.</param>
    public abstract void Check(IReadOnlyList<SimulatedMember> members);

    /// <summary>The state of a member as a number, to compare at equal applied index; null when it is not to be compared.</summary>
    public abstract ulong? StateHash(IStateMachine stateMachine);
}
