using Quorate.Raft;

namespace Quorate.Simulation.Runs;

/// <summary>
/// A minority that never recovers by itself. A cluster must be live beside it: with a disk that hangs, a process that
/// stands still, or a member that is cut off, hears nobody, or is heard by nobody.
/// </summary>
internal sealed class Lameness(SimulatedWorld world)
{
    /// <summary>As good as for ever: no run waits for so long.</summary>
    private static readonly TimeSpan s_forever = TimeSpan.FromDays(1);

    private const int KindsOfLameness = 5;
    private const int FastClockPerMille = 2000;

    private readonly SortedSet<ulong> _lame = [];

    public bool IsLame(SimulatedMember member) => _lame.Contains(member.Id.Value);

    /// <summary>Makes some of the members lame that the cluster can do without.</summary>
    /// <param name="dispensable">How many that is.</param>
    /// <param name="random">Who and how.</param>
    /// <param name="first">Who is lame before all others, if anybody may be.</param>
    public void Begin(int dispensable, SeededRandom random, SimulatedMember? first = null)
    {
        if (first is { IsSpoiled: false } && dispensable > 0 && _lame.Add(first.Id.Value))
        {
            dispensable--;
            MakeLame(first, random.Next(KindsOfLameness));
        }

        for (int left = random.Next(Math.Max(0, dispensable) + 1); left > 0; left--)
        {
            // The leader is the most interesting.
            SimulatedMember member = random.Next(2) == 0 && world.Leader() is { } leader ? leader : world.Members[random.Next(world.Members.Count)];
            if (!member.IsSpoiled && _lame.Add(member.Id.Value))
            {
                MakeLame(member, random.Next(KindsOfLameness));
            }
        }

        if (random.Next(3) == 0)
        {
            Hurry();
        }
    }

    /// <summary>
    /// The clock of the member that is furthest behind runs fast: it stands for election again and again, and cannot win.
    /// Whoever can must come to stand all the same.
    /// </summary>
    private void Hurry() => world.Members
        .Where(member => member.Replica is not null && !IsLame(member))
        .OrderBy(member => member.Replica!.Algorithm.LastLog.Term)
        .ThenBy(member => member.Replica!.Algorithm.LastLog.Index)
        .FirstOrDefault()?.Clock.Drift(FastClockPerMille);

    /// <summary>They recover after all.</summary>
    public void End()
    {
        _lame.Clear();
        world.Calm();
    }

    private void MakeLame(SimulatedMember member, int how)
    {
        switch (how)
        {
            case 0:
                member.HangDisk(s_forever);
                break;
            case 1:
                member.Pause(s_forever);
                break;
            case 2:
                world.Network.Isolate(member.Id);
                break;
            default:
                foreach (SimulatedMember other in world.Members)
                {
                    if (how == 3)
                    {
                        world.Network.Cut(other.Id, member.Id);
                    }
                    else
                    {
                        world.Network.Cut(member.Id, other.Id);
                    }
                }

                break;
        }
    }
}
