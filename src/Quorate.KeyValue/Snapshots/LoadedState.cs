using Quorate.KeyValue.Events;
using Quorate.KeyValue.Records;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Snapshots;

/// <summary>What a snapshot held, ready to be the store's.</summary>
internal sealed record LoadedState(
    TreeNode Root, RecordSlabs Records, EventLog Events, long Revision, long CompactRevision, long SizeBytes);
