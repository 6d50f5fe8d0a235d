using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>A tree, and the records that its leaves refer to.</summary>
internal readonly record struct TreeView(TreeNode Root, RecordView Records);
