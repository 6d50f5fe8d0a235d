namespace Quorate.Simulation.Checking.Leases;

/// <summary>What clients were told of one lease, and when it was seen to be gone; all in virtual time.</summary>
public sealed class LeaseStory
{
    private readonly List<LeasePromise> _promises = [];
    private readonly List<LeaseDenial> _denials = [];

    /// <summary>Begins the story of a lease.</summary>
    public LeaseStory(long id)
    {
        Id = id;
    }

    /// <summary>Its id.</summary>
    public long Id { get; }

    /// <summary>The grants and renewals that were answered with a time to live.</summary>
    public IReadOnlyList<LeasePromise> Promises => _promises;

    /// <summary>The answers that there is no such lease.</summary>
    public IReadOnlyList<LeaseDenial> Denials => _denials;

    /// <summary>When somebody first asked for it to be revoked; null when nobody has.</summary>
    public TimeSpan? RevokeAsked { get; private set; }

    /// <summary>When somebody first heard that it was revoked.</summary>
    public TimeSpan? RevokeAnswered { get; private set; }

    /// <summary>When it was first seen to be gone: from a member that had it, or by an answer.</summary>
    public TimeSpan? Gone { get; private set; }

    /// <summary>A grant or renewal is answered.</summary>
    public void Promised(TimeSpan asked, TimeSpan answered, long ttlSeconds) =>
        _promises.Add(new LeasePromise(asked, answered, TimeSpan.FromSeconds(ttlSeconds)));

    /// <summary>Somebody hears that there is no such lease.</summary>
    public void Denied(TimeSpan asked, TimeSpan answered)
    {
        _denials.Add(new LeaseDenial(asked, answered));
        SeenGone(answered);
    }

    /// <summary>Somebody asks for it to be revoked.</summary>
    public void AskedToRevoke(TimeSpan now) => RevokeAsked ??= now;

    /// <summary>Somebody hears that it was revoked.</summary>
    public void Revoked(TimeSpan now)
    {
        RevokeAnswered ??= now;
        SeenGone(now);
    }

    /// <summary>It is not there any more.</summary>
    public void SeenGone(TimeSpan now) => Gone = Gone is { } earlier && earlier <= now ? earlier : now;
}
