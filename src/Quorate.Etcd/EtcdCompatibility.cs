namespace Quorate.Etcd;

/// <summary>What this server tells etcd's clients it is.</summary>
public static class EtcdCompatibility
{
    /// <summary>
    /// The version of etcd whose API this is. Clients look at it to learn which requests they may send: with 3.7 they
    /// expect every field and request of that version, streamed ranges included. Older clients take any newer version
    /// for one that can do what they know of.
    /// </summary>
    public const string Version = "3.7.0";

    /// <summary>The one version that an etcd of this version could be downgraded to: the minor version before it.</summary>
    internal static readonly (int Major, int Minor) DowngradeTarget = (3, 6);
}
