namespace Quorate.KeyValue.Leases;

/// <summary>What has happened to leases on this member since it was started. One thread counts, any may read.</summary>
public sealed class LeaseCounts
{
    private long _granted;
    private long _renewed;
    private long _revoked;

    /// <summary>Grants applied.</summary>
    public long Granted => Volatile.Read(ref _granted);

    /// <summary>Renewals applied.</summary>
    public long Renewed => Volatile.Read(ref _renewed);

    /// <summary>Leases ended, by revocation or expiry.</summary>
    public long Revoked => Volatile.Read(ref _revoked);

    // One writer, so a plain addition published whole is enough.

    /// <summary>A lease was granted.</summary>
    public void CountGrant() => Volatile.Write(ref _granted, _granted + 1);

    /// <summary>A lease was renewed.</summary>
    public void CountRenewal() => Volatile.Write(ref _renewed, _renewed + 1);

    /// <summary>A lease was ended.</summary>
    public void CountRevocation() => Volatile.Write(ref _revoked, _revoked + 1);
}
