using Quorate.KeyValue;
using Quorate.Replica;

namespace Quorate.Etcd.State;

/// <summary>A captured state: everything it holds is immutable.</summary>
internal sealed class EtcdSnapshot(long appliedIndex, MemberAttributes members, Alarms alarms, AuthState auth, StoreVersion version) : IStateMachineSnapshot
{
    /// <summary>The store.</summary>
    public StoreVersion Version => version;

    public IEnumerable<ReadOnlyMemory<byte>> Write()
    {
        yield return new SnapshotHeader(appliedIndex, members, alarms, auth).Write();
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
