using System.Collections.Immutable;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.State;

/// <summary>
/// The alarms that are active: which member has raised which. Part of the replicated state, so what they forbid is
/// forbidden on every member alike. Immutable, as are the messages it holds; in order of type, then of member.
/// </summary>
internal sealed class Alarms
{
    /// <summary>Most alarms at once. Types and members are whatever a client says, so something has to bound them.</summary>
    public const int AlarmsMax = 1024;

    public static readonly Alarms None = new([]);

    private readonly bool _hasNoSpace;
    private readonly bool _isCorrupt;

    private Alarms(ImmutableArray<AlarmMember> active)
    {
        Active = active;
        _hasNoSpace = Any(AlarmType.Nospace);
        _isCorrupt = Any(AlarmType.Corrupt);
    }

    /// <summary>All of them.</summary>
    public ImmutableArray<AlarmMember> Active { get; }

    /// <summary>Those of a type; all for <see cref="AlarmType.None"/>.</summary>
    public IEnumerable<AlarmMember> OfType(AlarmType type) =>
        type == AlarmType.None ? Active : Active.Where(alarm => alarm.Alarm == type);

    /// <summary>Whether a member has raised an alarm.</summary>
    public bool Contains(ulong memberId, AlarmType type) => PlaceOf(new AlarmMember { MemberID = memberId, Alarm = type }) >= 0;

    /// <summary>
    /// Why a change must be refused; null where it may pass. A corrupt cluster is not changed at all. A full one takes
    /// what cannot make it grow: deletions, compactions, the end of leases.
    /// </summary>
    /// <param name="costBytes">By how much the change may make the store grow.</param>
    public EtcdError? Refusal(long costBytes)
    {
        if (_isCorrupt)
        {
            return EtcdError.Corrupt;
        }

        return _hasNoSpace && costBytes > 0 ? EtcdError.NoSpace : null;
    }

    /// <summary>With one more; itself where it is there already.</summary>
    public Alarms With(ulong memberId, AlarmType type)
    {
        AlarmMember alarm = new() { MemberID = memberId, Alarm = type };
        int place = PlaceOf(alarm);
        return place >= 0 ? this : new Alarms(Active.Insert(~place, alarm));
    }

    /// <summary>Without one; itself where it is not there.</summary>
    public Alarms Without(ulong memberId, AlarmType type)
    {
        int place = PlaceOf(new AlarmMember { MemberID = memberId, Alarm = type });
        return place >= 0 ? new Alarms(Active.RemoveAt(place)) : this;
    }

    private bool Any(AlarmType type)
    {
        foreach (AlarmMember alarm in Active)
        {
            if (alarm.Alarm == type)
            {
                return true;
            }
        }

        return false;
    }

    private int PlaceOf(AlarmMember alarm) => Active.BinarySearch(alarm, Order.Instance);

    private sealed class Order : IComparer<AlarmMember>
    {
        public static readonly Order Instance = new();

        public int Compare(AlarmMember? x, AlarmMember? y)
        {
            int byType = x!.Alarm.CompareTo(y!.Alarm);
            return byType != 0 ? byType : x.MemberID.CompareTo(y.MemberID);
        }
    }
}
