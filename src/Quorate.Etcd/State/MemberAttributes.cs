using System.Collections.Immutable;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.State;

/// <summary>
/// What members have published about themselves, in order of id: their names, and where clients reach them.
/// Immutable, as are the messages it holds.
/// </summary>
internal sealed class MemberAttributes
{
    public static readonly MemberAttributes None = new([]);

    private MemberAttributes(ImmutableArray<Member> members)
    {
        Members = members;
    }

    /// <summary>Id, name and client URLs of each, in order of id.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>With what one member says now instead of what it said before.</summary>
    public MemberAttributes With(Member member)
    {
        // Only what is meant, so that nothing else a message may hold gets into the state.
        Member attributes = new() { ID = member.ID, Name = member.Name };
        attributes.ClientURLs.Add(member.ClientURLs);
        int place = Members.BinarySearch(attributes, ById.Instance);
        return new MemberAttributes(
            place >= 0 ? Members.SetItem(place, attributes) : Members.Insert(~place, attributes));
    }

    /// <summary>What a member has published; null where nothing.</summary>
    public Member? Find(ulong id)
    {
        int place = Members.BinarySearch(new Member { ID = id }, ById.Instance);
        return place >= 0 ? Members[place] : null;
    }

    private sealed class ById : IComparer<Member>
    {
        public static readonly ById Instance = new();

        public int Compare(Member? x, Member? y) => x!.ID.CompareTo(y!.ID);
    }
}
