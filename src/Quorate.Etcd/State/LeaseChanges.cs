using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;
using Quorate.Replica;

namespace Quorate.Etcd.State;

/// <summary>What the commands about leases do to the state.</summary>
/// <remarks>
/// No clock is asked: what a leader's clock has told stands in the command, with the renewal number that it saw. A
/// lease that was renewed since, or granted anew under its old id, has another number, and is left alone: so neither a
/// deposed leader nor a delayed command can break what an answered renewal has promised.
/// </remarks>
internal sealed class LeaseChanges(KeyValueStore store, LeaseTable leases, LeaseCounts counts)
{
    /// <summary>The leases as the writer sees them.</summary>
    public LeaseTable Table => leases;

    /// <summary>Carries out a command of a kind that is about leases. Nobody waits for an answer to what a duty proposes.</summary>
    public object? Apply(in AppliedCommand command)
    {
        switch (Command.KindOf(command.Command))
        {
            case CommandKind.LeaseGrant:
                return Grant(Command.Parse(command, LeaseGrantRequest.Parser), command.Index);
            case CommandKind.LeaseRevoke:
                return Revoke(Command.Parse(command, LeaseRevokeRequest.Parser));
            case CommandKind.LeaseRenew:
                return Renew(Command.Parse(command, LeaseKeepAliveRequest.Parser), command.Index);
            case CommandKind.LeaseExpire:
                Expire(command);
                return null;
            case CommandKind.LeaseCheckpoint:
                Checkpoint(command);
                return null;
            case var kind:
                throw new UnknownCommandException(command.Index, $"kind {(byte)kind} is not known");
        }
    }

    /// <summary>The answer, or what is wrong. Id and time to live were chosen before it was proposed.</summary>
    private object Grant(LeaseGrantRequest request, long index)
    {
        if (request.ID == 0)
        {
            return EtcdError.LeaseNotFound;
        }

        if (request.TTL > LeaseTimes.TtlSecondsMax)
        {
            return EtcdError.LeaseTtlTooLarge;
        }

        if (leases.Find(request.ID) is not null)
        {
            return EtcdError.LeaseExists;
        }

        long ttl = Math.Max(1, request.TTL);
        leases.Grant(request.ID, ttl, index);
        counts.CountGrant();
        return new LeaseGrantResponse { Header = PresentHeader(), ID = request.ID, TTL = ttl };
    }

    /// <summary>The answer, or what is wrong.</summary>
    private object Revoke(LeaseRevokeRequest request)
    {
        if (leases.Find(request.ID) is not { } lease)
        {
            return EtcdError.LeaseNotFound;
        }

        Revoke(lease);
        return new LeaseRevokeResponse { Header = PresentHeader() };
    }

    /// <summary>The answer; as in etcd it has no time to live where there is no such lease.</summary>
    private LeaseKeepAliveResponse Renew(LeaseKeepAliveRequest request, long index)
    {
        Lease? lease = leases.Find(request.ID);
        if (lease is not null)
        {
            leases.Renew(lease, index);
            counts.CountRenewal();
        }

        return new LeaseKeepAliveResponse { Header = PresentHeader(), ID = request.ID, TTL = lease?.TtlSeconds ?? 0 };
    }

    /// <summary>Revokes those that were not renewed since they were found to have expired.</summary>
    private void Expire(in AppliedCommand command)
    {
        foreach (LeaseDue expired in LeaseBatch.Parse(command))
        {
            if (leases.Find(expired.Id) is { } lease && IsAsSeen(lease, expired))
            {
                Revoke(lease);
            }
        }
    }

    /// <summary>Writes down how much time is left.</summary>
    private void Checkpoint(in AppliedCommand command)
    {
        foreach (LeaseDue seen in LeaseBatch.Parse(command))
        {
            leases.Checkpoint(seen);
        }
    }

    private static bool IsAsSeen(Lease lease, LeaseDue seen)
    {
#if QUORATE_MUTANTS
        if (Raft.Mutants.Is(Raft.Mutant.ExpiryIgnoresRenewal))
        {
            return true;
        }
#endif
        return lease.RenewedAt == seen.RenewedAt;
    }

    /// <summary>The keys go in order, in one revision. None is detached by itself: the lease goes as a whole.</summary>
    private void Revoke(Lease lease)
    {
        using WriteTransaction write = store.Begin();
        foreach (ReadOnlyMemory<byte> key in lease.Keys)
        {
            write.Delete(KeyRange.ForKey(key));
        }

        write.CommitUnpublished();
        leases.Remove(lease.Id);
        counts.CountRevocation();
    }

    /// <summary>The writer's revision: what readers see may be behind it.</summary>
    private ResponseHeader PresentHeader()
    {
        using WriteTransaction present = store.Begin();
        return new ResponseHeader { Revision = present.Revision };
    }
}
