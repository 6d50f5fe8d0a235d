using Quorate.KeyValue;
using Quorate.KeyValue.Leases;
using Quorate.Replica;

namespace Quorate.Etcd.State;

/// <summary>A captured state: everything of it that is written is immutable.</summary>
internal sealed class EtcdSnapshot(long appliedIndex, MemberAttributes members, LeaseVersion leases, StoreVersion version) : IStateMachineSnapshot
{
    private const int PieceBytesMax = 64 << 10;

    public IEnumerable<ReadOnlyMemory<byte>> Write()
    {
        byte[] header = new SnapshotHeader(appliedIndex, members, [.. leases.All.Select(LeaseRecord.Of)]).Write();
        for (int offset = 0; offset < header.Length; offset += PieceBytesMax)
        {
            yield return header.AsMemory(offset, Math.Min(PieceBytesMax, header.Length - offset));
        }

        foreach (ReadOnlyMemory<byte> piece in version.WriteSnapshot())
        {
            yield return piece;
        }
    }

    public void Dispose()
    {
        // Nothing is held but memory.
    }
}
