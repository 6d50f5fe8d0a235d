using System.Text.Json;
using Quorate.Paxos;
using Quorate.Paxos.Messages;

namespace Quorate.Simulation.Traces;

/// <summary>The fields of a message of Paxos, under the names of docs/simulation.md; one that the kind of message does not have is left out.</summary>
internal static class PaxosFields
{
    public static void Write(Utf8JsonWriter json, PaxosMessage message)
    {
        json.WriteString("kind", message.GetType().Name);
        json.WriteNumber("instance", message.Instance);
        switch (message)
        {
            case Prepare prepare:
                Ballot(json, "ballot", prepare.Ballot);
                break;
            case Promise promise:
                Ballot(json, "ballot", promise.Ballot);
                if (promise.Accepted is { } before)
                {
                    Ballot(json, "accepted", before.Ballot);
                    Value(json, before.Value);
                }

                break;
            case Accept accept:
                Ballot(json, "ballot", accept.Ballot);
                Value(json, accept.Value);
                break;
            case Accepted accepted:
                Ballot(json, "ballot", accepted.Ballot);
                break;
            case Rejected rejected:
                Ballot(json, "ballot", rejected.Ballot);
                Ballot(json, "promised", rejected.Promised);
                break;
            case Chosen chosen:
                Value(json, chosen.Value);
                break;
        }
    }

    public static void Ballot(Utf8JsonWriter json, string name, Ballot ballot) => json.WriteString(name, ballot.ToString());

    private static void Value(Utf8JsonWriter json, Value value) => json.WriteNumber("value", value.Id);
}
