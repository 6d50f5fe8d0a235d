namespace Quorate.Raft;

/// <summary>A leader handing over to a chosen follower (thesis §3.10, spec E6). While it lasts no writes are taken, so it is bounded.</summary>
internal sealed class LeadershipTransfer(int ticksMax)
{
    private int _elapsedTicks;

    /// <summary>Who is to lead; none when no transfer is under way.</summary>
    public MemberId Target { get; private set; }

    public bool IsUnderWay => !Target.IsNone;

    /// <summary>The target has everything and was told to start its election.</summary>
    public bool IsTargetTold { get; private set; }

    public void Begin(MemberId target)
    {
        Target = target;
        IsTargetTold = false;
        _elapsedTicks = 0;
    }

    public void TargetTold() => IsTargetTold = true;

    public void Abandon() => Target = MemberId.None;

    /// <summary>One election timeout is enough for a healthy target; after it the leader takes writes again.</summary>
    public void Tick()
    {
        if (IsUnderWay && ++_elapsedTicks >= ticksMax)
        {
            Abandon();
        }
    }
}
