using Google.Protobuf;

namespace Quorate.Etcd.Protocol;

/// <summary>An answer with etcd's header, whatever the request was.</summary>
public interface IEtcdResponse : IMessage
{
    /// <summary>Who answered, and how far it was.</summary>
    ResponseHeader? Header { get; set; }
}
