namespace Quorate.KeyValue.Tests.Model;

/// <summary>A version of a key as the twin keeps it; version zero is a tombstone.</summary>
internal sealed record ModelVersion(string Key, string Value, long Create, long Mod, int Sub, long Version, long Lease)
{
    public bool IsTombstone => Version == 0;
}
