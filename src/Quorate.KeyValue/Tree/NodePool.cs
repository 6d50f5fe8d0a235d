namespace Quorate.KeyValue.Tree;

/// <summary>
/// Nodes that serve again. A change copies the nodes from the root to a leaf; what was copied is garbage as soon as no
/// published version has it. Where nobody has read any of those versions that is known at once, and the next copies are made
/// into the old nodes, so that a store that is mostly written to leaves the collector nothing to move.
/// </summary>
/// <remarks>
/// <para>A node of epoch e that is replaced in epoch f is part of the versions published from e to f - 1. So it may serve again
/// once none of these can be read any more: it is younger than the last version that is held, and the version
/// before the one just published has been retired too.</para>
/// <para>Nothing of it can be seen from outside, neither in what is read nor in the order of anything: whether somebody held a version
/// only decides where memory comes from.</para>
/// </remarks>
internal sealed class NodePool
{
    /// <summary>Most nodes of a kind that wait, two to four megabytes: more than the largest batch replaces.</summary>
    private const int NodesMax = 4096;

    private readonly Stack<LeafNode> _leaves = [];
    private readonly Stack<InnerNode> _inners = [];

    /// <summary>Replaced since the last publication; part of the version published then.</summary>
    private readonly List<TreeNode> _replaced = [];

    /// <summary>The youngest nodes of a version that somebody may read for ever.</summary>
    private long _heldEpoch;

    /// <summary>A copy of a node, for the writer to change.</summary>
    public TreeNode Copy(TreeNode node, long epoch)
    {
        if (node.Epoch > _heldEpoch && _replaced.Count < NodesMax)
        {
            _replaced.Add(node);
        }

        return node switch
        {
            LeafNode leaf when _leaves.TryPop(out LeafNode? free) => free.Become(leaf, epoch),
            InnerNode inner when _inners.TryPop(out InnerNode? free) => free.Become(inner, epoch),
            _ => node.CopyFor(epoch),
        };
    }

    /// <summary>A newer version has been published, and the one before it retired: what it alone had may serve again.</summary>
    public void Superseded()
    {
        foreach (TreeNode node in _replaced)
        {
            if (node is LeafNode leaf)
            {
                Keep(_leaves, leaf);
            }
            else
            {
                // Else it would hold on to children that are garbage.
                ((InnerNode)node).Clear();
                Keep(_inners, (InnerNode)node);
            }
        }

        _replaced.Clear();
    }

    /// <summary>A newer version has been published, and the one before it, with nodes up to an epoch, is held by somebody.</summary>
    public void Held(long epoch)
    {
        _heldEpoch = epoch;
        _replaced.Clear();
    }

    private static void Keep<TNode>(Stack<TNode> nodes, TNode node)
    {
        if (nodes.Count < NodesMax)
        {
            nodes.Push(node);
        }
    }
}
