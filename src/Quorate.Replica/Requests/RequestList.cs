namespace Quorate.Replica.Requests;

/// <summary>Requests in the order in which they were added, linked through themselves.</summary>
/// <param name="forWheel">Which of a request's two pairs of links is used.</param>
internal sealed class RequestList(bool forWheel = false)
{
    public ReplicaRequest? First { get; private set; }

    public ReplicaRequest? Last { get; private set; }

    public int Count { get; private set; }

    public void Add(ReplicaRequest request)
    {
        ref RequestLinks links = ref Links(request);
        if (links.List is not null)
        {
            throw new InvalidOperationException("the request stands in a queue already: one object serves for one request");
        }

        links.List = this;
        links.Previous = Last;
        if (Last is null)
        {
            First = request;
        }
        else
        {
            Links(Last).Next = request;
        }

        Last = request;
        Count++;
    }

    public void Remove(ReplicaRequest request)
    {
        ref RequestLinks links = ref Links(request);
        if (links.List != this)
        {
            throw new InvalidOperationException("the request does not stand in this queue");
        }

        if (links.Previous is null)
        {
            First = links.Next;
        }
        else
        {
            Links(links.Previous).Next = links.Next;
        }

        if (links.Next is null)
        {
            Last = links.Previous;
        }
        else
        {
            Links(links.Next).Previous = links.Previous;
        }

        links = default;
        Count--;
    }

    public ReplicaRequest? NextOf(ReplicaRequest request) => Links(request).Next;

    private ref RequestLinks Links(ReplicaRequest request) => ref forWheel ? ref request.Wheel : ref request.Queue;
}
