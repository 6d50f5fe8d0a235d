namespace Quorate.Runtime;

/// <summary>Why a connection is refused.</summary>
/// <param name="Kind">
/// What refusals of one kind have in common. Nothing in it is made up by who is refused: of one that says something else each
/// time each refusal would be news.
/// </param>
/// <param name="Reason">For people.</param>
internal readonly record struct PeerRefusal(string Kind, string Reason)
{
    /// <param name="reason">For people; the same for all of its kind.</param>
    public PeerRefusal(string reason)
        : this(reason, reason)
    {
    }
}
