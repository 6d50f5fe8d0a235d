namespace Quorate.Etcd;

/// <summary>What this server tells etcd's clients it is.</summary>
public static class EtcdCompatibility
{
    /// <summary>
    /// The version of etcd whose API this is. Clients look at it to learn which requests they may send: with 3.6 they
    /// expect every field and request of that version, and not the streamed ranges that came after it.
    /// </summary>
    public const string Version = "3.6.0";
}
