using Quorate.Raft;
using Quorate.Simulation.Checking;
using Quorate.Storage;

namespace Quorate.Simulation.Runs;

/// <summary>
/// Starts members that are down, and ends processes that have failed, after a while, as a supervisor of services and the
/// people behind it do.
/// </summary>
internal sealed class Operator(SimulatedWorld world, SimulationCoverage coverage, SeededRandom random)
{
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(250);
    private readonly SortedSet<ulong> _givenUp = [];

    /// <summary>
    /// Rounds that a member is left down, on average. Where it is long, others go on so far without it that it needs a
    /// snapshot, and another goes down before it is back.
    /// </summary>
    public int RoundsDown { get; init; } = 6;

    /// <summary>Starts a member at once rather than after a while.</summary>
    public bool IsQuick { get; set; }

    public void Begin() => world.After(s_round, Round);

    /// <summary>Whether a member is beyond help: its disk was spoiled, and it says so when it is started.</summary>
    public bool HasGivenUp(SimulatedMember member) => _givenUp.Contains(member.Id.Value);

    public void StartUnlessGivenUp(SimulatedMember member)
    {
        if (!HasGivenUp(member))
        {
            Start(member);
        }
    }

    public void Start(SimulatedMember member)
    {
        try
        {
            member.Start();
        }
        catch (StorageFailedException)
        {
            // The disk is full, or failed again; it is tried later.
            member.Kill();
        }
        catch (Exception error) when (member.IsSpoiled && error is StorageDamagedException or DataFolderException or InvalidDataException)
        {
            coverage.DamagedStarts++;
            _givenUp.Add(member.Id.Value);
            member.Kill();
        }
        catch (StorageException error)
        {
            throw new PropertyViolatedException("recovery", $"member {member.Id} does not start on a disk that kept its promises: {error.Message}");
        }
    }

    private void Round()
    {
        foreach (SimulatedMember member in world.Members)
        {
            if (HasGivenUp(member) || (!IsQuick && random.Next(RoundsDown) != 0))
            {
                continue;
            }

            if (member.HasFailed)
            {
                if (member.IsSpoiled)
                {
                    // It may have found its damage while it ran, or that its disk is not the one that the others know.
                    _givenUp.Add(member.Id.Value);
                }

                End(member);
            }

            if (!member.IsRunning && !HasGivenUp(member))
            {
                Start(member);
            }
        }

        world.After(s_round, Round);
    }

    private void End(SimulatedMember member)
    {
        if (random.Next(2) == 0)
        {
            member.Kill();
        }
        else
        {
            member.Crash();
        }
    }
}
