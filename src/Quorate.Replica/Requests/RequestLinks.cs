namespace Quorate.Replica.Requests;

/// <summary>A request's place in a <see cref="RequestList"/>.</summary>
internal struct RequestLinks
{
    public RequestList? List;
    public ReplicaRequest? Next;
    public ReplicaRequest? Previous;
}
