using System.Text.Json;
using Quorate.Paxos;

namespace Quorate.Simulation.Traces;

/// <summary>
/// What a Paxos member is in the middle of: the first instance whose value it does not know, and what its three roles have
/// come to there.
/// </summary>
/// <param name="Life">Counts its starts.</param>
/// <param name="FirstUnknown">The first instance whose value it does not know.</param>
/// <param name="Waiting">Values that wait to be chosen.</param>
/// <param name="Phase">What its proposer does; null where none is at work.</param>
/// <param name="Ballot">The proposer's ballot.</param>
/// <param name="Promised">What its acceptor has promised in <paramref name="FirstUnknown"/>.</param>
/// <param name="Accepted">The ballot of what it has accepted there; none where it has accepted nothing.</param>
/// <param name="Value">The value that it has accepted there.</param>
internal readonly record struct PaxosState(
    int Life, long FirstUnknown, int Waiting, ProposerPhase? Phase, Ballot Ballot, Ballot Promised, Ballot Accepted, ulong Value)
{
    public static PaxosState Of(SimulatedMember member, PaxosNode node)
    {
        Acceptor? acceptor = node.AcceptorOf(node.Learner.FirstUnknown);
        return new PaxosState(
            member.Life,
            node.Learner.FirstUnknown,
            node.WaitingCount,
            node.Proposer?.Phase,
            node.Proposer?.Ballot ?? Ballot.None,
            acceptor?.Promised ?? Ballot.None,
            acceptor?.Accepted?.Ballot ?? Ballot.None,
            acceptor?.Accepted?.Value.Id ?? 0);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("life", Life);
        json.WriteNumber("first_unknown", FirstUnknown);
        json.WriteNumber("waiting", Waiting);
        if (Phase is { } phase)
        {
            json.WriteString("phase", phase.ToString());
            PaxosFields.Ballot(json, "ballot", Ballot);
        }

        if (Promised != Ballot.None)
        {
            PaxosFields.Ballot(json, "promised", Promised);
        }

        if (Accepted != Ballot.None)
        {
            PaxosFields.Ballot(json, "accepted", Accepted);
            json.WriteNumber("value", Value);
        }
    }
}
